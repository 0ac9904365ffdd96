import { describe, expect, test } from 'vitest';
import { readPlain } from '../../../src/check/yaml/plain.ts';
import { readFully } from '../../../src/check/yaml/reading.ts';
import { edited, USUAL } from './edited-yaml.ts';
import { randomManifest, randomOf } from './random-yaml.ts';

/** The order of keys matters too. */
const ordered = (value: unknown): string =>
  JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? `bigint ${item}` : item));

describe('the fast reader', () => {
  test.each(USUAL)('reads what is usual: %#', (text) => {
    const { value, problems } = readFully(text);
    expect(problems).toEqual([]);
    expect(readPlain(text)).toEqual(value);
    expect(ordered(readPlain(text))).toBe(ordered(value));
  });

  test.each([
    ['a: 1\n', { a: 1 }],
    ['a: 1', { a: 1 }],
    ['\n# c\n\na:\n', { a: null }],
    ['a: |\n  x\n y: z\n', undefined],
    ['a: |\n  x', undefined],
    ['a: |\n\n  x\n', undefined],
    ['a: |2\n  x\n', undefined],
    ['a: >\n  x\n', undefined],
    ['a: x\n  y\n', undefined],
    ['a: "x\n  y"\n', undefined],
    ['a: "x\\n"\n', undefined],
    ["a: 'it''s'\n", undefined],
    ['a: b: c\n', undefined],
    ['a: b:\n', undefined],
    ['a: - b\n', undefined],
    ['a: yes\n', undefined],
    ['yes: a\n', undefined],
    ['a: 2001-01-01\n', undefined],
    ['a: .inf\n', undefined],
    ['a: 1\na: 2\n', undefined],
    ['constructor: 1\n', undefined],
    ['__proto__: 1\n', undefined],
    ['a: &x 1\n', undefined],
    ['a: *x\n', undefined],
    ['a: !!str 1\n', undefined],
    ['a: {b: c}\n', undefined],
    ['a: [[b]]\n', undefined],
    ['a: [b,]\n', undefined],
    ['a: [b\n', undefined],
    ['a:\n  - - b\n', undefined],
    ['- a\n', undefined],
    ['a\n', undefined],
    ['%a: b\n', undefined],
    ['a: b\n...\n', undefined],
    ['a:\tb\n', undefined],
    ['a: b\r\n', undefined],
    ['\ufeffa: b\n', undefined],
    ['a: \u2028\n', undefined],
    ['a: \ud83d\ude00\n', undefined],
    ['  a: 1\nb: 2\n', undefined],
    ['a:\n    b: 1\n  c: 2\n', undefined],
    ['a:\n  b: 1\n c: 2\n', undefined],
    ['', undefined],
    ['# c\n', undefined],
  ])('answers for %j: %j', (text, value) => {
    expect(readPlain(text)).toEqual(value);
  });

  test('leaves deep nesting to the full reader', () => {
    const nested = (depth: number): string =>
      Array.from({ length: depth }, (_, level) => `${'  '.repeat(level)}a:\n`).join('');
    expect(readPlain(nested(30))).toBeDefined();
    expect(readPlain(nested(60))).toBeUndefined();
  });

  test('agrees with the full reader on 12,000 edited and random manifests, or leaves them to it', () => {
    let fast = 0;
    let left = 0;
    for (let seed = 0; seed < 12_000; seed++) {
      const random = randomOf(seed);
      const text = seed % 10 === 0 ? randomManifest(random, 2) : edited(random);
      const value = readPlain(text);
      if (value === undefined) {
        left += 1;
        continue;
      }
      fast += 1;
      const full = readFully(text);
      if (full.problems.length > 0 || ordered(full.value) !== ordered(value)) {
        expect.fail(`seed ${seed}:\n${text}\n${ordered(value)}\n${ordered(full)}`);
      }
    }
    // Both have to happen often, or the generator tests nothing.
    expect(fast).toBeGreaterThan(3_000);
    expect(left).toBeGreaterThan(3_000);
  });
});

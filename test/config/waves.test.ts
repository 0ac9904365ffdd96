import { describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config/read.ts';
import { assignWaves, soakSeconds, type WaveRule } from '../../src/config/waves-settings.ts';
import { SlipwayError } from '../../src/errors.ts';

function waves(...lines: readonly string[]): readonly WaveRule[] {
  const text = [
    'version: 1',
    'artifacts: [{ path: ./deploy }]',
    'channels:',
    '  prod:',
    '    waves:',
    ...lines.map((l) => `      - ${l}`),
  ];
  const { channels } = readConfig(text.join('\n'), 'slipway.yaml', { dir: '/work', env: {} });
  return channels.prod?.waves ?? expect.fail('no waves');
}

function failureOf(work: () => unknown): { message: string; hint: string | undefined } {
  try {
    work();
  } catch (thrown) {
    if (!(thrown instanceof SlipwayError)) throw thrown;
    return { message: thrown.message, hint: thrown.hint };
  }
  return expect.fail('nothing was thrown');
}

describe('the form of waves', () => {
  test('is kept with the place of each, for messages', () => {
    expect(
      waves(
        '{ name: canary, artifacts: [canary-*, lab], soak: 30m, gate: { url: https://example.com/healthy, timeout: 30s } }',
        '{ name: rest }',
      ),
    ).toEqual([
      {
        ...{ name: 'canary', artifacts: ['canary-*', 'lab'], soak: 1800 },
        gate: {
          ...{ name: 'canary', timeoutSeconds: 30 },
          whom: { kind: 'url', url: new URL('https://example.com/healthy') },
        },
        place: 'slipway.yaml:6:9',
        places: ['slipway.yaml:6:37', 'slipway.yaml:6:47'],
      },
      { name: 'rest', soak: 0, place: 'slipway.yaml:7:9', places: [] },
    ]);
  });

  test.each([
    ['90s', 90],
    ['30m', 1800],
    ['2h', 7200],
    ['7d', 604_800],
    ['168h', 604_800],
    ['169h', undefined],
    ['8d', undefined],
    ['0s', undefined],
    ['1h30m', undefined],
    ['30', undefined],
    ['', undefined],
  ])('soak %j is %j seconds', (written, seconds) => {
    expect(soakSeconds(written)).toBe(seconds);
  });

  test.each([
    [['{ name: canary, artifacts: [a] }', '{ name: canary }'], 'slipway.yaml:7:17: two waves are called "canary"'],
    [
      ['{ name: canary }', '{ name: rest }'],
      'slipway.yaml:6:9: wave "canary" has no artifacts, and is not the last wave',
    ],
    [
      ['{ name: canary, artifacts: [a], soak: 8d }'],
      'slipway.yaml:6:47: expected a time such as 90s, 30m, 2h or 1d, at most 7d, found a text',
    ],
    [
      ['{ name: canary, artifacts: [a], soak: 30 }'],
      'slipway.yaml:6:47: expected a time such as 90s, 30m, 2h or 1d, found a number',
    ],
    [['{ name: canary, artifacts: [] }'], 'slipway.yaml:6:36: expected at least one pattern, found a list'],
    [['{ name: canary, gate: { run: [true], url: "https://example.com" } }'], 'expected a text, found a true or false'],
    [['{ name: canary, gate: { timeout: 5m } }'], 'slipway.yaml:6:25: nothing says whom to ask'],
    [['{ name: canary, artifact: [a] }'], 'unknown key "artifact" (did you mean "artifacts")'],
  ])('%j is told with its place', (lines, message) => {
    expect(failureOf(() => waves(...lines)).message).toContain(message);
  });

  test('none at all are no waves', () => {
    expect(() =>
      readConfig('version: 1\nartifacts: [{ path: a }]\nchannels: { prod: { waves: [] } }', 'f', { dir: '/', env: {} }),
    ).toThrow('expected at least one wave');
  });
});

describe('which artifact belongs to which wave', () => {
  const NAMES = ['canary-1', 'canary-2', 'east', 'north-east'];
  const assigned = (...lines: readonly string[]): unknown =>
    assignWaves(waves(...lines), { names: NAMES, known: [], label: 'generation 2 of channel "staging"' }).map(
      ({ artifacts }) => artifacts,
    );

  test('is told by patterns, and the last wave takes what remains', () => {
    expect(
      assigned('{ name: a, artifacts: [canary-*, "*-1"] }', '{ name: b, artifacts: ["n*t"] }', '{ name: c }'),
    ).toEqual([['canary-1', 'canary-2'], ['north-east'], ['east']]);
    expect(assigned('{ name: a, artifacts: ["*"] }', '{ name: b }')).toEqual([NAMES, []]);
  });

  test.each([
    [
      ['{ name: a, artifacts: [east, west-*] }', '{ name: b }'],
      'slipway.yaml:6:38: "west-*" of wave "a" matches no artifact of generation 2 of channel "staging"',
      'correct the pattern, or remove it',
    ],
    [
      ['{ name: a, artifacts: ["*east"] }', '{ name: b, artifacts: [east, "canary*"] }'],
      'slipway.yaml:7:9: artifact "east" is in waves "a" and "b"',
      'let only one of them match it',
    ],
    [
      ['{ name: a, artifacts: [east] }', '{ name: b, artifacts: ["canary*"] }'],
      'slipway.yaml:7:9: artifact "north-east" of generation 2 of channel "staging" is in no wave',
      'add a last wave without artifacts: it takes all that remain',
    ],
    [
      ['{ name: a, artifacts: [east] }'],
      'slipway.yaml:6:9: artifacts "canary-1", "canary-2", "north-east" of generation 2 of channel "staging" are in no wave',
      'add a last wave without artifacts: it takes all that remain',
    ],
  ])('%j is refused', (lines, message, hint) => {
    expect(failureOf(() => assigned(...lines))).toEqual({ message: `Cannot promote in waves: ${message}`, hint });
  });

  test.each([
    ['a*a', 'a', false],
    ['a*a', 'aa', true],
    ['*', '', true],
    ['a**b', 'ab', true],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'a-c-b', false],
    ['a.c', 'abc', false],
    ['ab', 'abc', false],
  ])('"%s" and "%s": %s', (pattern, name, fits) => {
    const rule: WaveRule = { name: 'a', artifacts: [pattern], soak: 0, place: '', places: [''] };
    const work = () => assignWaves([rule], { names: [name], known: [], label: 'it' });
    if (fits) expect(work()[0]?.artifacts).toEqual([name]);
    else expect(work).toThrow(`"${pattern}" of wave "a" matches no artifact of it`);
  });
});

test('what does not come this time is no mistake in a pattern, where the channel has it', () => {
  const rules = waves('{ name: canary, artifacts: [canary-*] }', '{ name: rest }');
  const some = { names: ['eu-1'], label: 'version "1.4.0"' };
  const brought = assignWaves(rules, { ...some, known: ['canary-1', 'eu-1'] }).map(({ artifacts }) => artifacts);
  expect(brought).toEqual([[], ['eu-1']]);
  expect(() => assignWaves(rules, { ...some, known: ['eu-1'] })).toThrow('matches no artifact of version "1.4.0"');
});

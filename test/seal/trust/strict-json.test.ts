import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { strictJson } from '../../../src/seal/trust/strict-json.ts';

const read = (text: string): unknown => strictJson(Buffer.from(text));

describe('strict JSON', () => {
  test('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(strictJson(Buffer.from(JSON.stringify(value, undefined, 1)))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  test.each([
    ['a key twice', '{"a":1,"a":1}', 'an object has the same key twice'],
    ['a key twice, once escaped', String.raw`{"a":1,"\u0061":2}`, 'an object has the same key twice'],
    ['a key twice deep inside', '[{"b":[{"a":1,"x":"\\"","a" : 2}]}]', 'an object has the same key twice'],
    ['a byte order mark', '\uFEFF{}', 'it is not JSON'],
    ['something behind it', '{} {}', 'it is not JSON'],
    ['a comma at the end', '{"a":1,}', 'it is not JSON'],
    ['nothing', '', 'it is not JSON'],
  ])('refuses %s', (_, text, message) => {
    expect(() => read(text)).toThrow(message);
  });

  test('refuses what is not UTF-8', () => {
    expect(() => strictJson(Buffer.of(0x22, 0xc3, 0x22))).toThrow('it is not UTF-8');
  });

  test.each([
    ['the same key in two objects', '[{"a":1},{"a":2}]'],
    ['a value that looks like a key', '{"a":"\\"a\\":1","b":"{\\"a\\":"}'],
    ['keys of the prototype', '{"__proto__":{"x":1},"constructor":2}'],
  ])('reads %s', (_, text) => {
    expect(read(text)).toEqual(JSON.parse(text));
  });

  test('reads a string of megabytes, and nesting of some depth', () => {
    const long = `{"a":"${'x'.repeat(4_000_000)}"}`;
    expect(read(long)).toEqual(JSON.parse(long));
    const deep = `${'{"a":'.repeat(2_000)}1${'}'.repeat(2_000)}`;
    expect(JSON.stringify(read(deep))).toBe(deep);
  });
});

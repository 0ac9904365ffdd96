import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseChallenges } from '../../src/wire/auth-challenge.ts';

const plain = (header: string): unknown =>
  parseChallenges(header).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);

describe('a WWW-Authenticate header', () => {
  test.each([
    ['Bearer realm="https://a/t",service="x y"', [['bearer', { realm: 'https://a/t', service: 'x y' }]]],
    ['bearer realm = "r" , X=1', [['bearer', { realm: 'r', x: '1' }]]],
    [
      'Bearer scope="repository:a/b:pull,push",realm="r"',
      [['bearer', { scope: 'repository:a/b:pull,push', realm: 'r' }]],
    ],
    ['Basic realm="say \\"hi\\", you"', [['basic', { realm: 'say "hi", you' }]]],
    [
      'Basic realm="a, b=c", Bearer realm=https://x/y,service=z',
      [
        ['basic', { realm: 'a, b=c' }],
        ['bearer', { realm: 'https://x/y', service: 'z' }],
      ],
    ],
    [
      'Negotiate, Basic realm="x"',
      [
        ['negotiate', {}],
        ['basic', { realm: 'x' }],
      ],
    ],
    [
      'Negotiate YIIabc==, Bearer realm="r"',
      [
        ['negotiate', {}],
        ['bearer', { realm: 'r' }],
      ],
    ],
    ['Bearer realm="first", realm="second"', [['bearer', { realm: 'first' }]]],
    ['Bearer realm="no end', [['bearer', {}]]],
    ['realm="nobody asked"', []],
    ['=,=', []],
    ['', []],
  ])('%s', (header, challenges) => {
    expect(plain(header)).toEqual(challenges);
  });

  test('keeps every scheme and value, however they are joined', () => {
    const token = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);
    const value = fc.string({ maxLength: 20 }).map((text) => text.replace(/[\r\n]/g, ''));
    const challenge = fc.tuple(token, fc.dictionary(token, value, { minKeys: 1, maxKeys: 4 }));
    const comma = fc.constantFrom(',', ', ', ' , ');
    fc.assert(
      fc.property(fc.array(challenge, { maxLength: 4 }), comma, (challenges, separator) => {
        const quote = (text: string): string => `"${text.replace(/(["\\])/g, '\\$1')}"`;
        const header = challenges
          .map(
            ([scheme, all]) =>
              `${scheme} ${Object.entries(all)
                .map(([name, text]) => `${name}=${quote(text)}`)
                .join(separator)}`,
          )
          .join(separator);
        expect(plain(header)).toEqual(challenges.map(([scheme, all]) => [scheme, { ...all }]));
      }),
    );
  });

  test('never throws, whatever comes', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (header) => void parseChallenges(header)));
  });
});

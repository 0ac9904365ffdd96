import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SlipwayError } from '../../src/errors.ts';
import { COSIGN_SIGN_TYPE, decodeStatement, encodeStatement, MAX_SUBJECTS } from '../../src/seal/statement.ts';
import { STATEMENT, SUBJECT } from './golden.ts';

const sha256 = SUBJECT.digest.slice('sha256:'.length);
const bytes = (value: unknown): Uint8Array => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
const golden: Readonly<Record<string, unknown>> = JSON.parse(STATEMENT) as Record<string, unknown>;
const withSubject = (subject: unknown): unknown => ({ ...golden, subject: [subject] });
const many = (count: number): unknown => ({ ...golden, subject: Array(count).fill({ digest: { sha256 } }) });

function reason(payload: Uint8Array): SlipwayError {
  try {
    decodeStatement(payload);
  } catch (thrown) {
    if (thrown instanceof SlipwayError) return thrown;
    throw thrown;
  }
  throw new Error('it was read');
}

test('cosign’s statement is written to the byte, and read', () => {
  const statement = { subjects: [{ digest: { sha256 } }], predicateType: COSIGN_SIGN_TYPE, predicate: {} };
  expect(Buffer.from(encodeStatement(statement)).toString()).toBe(STATEMENT);
  expect(decodeStatement(bytes(STATEMENT))).toEqual(statement);
});

test('equal predicates are equal bytes, whatever the order of their keys', () => {
  const encoded = (predicate: Readonly<Record<string, unknown>>): string =>
    Buffer.from(
      encodeStatement({ subjects: [{ name: 'a', digest: { sha256 } }], predicateType: 'p', predicate }),
    ).toString();
  const one = encoded({ b: [{ y: 1, x: null }], a: 'text' });
  expect(one).toBe(encoded({ a: 'text', b: [{ x: null, y: 1 }] }));
  expect(one).toContain('"predicate":{"a":"text","b":[{"x":null,"y":1}]}');
});

test('what is written is read again', () => {
  const subject = fc.record({ name: fc.string({ minLength: 1 }), digest: fc.constant({ sha256 }) });
  const predicate = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 });
  fc.assert(
    fc.property(fc.array(subject, { minLength: 1, maxLength: 4 }), predicate, (subjects, claim) => {
      const statement = { subjects, predicateType: 'https://example.com/p', predicate: claim };
      const read = decodeStatement(encodeStatement(statement));
      expect(JSON.stringify(read.subjects)).toBe(JSON.stringify(subjects));
      expect(Buffer.from(encodeStatement(read))).toEqual(Buffer.from(encodeStatement(statement)));
    }),
    { numRuns: 50 },
  );
});

test('fields of a subject that others write are taken, 1,024 subjects and the older type too', () => {
  const subject = {
    name: '',
    digest: { sha256, gitCommit: 'abc' },
    annotations: { a: 'b' },
    uri: 'https://example.com',
  };
  expect(decodeStatement(bytes(withSubject(subject))).subjects).toEqual([{ digest: { sha256, gitCommit: 'abc' } }]);
  expect(decodeStatement(bytes(many(MAX_SUBJECTS))).subjects).toHaveLength(1_024);
  expect(decodeStatement(bytes({ ...golden, _type: 'https://in-toto.io/Statement/v0.1' })).subjects).toHaveLength(1);
  const { predicate: _, ...bare } = golden;
  expect(decodeStatement(bytes(bare)).predicate).toEqual({});
});

describe('what cosign and Flux do not read is refused with the reason', () => {
  const cases: Readonly<Record<string, readonly [unknown, string]>> = {
    'not JSON': ['no', 'not JSON'],
    'a byte order mark': [`\uFEFF${STATEMENT}`, 'not JSON'],
    'a list': [[golden], 'no object'],
    'a key that comes twice': [STATEMENT.replace('{', '{"predicateType":"x",'), 'twice'],
    'another type': [{ ...golden, _type: 'https://in-toto.io/Statement/v2' }, 'no in-toto statement v1'],
    'an unknown field': [{ ...golden, extra: 1 }, 'unknown field "extra"'],
    'no predicate type': [{ ...golden, predicateType: '' }, 'no predicate type'],
    'a predicate that is a list': [{ ...golden, predicate: [] }, 'predicate is no object'],
    'no subjects': [{ ...golden, subject: [] }, 'no subjects'],
    '1,025 subjects': [many(MAX_SUBJECTS + 1), '1025 subjects are more than 1024'],
    'a subject that is a text': [withSubject(sha256), 'subject 1 is no object'],
    'a subject with an unknown field': [
      withSubject({ digest: { sha256 }, x: 1 }),
      'subject 1 has an unknown field "x"',
    ],
    'a subject whose name is a number': [withSubject({ name: 1, digest: { sha256 } }), 'name that is no text'],
    'a subject without digest': [withSubject({ name: 'a', digest: {} }), 'subject 1 has no digest'],
    'a digest in capitals': [withSubject({ digest: { sha256: sha256.toUpperCase() } }), 'bad "sha256" digest'],
    'a digest with its algorithm': [withSubject({ digest: { sha256: SUBJECT.digest } }), 'bad "sha256" digest'],
    '33 digests': [
      withSubject({ digest: Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`a${i}`, 'b'])) }),
      'more than 32 digests',
    ],
  };
  test.each(Object.entries(cases))('%s', (_, [value, state]) => {
    const error = reason(bytes(value));
    expect(error).toMatchObject({ code: 'UNTRUSTED', message: expect.stringContaining(state) });
    expect(error.hint).toBe(
      'ask whoever publishes it to sign again, with cosign or with slipway publish --allow prove-again',
    );
  });

  test('bytes that are not UTF-8', () => {
    const text = STATEMENT.replace('predicate":{', 'predicate":{"a":"é"');
    expect(reason(Buffer.from(text, 'latin1')).code).toBe('UNTRUSTED');
  });
});

test('any JSON is read or refused as untrusted, never with another error', () => {
  const fields = fc.record(
    {
      _type: fc.constant(golden._type),
      subject: fc.jsonValue(),
      predicateType: fc.jsonValue(),
      predicate: fc.jsonValue(),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), fields), (value) => {
      try {
        decodeStatement(bytes(JSON.stringify(value)));
      } catch (thrown) {
        expect(thrown).toMatchObject({ name: 'SlipwayError', code: 'UNTRUSTED' });
      }
    }),
  );
});

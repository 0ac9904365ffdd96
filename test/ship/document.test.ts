import { expect, test } from 'vitest';
import type { ReleaseRecord } from '../../src/model.ts';
import { decodeClaim, decodeRecord, encode } from '../../src/ship/document.ts';
import { packed } from '../flow/world.ts';

const { content, views } = packed('east', 'a');
const record: ReleaseRecord = {
  schema: 1,
  project: 'default',
  channel: 'prod',
  generation: 7,
  run: 'ab'.repeat(16),
  kind: 'publish',
  at: '2026-01-01T00:00:00Z',
  blocked: [],
  primary: 'eu',
  artifacts: [
    {
      name: 'east',
      content: content.digest,
      manifest: content.digest,
      size: 1,
      resources: 1,
      views,
      proofs: [],
      since: 7,
    },
  ],
  allowed: [],
  gates: [],
};

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
const bytes = (value: string): Uint8Array => Buffer.from(value);

test('a record is compact JSON with sorted keys and a final newline, whatever order it was made in', () => {
  const shuffled = Object.fromEntries(Object.entries(record).reverse()) as unknown as ReleaseRecord;
  expect(text(encode(shuffled))).toBe(text(encode(record)));
  expect(text(encode(record))).toMatch(/^\{"allowed":\[\],"artifacts":\[\{"content":.*"schema":1\}\n$/);
});

test('a record is read back as it was written', () => {
  expect(decodeRecord(encode(record), '"x"')).toEqual(record);
});

test.each([
  ['not JSON', 'hello', 'CORRUPT'],
  ['an array', '[]', 'CORRUPT'],
  ['another document', '{"schema":1}', 'CORRUPT'],
  [
    'an entry without digest',
    text(encode(record)).replace(/"content":"sha256:\w+"/, '"content":"sha256:1"'),
    'CORRUPT',
  ],
  ['a newer schema', text(encode(record)).replace('"schema":1', '"schema":2'), 'STORE'],
])('%s is refused by name', (_what, document, code) => {
  expect(() => decodeRecord(bytes(document), '"releases/x.json"')).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining('"releases/x.json"') }),
  );
});

test('a record is not a version claim', () => {
  expect(() => decodeClaim(encode(record), '"x"')).toThrow(expect.objectContaining({ code: 'CORRUPT' }));
});

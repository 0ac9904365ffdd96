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

/** As the first version wrote it: nothing in it may be needed that came later, and nothing may be lost when it is copied. */
const FIRST = `{"allowed":[],"artifacts":[{"content":"sha256:${'1'.repeat(64)}","manifest":"sha256:${'2'.repeat(64)}","name":"east","proofs":[],"resources":1,"since":1,"size":1,"views":{"tarball":{"digest":"sha256:${'1'.repeat(64)}","md5":"${'3'.repeat(32)}","size":1}}}],"at":"2026-01-01T00:00:00Z","blocked":[],"channel":"prod","gates":[],"generation":1,"kind":"publish","pipeline":"acme/fleet","primary":"eu","project":"default","run":"${'a'.repeat(32)}","runNumber":7,"schema":1}\n`;

test('an old record is read, and copied byte for byte', () => {
  const read = decodeRecord(bytes(FIRST), '"x"');
  expect(read).toMatchObject({ pipeline: 'acme/fleet', runNumber: 7 });
  expect(read.job).toBeUndefined();
  expect(text(encode(read))).toBe(FIRST);
});

test.each([
  ['"2.1.0"', 'slipway 2.1.0 wrote it in schema 2, this one reads up to 1', 'use slipway 2.1.0 or newer'],
  [
    '"2.1.0\\u001b[2J"',
    'a newer slipway wrote it in schema 2, this one reads up to 1',
    'use the slipway that published last, or a newer one',
  ],
])('a newer record names the slipway to use, where it says so: %s', (tool, message, hint) => {
  const newer = FIRST.replace('"schema":1', `"schema":2,"tool":${tool}`);
  expect(() => decodeRecord(bytes(newer), '"x"')).toThrow(
    expect.objectContaining({ code: 'STORE', message: `Cannot read "x": ${message}`, hint }),
  );
});

test('a record is not a version claim', () => {
  expect(() => decodeClaim(encode(record), '"x"')).toThrow(expect.objectContaining({ code: 'CORRUPT' }));
});

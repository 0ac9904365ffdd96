import { expect, test } from 'vitest';
import type { Digest, Entry } from '../../../src/model.ts';
import { digestsOf, hitsIn, onlyDigest, rolesOf } from '../../../src/watch/history/whois.ts';
import { entry } from './records.ts';

const digest = (start: string): Digest => `sha256:${start.padEnd(64, '0')}`;
const PREFIX = 'sha256:aaaaaaaa';

const view = { digest: digest('aaaaaaaa3'), md5: '0'.repeat(32), size: 1 };
const WEB: Entry = {
  ...entry('web', 'a', 1),
  content: digest('aaaaaaaa1'),
  manifest: digest('aaaaaaaa2'),
  views: { object: view, tarball: { ...view, digest: digest('aaaaaaaa1') } },
  proofs: [{ kind: 'bundle', digest: digest('aaaaaaaa4'), size: 1, signer: 'key', at: '2026-01-01T00:00:00Z' }],
};

test('content, manifest, views, proofs and revisions of buckets are found, each in its role', () => {
  const revisions = () => [digest('aaaaaaaa5'), `prod@${WEB.manifest}`, ''];
  const hits = hitsIn(WEB, PREFIX, revisions);
  expect(hits.map(({ role, digest: found }) => `${role} ${found.slice(15, 16)}`)).toEqual([
    'content 1',
    'manifest 2',
    'view 3',
    'proof 4',
    'revision 5',
  ]);
  expect(rolesOf(hits, digest('aaaaaaaa3'))).toEqual(['view']);
  expect(hitsIn(WEB, 'sha256:bbbbbbbb', revisions)).toEqual([]);
});

test('several digests with one beginning are listed, ten at most', () => {
  const found = digestsOf([{ hits: hitsIn(WEB, PREFIX, () => []) }]);
  expect(() => onlyDigest(found, PREFIX, false)).toThrow(
    expect.objectContaining({
      code: 'USAGE',
      message: `"${PREFIX}" is the beginning of 4 digests: ${found.join(', ')}`,
      hint: 'write more of its digits',
    }),
  );
  const many = Array.from({ length: 12 }, (_, index) => digest(`aaaaaaaa${index.toString(16)}`));
  expect(() => onlyDigest(many, PREFIX, false)).toThrow(/ and 2 more$/);
  expect(onlyDigest([WEB.content], PREFIX, false)).toBe(WEB.content);
});

test('what nobody knows may be known by a store that did not answer', () => {
  const hintOf = (failed: boolean): string | undefined => {
    try {
      onlyDigest([], PREFIX, failed);
    } catch (thrown) {
      return (thrown as { hint?: string }).hint;
    }
    return undefined;
  };
  expect(hintOf(true)).toBe('not every store answered: ask again when all do');
  expect(hintOf(false)).toMatch(/^it may belong to another project or store/);
});

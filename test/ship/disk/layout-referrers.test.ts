import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { digestOf } from '../../../src/digest.ts';
import type { Digest } from '../../../src/model.ts';
import { ociLayout } from '../../../src/ship/disk/oci-layout.ts';

const mediaType = 'application/vnd.oci.image.manifest.v1+json';
const subject = digestOf(Buffer.from('subject'));
const referrer = (name: string): Buffer =>
  Buffer.from(
    JSON.stringify({ subject: { digest: subject }, config: { mediaType: 'a/proof' }, annotations: { name } }),
  );

const folder = await mkdtemp(join(tmpdir(), 'slipway-referrers-'));
afterAll(() => rm(folder, { recursive: true }));
const fileOf = (digest: Digest): string => join(folder, 'app/blobs/sha256', digest.slice(7));

test('a layout lists what is attached, with type and annotations, also what others put there, without what is damaged', async () => {
  const layout = ociLayout(folder);
  const [ours, damaged, gone, foreign] = ['ours', 'damaged', 'gone', 'foreign'].map(referrer) as [
    Buffer,
    Buffer,
    Buffer,
    Buffer,
  ];
  for (const bytes of [ours, damaged, gone, Buffer.from('{}'), Buffer.from('null')]) {
    const linked = bytes.length > 4 ? { linked: true } : {};
    const answer = await layout.putManifest('app', digestOf(bytes), bytes, { mediaType });
    expect(answer).toEqual({ outcome: 'created', ...linked });
  }
  await writeFile(fileOf(digestOf(damaged)), 'torn');
  await rm(fileOf(digestOf(gone)));
  await writeFile(fileOf(digestOf(foreign)), foreign);
  const path = join(folder, 'app/index.json');
  const index = JSON.parse(await readFile(path, 'utf8')) as { readonly manifests: readonly unknown[] };
  const listed = { mediaType, digest: digestOf(foreign), size: foreign.length };
  await writeFile(path, JSON.stringify({ ...index, manifests: [...index.manifests, listed] }));

  const described = (bytes: Buffer, name: string): unknown => {
    const own = { mediaType, digest: digestOf(bytes), size: bytes.length };
    return { ...own, artifactType: 'a/proof', annotations: { name } };
  };
  expect(await layout.referrers('app', subject)).toEqual([described(ours, 'ours'), described(foreign, 'foreign')]);
  await layout.putManifest('app', digestOf(damaged), damaged, { mediaType });
  expect(await layout.referrers('app', subject)).toHaveLength(3);
  expect(await layout.referrers('other', subject)).toEqual([]);
});

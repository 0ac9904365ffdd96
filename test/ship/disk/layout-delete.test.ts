import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { digestOf } from '../../../src/digest.ts';
import { ociLayout } from '../../../src/ship/disk/oci-layout.ts';
import { manifestType, putTagged } from '../../contract/manifests.ts';
import { inspectLayout, tagOf } from './layout-inspect.ts';

async function temporary(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'slipway-layout-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  return root;
}

test('a deleted manifest leaves a valid layout, without its tags and its file', async () => {
  const root = await temporary();
  const layout = ociLayout(root);
  const gone = await putTagged(layout, 'app', { tag: 'v1', text: 'gone' });
  const stays = await putTagged(layout, 'app', { tag: 'v2', text: 'stays' });
  await layout.deleteManifest('app', gone);
  expect((await inspectLayout(join(root, 'app'))).map((listed) => [listed.digest, tagOf(listed)])).toEqual([
    [stays, 'v2'],
  ]);
  const files = await readdir(join(root, 'app/blobs/sha256'));
  expect(files).not.toContain(gone.slice('sha256:'.length));
  await layout.deleteBlob('app', digestOf(Buffer.from('{}')));
  expect(await readdir(join(root, 'app/blobs/sha256'))).toEqual([stays.slice('sha256:'.length)]);
});

test('deleting where there is no layout makes none', async () => {
  const root = await temporary();
  const layout = ociLayout(root);
  const digest = digestOf(Buffer.from('x'));
  await layout.deleteManifest('app', digest);
  await layout.deleteBlob('app', digest);
  expect(await readdir(root)).toEqual([]);
});

test.each(['../app', 'App'])('deleting in %j is CONFIG', async (repository) => {
  const layout = ociLayout(await temporary());
  const digest = digestOf(Buffer.from('x'));
  await expect(layout.deleteManifest(repository, digest)).rejects.toMatchObject({ code: 'CONFIG' });
  await expect(layout.deleteBlob(repository, digest)).rejects.toMatchObject({ code: 'CONFIG' });
});

test('a manifest that is put while another one is deleted is not lost', async () => {
  const layout = ociLayout(await temporary());
  const old = await putTagged(layout, 'app', { tag: 'old' });
  const names = Array.from({ length: 8 }, (_, index) => `n${index}`);
  const bytes = (name: string): Buffer => Buffer.from(JSON.stringify({ name }));
  const puts = names.map((name) => layout.putManifest('app', name, bytes(name), { mediaType: manifestType }));
  await Promise.all([...puts, layout.deleteManifest('app', old)]);
  expect(await layout.tags('app')).toEqual(names);
});

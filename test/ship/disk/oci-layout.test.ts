import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { digestOf } from '../../../src/digest.ts';
import { ociLayout } from '../../../src/ship/disk/oci-layout.ts';
import { repositoriesContract } from '../../contract/repositories.ts';
import { inspectLayout, tagOf } from './layout-inspect.ts';

const mediaType = 'application/vnd.oci.image.manifest.v1+json';
const blob = Buffer.from('blob');
const digest = digestOf(blob);
const manifest = Buffer.from('{"schemaVersion":2}');

const folders: string[] = [];
async function temporary(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-layout-'));
  folders.push(folder);
  return folder;
}
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true });
});

repositoriesContract('OCI layouts on disk', async () => {
  const repositories = ociLayout(await temporary());
  return { repositories, close: async () => {} };
});

describe('a layout on disk', () => {
  test('has the files of the image-spec and nothing else', async () => {
    const root = await temporary();
    const layout = ociLayout(root);
    await layout.putBlob('fleet/app', digest, blob);
    expect(await inspectLayout(join(root, 'fleet/app'))).toEqual([]);
    await layout.putManifest('fleet/app', 'v1', manifest, { mediaType });
    expect(await inspectLayout(join(root, 'fleet/app'))).toEqual([
      {
        mediaType,
        digest: digestOf(manifest),
        size: manifest.length,
        annotations: { 'org.opencontainers.image.ref.name': 'v1' },
      },
    ]);
    expect(await readdir(join(root, 'fleet/app'))).toEqual(['blobs', 'index.json', 'oci-layout']);
  });

  test('lists a manifest once without a tag, or once for each tag, also after its tags moved away', async () => {
    const root = await temporary();
    const layout = ociLayout(root);
    const next = Buffer.from('{"schemaVersion":2,"next":true}');
    const put = (reference: string, bytes: Uint8Array) => layout.putManifest('app', reference, bytes, { mediaType });
    const listed = async (): Promise<unknown> =>
      (await inspectLayout(join(root, 'app'))).map((entry) => [
        entry.digest === digestOf(manifest) ? 'old' : 'next',
        tagOf(entry),
      ]);
    await put(digestOf(manifest), manifest);
    await put(digestOf(manifest), manifest);
    expect(await listed()).toEqual([['old', undefined]]);
    await put('a', manifest);
    await put('b', manifest);
    await put(digestOf(manifest), manifest);
    expect(await listed()).toEqual([
      ['old', 'a'],
      ['old', 'b'],
    ]);
    await put('a', next);
    expect(await listed()).toEqual([
      ['old', 'b'],
      ['next', 'a'],
    ]);
    await put('b', next);
    expect(await listed()).toEqual([
      ['next', 'a'],
      ['old', undefined],
      ['next', 'b'],
    ]);
  });

  test('stays valid through any sequence of writes, and shows the last of each tag', async () => {
    const tag = fc.constantFrom('a', 'b', 'c');
    const step = fc.tuple(fc.option(tag, { nil: undefined }), fc.integer({ min: 0, max: 3 }));
    const root = await temporary();
    let count = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
        const repository = `r${count++}`;
        const layout = ociLayout(root);
        const expected = new Map<string, string>();
        for (const [name, number] of steps) {
          const bytes = Buffer.from(`{"number":${number}}`);
          await layout.putManifest(repository, name ?? digestOf(bytes), bytes, { mediaType });
          if (name !== undefined) expected.set(name, digestOf(bytes));
        }
        const listed = await inspectLayout(join(root, repository));
        const tagged = listed.flatMap((entry) => (tagOf(entry) === undefined ? [] : [[tagOf(entry), entry.digest]]));
        expect(new Map(tagged as [string, string][])).toEqual(expected);
        expect(tagged).toHaveLength(expected.size);
        const all = new Set(steps.map(([, number]) => digestOf(Buffer.from(`{"number":${number}}`))));
        expect(new Set(listed.map((entry) => entry.digest))).toEqual(all);
      }),
      { numRuns: 25 },
    );
  });

  test('writes nothing when nothing changes', async () => {
    const root = await temporary();
    const layout = ociLayout(root);
    await layout.putManifest('app', 'v1', manifest, { mediaType });
    const index = join(root, 'app', 'index.json');
    await chmod(index, 0o400);
    await layout.putManifest('app', 'v1', manifest, { mediaType });
    await layout.putManifest('app', digestOf(manifest), manifest, { mediaType });
    // A replaced file would be a new one with the usual mode.
    expect((await stat(index)).mode & 0o777).toBe(0o400);
  });

  test('keeps what others have written into the index', async () => {
    const root = await temporary();
    await ociLayout(root).putManifest('app', 'v1', manifest, { mediaType });
    const path = join(root, 'app', 'index.json');
    const index = JSON.parse(await readFile(path, 'utf8'));
    const foreign = { ...index.manifests[0], platform: { os: 'linux' }, annotations: { kind: 'other' } };
    await writeFile(
      path,
      JSON.stringify({ ...index, annotations: { a: 'b' }, manifests: [...index.manifests, foreign] }),
    );
    await ociLayout(root).putManifest('app', 'v2', Buffer.from('{}'), { mediaType });
    const after = JSON.parse(await readFile(path, 'utf8'));
    expect(after.annotations).toEqual({ a: 'b' });
    expect(after.manifests).toContainEqual(foreign);
    expect(await ociLayout(root).tags('app')).toEqual(['v1', 'v2']);
  });

  test('counts calls', async () => {
    const meter = { reads: 0, writes: 0 };
    const layout = ociLayout(await temporary(), { meter });
    await layout.hasBlob('app', digest);
    await layout.putBlob('app', digest, blob);
    await layout.putManifest('app', 'v1', manifest, { mediaType });
    await layout.tags('app');
    expect(meter).toEqual({ reads: 2, writes: 2 });
  });
});

describe('damage on disk', () => {
  test.each([
    ['not JSON'],
    ['{}'],
    ['[]'],
    ['{"manifests":{}}'],
    ['{"manifests":[{"digest":1}]}'],
    ['{"manifests":[null]}'],
  ])('of index.json (%s) is CORRUPT and names the file', async (text) => {
    const root = await temporary();
    const layout = ociLayout(root);
    await layout.putManifest('app', 'v1', manifest, { mediaType });
    const path = join(root, 'app', 'index.json');
    await writeFile(path, text);
    const message = `Cannot read "${path}": it is not an OCI image index`;
    await expect(layout.tags('app')).rejects.toMatchObject({ code: 'CORRUPT', message });
    await expect(layout.putManifest('app', 'v2', manifest, { mediaType })).rejects.toMatchObject({ code: 'CORRUPT' });
    expect(await readFile(path, 'utf8')).toBe(text);
  });

  test('of a blob or a manifest is CORRUPT and goes away when it is written again', async () => {
    const root = await temporary();
    const layout = ociLayout(root);
    await layout.putBlob('app', digest, blob);
    await layout.putManifest('app', 'v1', manifest, { mediaType });
    const path = (of: string): string => join(root, 'app', 'blobs', 'sha256', of.slice(7));
    for (const of of [digest, digestOf(manifest)]) await writeFile(path(of), 'damaged');
    const error = await layout.getBlob('app', digest).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'CORRUPT', message: expect.stringContaining(path(digest)) });
    await expect(layout.getManifest('app', 'v1')).rejects.toMatchObject({ code: 'CORRUPT' });
    await layout.putBlob('app', digest, blob);
    await layout.putManifest('app', 'v1', manifest, { mediaType });
    expect(await layout.getBlob('app', digest)).toEqual(blob);
    expect((await layout.getManifest('app', 'v1'))?.digest).toBe(digestOf(manifest));
  });

  test('where the manifest is gone reads as none', async () => {
    const root = await temporary();
    const layout = ociLayout(root);
    await layout.putManifest('app', 'v1', manifest, { mediaType });
    await rm(join(root, 'app', 'blobs', 'sha256', digestOf(manifest).slice(7)));
    expect(await layout.getManifest('app', 'v1')).toBeUndefined();
  });
});

describe('names', () => {
  const strange =
    '.. ../app app/../../x /etc app/ a//b .app App a\\b app/blobs app/blobs/sha256 app/index.json a/oci-layout';
  test.each([...strange.split(' '), 'a\0b', ''])(
    'such as repository %j are CONFIG, for reading and writing',
    async (repository) => {
      const root = await temporary();
      const layout = ociLayout(join(root, 'inside'));
      for (const work of [
        () => layout.hasBlob(repository, digest),
        () => layout.getManifest(repository, 'v1'),
        () => layout.tags(repository),
        () => layout.putBlob(repository, digest, blob),
        () => layout.putManifest(repository, 'v1', manifest, { mediaType }),
      ]) {
        await expect(work()).rejects.toMatchObject({ code: 'CONFIG' });
      }
      expect(await readdir(root)).toEqual([]);
    },
  );

  test.each([['../x'], ['a/b'], ['.hidden'], [''], ['sha256:12'], ['x'.repeat(129)]])(
    'such as tag %j are CONFIG',
    async (tag) => {
      const layout = ociLayout(await temporary());
      await expect(layout.putManifest('app', tag, manifest, { mediaType })).rejects.toMatchObject({ code: 'CONFIG' });
      await expect(layout.getManifest('app', tag)).rejects.toMatchObject({ code: 'CONFIG' });
    },
  );

  test('may lie below one another', async () => {
    const layout = ociLayout(await temporary());
    for (const name of ['blobs', 'a', 'a/b', 'a/b/c']) {
      await layout.putManifest(name, 'v1', Buffer.from(`{"of":"${name}"}`), { mediaType });
    }
    expect((await layout.getManifest('a/b', 'v1'))?.bytes.toString()).toBe('{"of":"a/b"}');
    expect(await layout.tags('blobs')).toEqual(['v1']);
  });
});

describe('trouble with the disk', () => {
  test('such as a file in the way is STORE, with the folder and the reason', async () => {
    const root = join(await temporary(), 'file');
    await writeFile(root, 'in the way');
    const error = await ociLayout(root)
      .putBlob('app', digest, blob)
      .catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'STORE', message: expect.stringMatching(/in ".*file": (ENOTDIR|EEXIST)$/) });
    expect(error.cause).toBeInstanceOf(Error);
  });
});

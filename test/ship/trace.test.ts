import { expect, test } from 'vitest';
import { gzip } from '../../src/archive/gzip.ts';
import { tar } from '../../src/archive/tar.ts';
import { digestOf, viewOfBytes } from '../../src/digest.ts';
import type { ChainLink, Digest, Entry } from '../../src/model.ts';
import { forms } from '../../src/seal/forms.ts';
import { bucketStore } from '../../src/ship/bucket/store.ts';
import { CONTENT_TYPE, fluxManifest, MANIFEST_TYPE } from '../../src/ship/manifest.ts';
import { memoryObjects, memoryRepositories } from '../../src/ship/memory.ts';
import type { Repositories } from '../../src/ship/ports.ts';
import { type Traced, traceTag } from '../../src/ship/trace.ts';
import { traceObject } from '../../src/ship/trace-object.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text);
const CONTENT = digestOf(bytes('content'));

/** A repository `fleet/web` with a tag `prod` on a manifest of these layers. */
async function published(...layers: readonly string[]): Promise<Repositories> {
  const repositories = memoryRepositories();
  await repositories.putBlob('fleet/web', CONTENT, bytes('content'));
  const manifest = bytes(JSON.stringify({ layers: layers.map((digest) => ({ digest })) }));
  await repositories.putManifest('fleet/web', 'prod', manifest, { mediaType: MANIFEST_TYPE });
  return repositories;
}

const traced = (repositories: Repositories, step: (link: ChainLink) => void = () => undefined): Promise<Traced> =>
  traceTag({ repositories, forms, repository: 'fleet/web', tag: 'prod', artifact: 'web' }, step);

test('every step is told, the content only once it is read', async () => {
  const steps: string[] = [];
  const found = await traced(await published(CONTENT), ({ what }) => steps.push(what));
  expect(steps).toEqual(['tag', 'manifest']);
  await found.readContent();
  expect(steps).toEqual(['tag', 'manifest', 'content']);
  expect(found.notes).toEqual([]);
});

test('what is in other layers is not claimed', async () => {
  const { notes } = await traced(await published(CONTENT, CONTENT));
  expect(notes).toEqual(['it has more than one layer: the first one was read, which is what Flux reads']);
});

test('a layer that is missing is not found', async () => {
  const gone: Digest = `sha256:${'0'.repeat(64)}`;
  const found = await traced(await published(gone));
  await expect(found.readContent()).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: `The content "${gone}" of "fleet/web:prod" is missing`,
  });
});

test('a store that does not check what it answers is not believed', async () => {
  const honest = await published(CONTENT);
  const found = await traced({ ...honest, getBlob: async () => bytes('something else') });
  await expect(found.readContent()).rejects.toMatchObject({
    code: 'UNTRUSTED',
    message: `Cannot trust "web": its content does not match "${CONTENT}"`,
  });
});

test.each([['no layer at all'], ['../../fleet/other'], ['sha512:00']])(
  'a layer named "%s" is followed nowhere',
  async (digest) => {
    const repositories = digest === 'no layer at all' ? await published() : await published(digest);
    await expect(traced(repositories)).rejects.toMatchObject({
      code: 'UNTRUSTED',
      message: 'Cannot trust "web": it is not an image manifest with a layer',
    });
  },
);

/** A bucket with a record's entry of `web`, whose object shows `shown` and whose content packs `packed`. */
async function tracedObject(shown: string, packed: string): Promise<Traced> {
  const objects = memoryObjects();
  const content = gzip(tar([{ path: 'manifests.yaml', bytes: bytes(packed) }]));
  const descriptor = { mediaType: CONTENT_TYPE, digest: digestOf(content), size: content.length };
  const manifest = fluxManifest(descriptor, { dirty: false });
  const entry: Entry = {
    ...{ name: 'web', content: descriptor.digest, manifest: digestOf(manifest), size: content.length },
    ...{ resources: 1, proofs: [], since: 1 },
    views: { object: viewOfBytes(bytes(shown)), tarball: viewOfBytes(content) },
  };
  const store = bucketStore({
    ...{ name: 'us', url: 's3://fleet', project: 'default', layout: 'object', keyPrefix: '', objects, forms },
    referenceTo: (key) => key,
  });
  await store.shelf.put({ entry, manifest, content });
  await objects.put('channels/prod/web/manifests.yaml', bytes(shown), { contentType: 'application/yaml' });
  const listed = { title: 'generation 1 of channel "prod"', entry };
  const space = { kind: 'channel', channel: 'prod' } as const;
  return traceObject({ objects, store, layout: 'object', space, listed, artifact: 'web' }, () => undefined);
}

test('an object that is made of the content belongs to its manifest', async () => {
  await expect((await tracedObject('a: 1\n', 'a: 1\n')).readContent()).resolves.toBeUndefined();
});

test('an object of one release beside the manifest of another is not believed, however both are proved', async () => {
  const found = await tracedObject('a: 1\n', 'a: 2\n');
  await expect(found.readContent()).rejects.toMatchObject({
    code: 'UNTRUSTED',
    message: `Cannot trust "web": "channels/prod/web/manifests.yaml" is not made of the content "${found.content}"`,
  });
});

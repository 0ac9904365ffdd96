import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { digestOf } from '../../../src/digest.ts';
import { forms } from '../../../src/seal/forms.ts';
import { completeTags, staticRegistry } from '../../../src/ship/bucket/static-registry.ts';
import { directory } from '../../../src/ship/disk/directory.ts';
import { FLUX_CONFIG, MANIFEST_TYPE } from '../../../src/ship/manifest.ts';
import { memoryObjects } from '../../../src/ship/memory.ts';
import type { Objects, PutOptions } from '../../../src/ship/ports.ts';
import { repositoriesContract } from '../../contract/repositories.ts';
import { bundle, digestsIn, goodsOf, notation, open, signature, withProofs } from '../proofs-fixture.ts';
import { listTags, pull } from './static-registry-client.ts';

repositoriesContract('a static registry in memory', async () => ({
  repositories: staticRegistry(memoryObjects()),
  close: async () => {},
}));

repositoriesContract(
  'a static registry in a folder',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-static-'));
    const files = directory(folder);
    // A folder is no object, so that the key that ends with a slash has no file.
    const put: Objects['put'] = async (key, ...rest) =>
      key === 'v2/' ? { outcome: 'exists' } : files.put(key, ...rest);
    return { repositories: staticRegistry({ ...files, put }), close: () => rm(folder, { recursive: true }) };
  },
  { tags: 4 },
);

const INDEX_TYPE = 'application/vnd.oci.image.index.v1+json';
const goods = goodsOf('east');
const { entry } = goods;
const PROD = { kind: 'channel', channel: 'prod' } as const;

/** The keys that are written, in order, with what they are written as. */
function recorded(objects = memoryObjects()): Objects & { readonly writes: (readonly [string, PutOptions])[] } {
  const writes: (readonly [string, PutOptions])[] = [];
  const put: Objects['put'] = (key, bytes, options) => {
    writes.push([key, options]);
    return objects.put(key, bytes, options);
  };
  return { ...objects, put, writes };
}

/** Content, a bundle, the name. */
async function publish(objects: Objects): Promise<void> {
  const { shelf, proofs, names } = open(staticRegistry(objects));
  await shelf.put(goods);
  await proofs.attach(entry, bundle());
  await names.move(PROD, goods);
}

describe('a publish to a static registry', () => {
  test('writes content, manifest, what is attached, the tag and the tags, in this order', async () => {
    const objects = recorded();
    await publish(objects);
    const form = forms.form(bundle(), {
      mediaType: MANIFEST_TYPE,
      digest: entry.manifest,
      size: goods.manifest.length,
    });
    if (form?.kind !== 'referrer') throw new Error('a bundle is a referrer');
    const proof = form.descriptor.digest;
    const home = 'v2/fleet/east/';
    const content = `content-${entry.manifest.slice(7, 23)}`;
    const once = { cacheControl: 'public, max-age=31536000, immutable', create: true };
    const blob = { ...once, contentType: 'application/octet-stream' };
    const manifest = { ...once, contentType: MANIFEST_TYPE };
    const index = { contentType: INDEX_TYPE, cacheControl: 'no-cache' };
    const tag = { contentType: MANIFEST_TYPE, cacheControl: 'no-cache' };
    const list = { contentType: 'application/json', cacheControl: 'no-cache' };
    const [first, second] = objects.writes.slice(6, 8).sort(([a], [b]) => (a < b ? -1 : 1));
    const wanted = form.blobs.map(({ digest }) => [`${home}blobs/${digest}`, blob]).sort();
    expect([first, second]).toEqual(wanted);
    expect([...objects.writes.slice(0, 6), ...objects.writes.slice(8)]).toEqual([
      ['v2/', { contentType: 'application/json', create: true }],
      [`${home}blobs/${entry.content}`, blob],
      [`${home}blobs/${FLUX_CONFIG.descriptor.digest}`, blob],
      [`${home}manifests/${entry.manifest}`, manifest],
      [`${home}referrers/${entry.manifest}`, { ...index, create: true }],
      [`${home}manifests/sha256-${content}`, tag],
      [`${home}manifests/${proof}`, manifest],
      [`${home}referrers/${proof}`, { ...index, create: true }],
      [`${home}_referrers/${entry.manifest}/${proof}`, { ...once, contentType: 'text/plain' }],
      [`${home}referrers/${entry.manifest}`, index],
      [`${home}manifests/${entry.manifest.replace(':', '-')}`, index],
      [`${home}manifests/prod`, tag],
      [`${home}tags/list`, list],
    ]);
    expect(await staticRegistry(objects).tags('fleet/east')).toEqual([content, 'prod']);
    expect(await listTags(objects, 'fleet/east')).toEqual(['prod']);
  });

  test('shows what is attached as an index, with types and annotations, under both of its names', async () => {
    const objects = memoryObjects();
    await publish(objects);
    const text = async (key: string): Promise<string> => Buffer.from((await objects.get(key))?.bytes ?? []).toString();
    const index = await text(`v2/fleet/east/referrers/${entry.manifest}`);
    expect(JSON.parse(index)).toMatchObject({
      schemaVersion: 2,
      mediaType: INDEX_TYPE,
      manifests: [{ mediaType: MANIFEST_TYPE, artifactType: 'application/vnd.dev.sigstore.bundle.v0.3+json' }],
    });
    expect(await text(`v2/fleet/east/manifests/${entry.manifest.replace(':', '-')}`)).toBe(index);
  });

  test('moves a channel back with one write of the tag and none of the tags, which are the same, by another run', async () => {
    const objects = recorded();
    await publish(objects);
    const before = objects.writes.length;
    await open(staticRegistry(objects)).names.move(PROD, goods);
    const keys = objects.writes.slice(before).map(([key]) => key.replace('v2/fleet/east/', ''));
    const again = [`manifests/${entry.manifest}`, `referrers/${entry.manifest}`];
    expect(keys).toEqual(['v2/', ...again, 'manifests/prod']);
  });

  test('finds every proof again, of every kind, after other content took the name', async () => {
    const objects = memoryObjects();
    const made = [bundle(), signature(entry), await notation(goods)];
    const { shelf, proofs, names } = open(staticRegistry(objects));
    await shelf.put(goods);
    await Promise.all(made.map((one) => proofs.attach(entry, one)));
    await shelf.put(goodsOf('east', 'b'));
    await names.move(PROD, goodsOf('east', 'b'));
    const found = await open(staticRegistry(objects)).proofs.found(entry);
    const [first, second, third] = made.map(({ proof }) => [proof.digest]);
    expect(digestsIn(found)).toEqual({ bundles: first, signatures: second, notations: third });
    expect(proofs.missing(withProofs(entry, ...made), found)).toEqual([]);
    expect(await pull(objects, 'fleet/east', 'prod')).toEqual({
      manifest: goodsOf('east', 'b').entry.manifest,
      proofs: [],
    });
  });
});

describe('damage in a static registry', () => {
  const spoil = (objects: Objects, key: string) =>
    objects.put(`v2/fleet/east/${key}`, Buffer.from('spoilt'), { contentType: 'text/plain' });

  test('is told by whoever reads it, and repaired by whoever writes it again', async () => {
    const objects = memoryObjects();
    await publish(objects);
    await spoil(objects, `blobs/${entry.content}`);
    await spoil(objects, `manifests/${entry.manifest}`);
    const repositories = staticRegistry(objects);
    await expect(repositories.getBlob('fleet/east', entry.content)).rejects.toMatchObject({ code: 'CORRUPT' });
    await expect(repositories.getManifest('fleet/east', entry.manifest)).rejects.toMatchObject({
      code: 'CORRUPT',
      message: `Cannot use object "v2/fleet/east/manifests/${entry.manifest}": expected "${entry.manifest}", found "${digestOf(Buffer.from('spoilt'))}"`,
    });
    await open(repositories).shelf.put(goods, { repair: true });
    expect((await pull(objects, 'fleet/east', 'prod'))?.manifest).toBe(entry.manifest);
  });

  test('of the list of what is attached is told, and the list is whole after the next attachment', async () => {
    const objects = memoryObjects();
    await publish(objects);
    await spoil(objects, `referrers/${entry.manifest}`);
    const repositories = staticRegistry(objects);
    await expect(repositories.referrers('fleet/east', entry.manifest)).rejects.toMatchObject({ code: 'CORRUPT' });
    await spoil(objects, `_referrers/${entry.manifest}/${entry.content}`);
    await spoil(objects, `manifests/${entry.content}`);
    await open(repositories).proofs.attach(entry, bundle('more'));
    const { bundles } = await open(repositories).proofs.found(entry);
    expect(bundles.map(({ digest }) => digest).sort()).toEqual(
      [bundle(), bundle('more')].map(({ proof }) => proof.digest).sort(),
    );
  });
});

describe('a list that a publisher left behind', () => {
  test('of what is attached is completed when the same run puts the proof again', async () => {
    const objects = memoryObjects();
    const repositories = staticRegistry(objects);
    const subject = await open(repositories)
      .shelf.put(goods)
      .then(() => entry.manifest);
    const described = { mediaType: MANIFEST_TYPE, digest: subject, size: goods.manifest.length };
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST_TYPE, subject: described }));
    const put = () => repositories.putManifest('fleet/east', digestOf(bytes), bytes, { mediaType: MANIFEST_TYPE });
    await put();
    const stale = Buffer.from('{"schemaVersion":2,"manifests":[]}');
    await objects.put(`v2/fleet/east/referrers/${subject}`, stale, { contentType: INDEX_TYPE });
    expect(await repositories.referrers('fleet/east', subject)).toEqual([]);
    await put();
    const descriptor = { mediaType: MANIFEST_TYPE, digest: digestOf(bytes), size: bytes.length };
    expect(await repositories.referrers('fleet/east', subject)).toEqual([descriptor]);
  });

  test('of tags is completed on demand, with two reads where it needs nothing', async () => {
    const objects = recorded();
    expect(await completeTags({ objects, matches: () => false }, 'fleet/east')).toBe(false);
    await publish(objects);
    const tags = await listTags(objects, 'fleet/east');
    const writes = objects.writes.length;
    expect(await completeTags({ objects, matches: () => false }, 'fleet/east')).toBe(false);
    expect(objects.writes).toHaveLength(writes);
    await objects.put('v2/fleet/east/manifests/1.0.0', goods.manifest, { contentType: MANIFEST_TYPE });
    expect(await completeTags({ objects, matches: () => false }, 'fleet/east')).toBe(true);
    expect(await listTags(objects, 'fleet/east')).toEqual(['1.0.0', ...tags]);
    await objects.delete('v2/fleet/east/tags/list');
    expect(await completeTags({ objects, matches: () => false }, 'fleet/east')).toBe(true);
    expect(await listTags(objects, 'fleet/east')).toEqual(['1.0.0', 'prod']);
  });

  test('that never settles is told', async () => {
    const objects = memoryObjects();
    let count = 0;
    const busy: Objects = {
      ...objects,
      list: async () => ({
        objects: [{ key: `v2/fleet/manifests/t${count++}`, etag: '', size: 1, modified: 0 }],
        prefixes: [],
      }),
    };
    const put = staticRegistry(busy).putManifest('fleet', 'prod', goods.manifest, { mediaType: MANIFEST_TYPE });
    await expect(put).rejects.toMatchObject({
      code: 'STORE',
      message: 'Cannot finish "v2/fleet/tags/list": others added to it 32 times meanwhile',
    });
  });
});

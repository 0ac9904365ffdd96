import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { digestOf } from '../../../src/digest.ts';
import { SlipwayError } from '../../../src/errors.ts';
import { forms } from '../../../src/seal/forms.ts';
import { ociLayout } from '../../../src/ship/disk/oci-layout.ts';
import { MANIFEST_TYPE } from '../../../src/ship/manifest.ts';
import { memoryRepositories } from '../../../src/ship/memory.ts';
import { overlayRepositories } from '../../../src/ship/overlay.ts';
import type { Repositories } from '../../../src/ship/ports.ts';
import type { Store } from '../../../src/ship/store.ts';
import type { FakeRegistryOptions } from '../../fakes/registry.ts';
import { openFake } from '../../wire/registry-fixture.ts';
import { bundle, digestsIn, goodsOf, notation, open, proofOf, signature, withProofs } from '../proofs-fixture.ts';

const closers: (() => PromiseLike<void>)[] = [];
afterAll(async () => {
  for (const close of closers) await close();
});

async function onDisk(): Promise<Repositories> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-proofs-'));
  closers.push(() => rm(folder, { recursive: true }));
  return ociLayout(folder);
}

async function served(options: FakeRegistryOptions): Promise<Repositories> {
  const fake = await openFake(options);
  closers.push(() => fake[Symbol.asyncDispose]());
  return fake.registry;
}

const STORES: readonly (readonly [string, () => Promise<Repositories>])[] = [
  ['memory', async () => memoryRepositories()],
  ['memory without the referrers API', async () => memoryRepositories({ referrers: false })],
  ['memory that forgets', async () => memoryRepositories({ lock: 'none', forgets: true })],
  ['memory that forgets, without the API', async () => memoryRepositories({ forgets: true, referrers: false })],
  ['a dry run', async () => overlayRepositories(memoryRepositories())],
  ['a dry run without the API', async () => overlayRepositories(memoryRepositories({ referrers: false }))],
  ['layouts on disk', onDisk],
  ['a registry with the API, on small pages', () => served({ referrers: true, pageSize: 1, forgetsUntagged: true })],
  ['a registry without the API', () => served({ mounts: false, forgetsUntagged: true })],
];

describe.each(STORES)('proofs in %s', (_, opened) => {
  test('are found, whole, after other content took the name, and nothing else is', async () => {
    const repositories = await opened();
    const { proofs, shelf, names } = open(repositories);
    const [east, west] = [goodsOf('east'), goodsOf('west')];
    const made = [bundle(), signature(east.entry), await notation(east)];
    const entry = withProofs(east.entry, ...made, proofOf('views', Buffer.from('{}')));
    for (const goods of [east, west]) await shelf.put(goods);
    await names.move({ kind: 'channel', channel: 'prod' }, east);
    expect(proofs.missing(entry, await proofs.found(entry))).toEqual(made.map(({ proof }) => proof));
    for (const goods of made) await proofs.attach(entry, goods);
    await proofs.attach(west.entry, bundle());

    await shelf.put(goodsOf('east', 'b'));
    await names.move({ kind: 'channel', channel: 'prod' }, goodsOf('east', 'b'));
    const found = await open(repositories).proofs.found(entry);
    const [first, second, third] = made.map(({ proof }) => [proof.digest]);
    expect(digestsIn(found)).toEqual({ bundles: first, signatures: second, notations: third });
    expect(Buffer.from(found.bundles[0]?.bytes ?? [])).toEqual(bundle().bytes);
    expect(proofs.missing(entry, found)).toEqual([]);
    const read = await Promise.all(made.map(({ proof }) => proofs.get(entry, proof)));
    expect(read.map((bytes) => bytes && digestOf(bytes))).toEqual(made.map(({ proof }) => proof.digest));
    expect(digestsIn(await proofs.found(west.entry))).toEqual({ bundles: first, signatures: [], notations: [] });
    expect(digestsIn(await proofs.found(goodsOf('east', 'b').entry))).toMatchObject({ bundles: [], signatures: [] });
  });

  test('change nothing when they are attached again, by this run or another', async () => {
    const repositories = await opened();
    const goods = goodsOf('east');
    const made = [bundle(), signature(goods.entry)];
    await open(repositories).shelf.put(goods);
    const state = async (): Promise<unknown> => [
      await repositories.tags('fleet/east'),
      await repositories.referrers('fleet/east', goods.entry.manifest),
      await repositories.getManifest('fleet/east', goods.entry.manifest.replace(':', '-')),
      await repositories.getManifest('fleet/east', forms.signatureTag(goods.entry.manifest)),
    ];
    const first = open(repositories).proofs;
    for (const one of made) await first.attach(goods.entry, one);
    const before = await state();
    for (const { attach } of [first, open(repositories).proofs]) {
      for (const one of made) await attach(goods.entry, one);
    }
    expect(await state()).toEqual(before);
  });

  test('lose none that are attached to one artifact at once', async () => {
    const repositories = await opened();
    const goods = goodsOf('east');
    const { proofs, shelf } = open(repositories);
    await shelf.put(goods);
    const bundles = ['a', 'b', 'c', 'd'].map((text) => bundle(text));
    const signatures = ['YQ==', 'Yg==', 'Yw=='].map((text) => signature(goods.entry, text));
    await Promise.all([...bundles, ...signatures].map((one) => proofs.attach(goods.entry, one)));
    const entry = withProofs(goods.entry, ...bundles, ...signatures);
    expect(proofs.missing(entry, await proofs.found(entry))).toEqual([]);
  });

  test('are absent, not an error, where nothing is', async () => {
    const { proofs } = open(await opened());
    const { entry } = goodsOf('east');
    expect(await proofs.found(entry)).toEqual({ bundles: [], signatures: [], notations: [] });
    for (const one of [bundle(), signature(entry), proofOf('views', Buffer.from('{}'))]) {
      expect(await proofs.get(entry, one.proof)).toBeUndefined();
    }
    await expect(proofs.attach(entry, bundle())).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: `Cannot attach a proof to artifact "east": its manifest "${entry.manifest}" is missing`,
    });
  });
});

describe('a bundle of many artifacts', () => {
  const names = Array.from({ length: 8 }, (_, index) => `app${index}`);

  test.each([true, false])(
    'is uploaded once, and read where this run did not put it (referrers API: %s)',
    async (referrers) => {
      await using fake = await openFake({ referrers });
      const { shelf, proofs } = open(fake.registry);
      for (const name of names) await shelf.put(goodsOf(name));
      const before = fake.server.requests.length;
      await Promise.all(names.map((name) => proofs.attach(goodsOf(name).entry, bundle())));
      const sent = fake.server.requests.slice(before);
      const uploads = sent.filter(({ method, path }) => method === 'PUT' && path.includes('/blobs/uploads/'));
      expect(uploads.map(({ query }) => query.get('digest')).sort()).toEqual(
        [bundle().proof.digest, digestOf(Buffer.from('{}'))].sort(),
      );
      const asked = sent.filter(({ path }) => path.includes('/referrers/'));
      // All begin at once; where there is no API the first answer is enough.
      expect(asked.length).toBeLessThanOrEqual(referrers ? names.length : 1);

      const requested = async (reader: Store['proofs']): Promise<readonly string[]> => {
        const start = fake.server.requests.length;
        for (const name of names) expect((await reader.found(goodsOf(name).entry)).bundles).toHaveLength(1);
        const blobs = fake.server.requests.slice(start).filter(({ path }) => path.includes('/blobs/'));
        return blobs.map(({ method }) => method);
      };
      expect(await requested(proofs)).toEqual(['GET', ...names.slice(1).map(() => 'HEAD')]);
      expect(await requested(open(fake.reopen()).proofs)).toEqual(names.map(() => 'GET'));
    },
  );

  test('asks a registry that keeps its word once', async () => {
    await using fake = await openFake({ referrers: true });
    const { shelf, proofs } = open(fake.registry);
    for (const name of names) await shelf.put(goodsOf(name));
    for (const name of names) await proofs.attach(goodsOf(name).entry, bundle());
    expect(fake.server.requests.filter(({ path }) => path.includes('/referrers/'))).toHaveLength(1);
  });
});

/** A registry that lists what is attached, and does not say so; with the repositories whose lists were asked for. */
function silent(): { readonly repositories: Repositories; readonly listings: string[] } {
  const memory = memoryRepositories();
  const listings: string[] = [];
  const repositories: Repositories = {
    ...memory,
    async putManifest(...put) {
      const result = await memory.putManifest(...put);
      return result.outcome === 'created' ? { outcome: 'created' } : result;
    },
    async referrers(repository, subject) {
      listings.push(repository);
      return memory.referrers(repository, subject);
    },
  };
  return { repositories, listings };
}

test('a registry that lists without saying so is asked once, and again where a proof was not found', async () => {
  const { repositories, listings } = silent();
  const { shelf, proofs } = open(repositories);
  const names = ['app0', 'app1', 'app2', 'app3'];
  for (const name of names) await shelf.put(goodsOf(name));
  for (const name of names) await proofs.attach(goodsOf(name).entry, bundle());
  expect(listings).toEqual(['fleet/app0']);
  await proofs.attach(goodsOf('app2').entry, bundle());
  expect(listings).toEqual(['fleet/app0', 'fleet/app2']);
});

describe('a proof that was damaged', () => {
  test.each([true, false])('is missing, and whole again when it is attached (mounts: %s)', async (mounts) => {
    await using fake = await openFake({ referrers: true, mounts });
    const { shelf, proofs } = open(fake.registry);
    const entry = withProofs(goodsOf('east').entry, bundle());
    await shelf.put(goodsOf('east'));
    await proofs.attach(entry, bundle());
    fake.server.repositories.get('fleet/east')?.blobs.set(bundle().proof.digest, Buffer.from('damaged'));
    const next = open(fake.reopen()).proofs;
    expect(next.missing(entry, await next.found(entry))).toEqual(entry.proofs);
    await next.attach(entry, bundle());
    expect(next.missing(entry, await next.found(entry))).toEqual([]);
  });

  test('is uploaded in full, although another repository has it', async () => {
    const repositories = memoryRepositories();
    const uploads: unknown[] = [];
    const digest = bundle().proof.digest;
    const { shelf, proofs } = open({
      ...repositories,
      getBlob: async (repository, blob) =>
        repository === 'fleet/east' ? Buffer.from('damaged') : repositories.getBlob(repository, blob),
      putBlob(repository, blob, bytes, from) {
        if (blob === digest) uploads.push([repository, from]);
        return repositories.putBlob(repository, blob, bytes, from);
      },
    });
    for (const name of ['west', 'east', 'north']) await shelf.put(goodsOf(name));
    for (const name of ['west', 'east']) await proofs.attach(goodsOf(name).entry, bundle());
    expect((await proofs.found(goodsOf('east').entry)).bundles).toEqual([]);
    for (const name of ['east', 'north']) await proofs.attach(goodsOf(name).entry, bundle());
    expect(uploads).toEqual([
      ['fleet/west', undefined],
      ['fleet/east', 'fleet/west'],
      ['fleet/east', undefined],
      ['fleet/north', 'fleet/west'],
    ]);
  });

  test('in memory that hashes nothing is missing too', async () => {
    const repositories = memoryRepositories();
    const { shelf, proofs } = open({ ...repositories, getBlob: async () => Buffer.from('damaged') });
    const entry = withProofs(goodsOf('east').entry, bundle());
    await shelf.put(goodsOf('east'));
    await proofs.attach(entry, bundle());
    expect(proofs.missing(entry, await proofs.found(entry))).toEqual(entry.proofs);
    expect(await proofs.get(entry, bundle().proof)).toBeUndefined();
  });
});

test('a manifest alone is read by its digest, and damage is told', async () => {
  await using fake = await openFake();
  const { shelf } = open(fake.registry);
  const { entry, manifest } = goodsOf('east');
  expect(await shelf.manifest(entry)).toBeUndefined();
  expect(await shelf.put(goodsOf('east'))).toBe('put');
  expect(await shelf.put(goodsOf('east'))).toBe('present');
  expect(await shelf.manifest(entry)).toEqual(manifest);
  const stored = { bytes: Buffer.from('{}'), mediaType: MANIFEST_TYPE };
  fake.server.repositories.get('fleet/east')?.manifests.set(entry.manifest, stored);
  await expect(shelf.manifest(entry)).rejects.toBeInstanceOf(SlipwayError);
});

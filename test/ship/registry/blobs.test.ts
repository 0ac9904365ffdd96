/** Blobs that many artifacts share. */
import { describe, expect, test } from 'vitest';
import { memoryRepositories } from '../../../src/ship/memory.ts';
import type { Repositories } from '../../../src/ship/ports.ts';
import type { Store } from '../../../src/ship/store.ts';
import { openFake } from '../../wire/registry-fixture.ts';
import { bundle, goodsOf, open, withProofs } from '../proofs-fixture.ts';

const names = ['east', 'north', 'south', 'west'];

/** A registry that mounts nothing, with what is asked of it; it shows a blob in all repositories, or where it is. */
function counted(shows: boolean): {
  readonly repositories: Repositories;
  readonly uploads: string[];
  readonly looks: string[];
} {
  const memory = memoryRepositories();
  const [uploads, looks, homes]: [string[], string[], Map<string, string>] = [[], [], new Map()];
  const repositories: Repositories = {
    ...memory,
    async hasBlob(repository, digest) {
      looks.push(repository);
      return shows ? homes.has(digest) : memory.hasBlob(repository, digest);
    },
    getBlob: (repository, digest) => memory.getBlob(shows ? (homes.get(digest) ?? repository) : repository, digest),
    async putBlob(repository, digest, bytes) {
      uploads.push(repository);
      homes.set(digest, repository);
      await memory.putBlob(repository, digest, bytes);
    },
  };
  return { repositories, uploads, looks };
}

describe('a bundle of many artifacts', () => {
  test.each([
    ['shows its blobs in all repositories', true],
    ['neither shows nor mounts them elsewhere', false],
  ])('is uploaded where it has to be by a registry that %s', async (_, shows) => {
    const { repositories, uploads, looks } = counted(shows);
    const { shelf, proofs } = open(repositories);
    for (const name of names) await shelf.put(goodsOf(name));
    uploads.length = 0;
    for (const name of names) await proofs.attach(goodsOf(name).entry, bundle());
    // The bundle and the empty config of its referrer.
    expect(uploads).toHaveLength(shows ? 2 : 2 * names.length);
    // Both at the first artifact; then both at each, or one of them once.
    expect(looks).toHaveLength(shows ? 2 * names.length : 3);
    for (const name of names) expect((await proofs.found(goodsOf(name).entry)).bundles).toHaveLength(1);
  });

  test('is missing where its repository lost it, although others have it, and comes back', async () => {
    await using fake = await openFake({ referrers: true });
    const { shelf, proofs } = open(fake.registry);
    const entries = ['east', 'west'].map((name) => withProofs(goodsOf(name).entry, bundle()));
    for (const { name } of entries) await shelf.put(goodsOf(name));
    for (const entry of entries) await proofs.attach(entry, bundle());
    fake.server.repositories.get('fleet/west')?.blobs.delete(bundle().proof.digest);
    const next = open(fake.reopen()).proofs;
    const lost = async (): Promise<readonly number[]> =>
      Promise.all(entries.map(async (entry) => next.missing(entry, await next.found(entry)).length));
    expect(await lost()).toEqual([0, 1]);
    for (const entry of entries) await next.attach(entry, bundle());
    expect(await lost()).toEqual([0, 0]);
  });

  const [east, west] = ['east', 'west'].map((name) => withProofs(goodsOf(name).entry, bundle()));
  const lostIn = async (proofs: Store['proofs']): Promise<readonly string[]> => {
    const lost = async (entry = east): Promise<readonly string[]> =>
      entry === undefined ? [] : proofs.missing(entry, await proofs.found(entry)).map(() => entry.name);
    return [...(await lost(east)), ...(await lost(west))];
  };

  test('is missing where a mount was answered and nothing was mounted, and is uploaded there when it is put again', async () => {
    await using fake = await openFake({ referrers: true });
    const { shelf, proofs } = open(fake.registry);
    for (const name of ['east', 'west']) await shelf.put(goodsOf(name));
    fake.server.hooks.onRequest = ({ query, path }) =>
      query.get('mount') === bundle().proof.digest ? { status: 201, headers: { location: path } } : 'serve';
    // A registry that says so takes the manifest too.
    fake.server.repositories.get('fleet/west')?.blobs.set(bundle().proof.digest, Buffer.from(bundle().bytes));
    for (const name of ['east', 'west']) await proofs.attach(goodsOf(name).entry, bundle());
    fake.server.repositories.get('fleet/west')?.blobs.delete(bundle().proof.digest);
    expect(await lostIn(proofs)).toEqual(['west']);
    await proofs.attach(goodsOf('west').entry, bundle());
    expect(await lostIn(proofs)).toEqual([]);
    expect(await lostIn(open(fake.reopen()).proofs)).toEqual([]);
  });

  test('is missing where its repository has other bytes under its digest, and is uploaded there in full', async () => {
    await using fake = await openFake({ referrers: true });
    const first = open(fake.registry);
    for (const name of ['east', 'west']) await first.shelf.put(goodsOf(name));
    for (const name of ['east', 'west']) await first.proofs.attach(goodsOf(name).entry, bundle());
    fake.server.repositories.get('fleet/west')?.blobs.set(bundle().proof.digest, Buffer.from('damaged'));
    const { proofs } = open(fake.reopen());
    // As a run does that proves again: it looks whether the blob is there, and it is.
    for (const name of ['east', 'west']) await proofs.attach(goodsOf(name).entry, bundle());
    expect(await lostIn(proofs)).toEqual(['west']);
    const start = fake.server.requests.length;
    await proofs.attach(goodsOf('west').entry, bundle());
    expect(fake.server.requests.slice(start).filter(({ query }) => query.has('mount'))).toEqual([]);
    expect(await lostIn(proofs)).toEqual([]);
  });
});

/** What every implementation of {@link Repositories} promises, as tests. Runs on fakes, layouts, memory and real servers. */
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { digestOf } from '../../src/digest.ts';
import type { ManifestPutResult, Repositories } from '../../src/ship/ports.ts';
import { fresh, manifestText, manifestType, noSuch, putManifest, putTagged } from './manifests.ts';
import { describeReferrers } from './referrers.ts';
import { describeRemovals } from './removals.ts';

export interface OpenRepositories {
  readonly repositories: Repositories;
  close(): Promise<void>;
}

export interface RepositoriesContractOptions {
  /** How many tags the paging test makes; above the server's page size to see a second page. Default 25. */
  readonly tags?: number;
  /** Whether the server has deletion switched on. Default true. */
  readonly deletes?: boolean;
}

const created = { outcome: 'created' };

/** Declares the suite. Repositories have random names, so that a store may be used twice. */
export function repositoriesContract(
  name: string,
  open: () => Promise<OpenRepositories>,
  options: RepositoriesContractOptions = {},
): void {
  const { deletes = true } = options;
  describe(`${name} as repositories`, () => {
    let opened: OpenRepositories | undefined;
    const store = (): Repositories => {
      if (opened === undefined) throw new Error('the store did not open');
      return opened.repositories;
    };
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened?.close());

    describeBlobs(store);
    describeManifests(store);
    describeReferrers(store);
    describeTags(store, options);
    describeCreates(store);
    if (deletes) describeRemovals(store);
  });
}

function describeBlobs(store: () => Repositories): void {
  test('has no blob in a repository that does not exist', async () => {
    expect(await store().hasBlob(fresh(), noSuch)).toBe(false);
    expect(await store().getBlob(fresh(), noSuch)).toBeUndefined();
  });

  test('gives back a blob byte for byte, whatever its bytes are', async () => {
    const repository = fresh();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2_000 }), async (bytes) => {
        const digest = digestOf(bytes);
        await store().putBlob(repository, digest, bytes);
        expect(await store().hasBlob(repository, digest)).toBe(true);
        expect(Buffer.from((await store().getBlob(repository, digest)) ?? 'none').equals(bytes)).toBe(true);
      }),
      { numRuns: 8 },
    );
    expect(await store().hasBlob(repository, noSuch)).toBe(false);
  });

  test('takes a blob of 3 MiB, again, and in another repository', async () => {
    const [here, there] = [fresh(), fresh()];
    const bytes = randomBytes(3 * 1_048_576);
    const digest = digestOf(bytes);
    for (const repository of [here, here, there, there]) {
      await store().putBlob(repository, digest, bytes);
      expect(Buffer.from((await store().getBlob(repository, digest)) ?? 'none').equals(bytes)).toBe(true);
    }
  });

  test('takes a blob that another repository has, and one that it was only said to have', async () => {
    const [here, there, nowhere] = [fresh(), fresh(), fresh()];
    const bytes = randomBytes(500);
    await store().putBlob(here, digestOf(bytes), bytes);
    for (const from of [here, nowhere]) {
      await store().putBlob(there, digestOf(bytes), bytes, from);
      expect(Buffer.from((await store().getBlob(there, digestOf(bytes))) ?? 'none').equals(bytes)).toBe(true);
    }
    const other = randomBytes(500);
    await store().putBlob(there, digestOf(other), other, nowhere);
    expect(await store().hasBlob(there, digestOf(other))).toBe(true);
  });

  test('refuses a blob that does not match its digest', async () => {
    const repository = fresh();
    await expect(store().putBlob(repository, noSuch, Buffer.from('other'))).rejects.toMatchObject({ code: 'CORRUPT' });
    expect(await store().hasBlob(repository, noSuch)).toBe(false);
  });

  test('takes many blobs at once', async () => {
    const repository = fresh();
    const blobs = Array.from({ length: 24 }, () => randomBytes(500));
    await Promise.all(blobs.map((bytes) => store().putBlob(repository, digestOf(bytes), bytes)));
    const found = await Promise.all(blobs.map((bytes) => store().getBlob(repository, digestOf(bytes))));
    expect(found.map((bytes) => bytes && digestOf(bytes))).toEqual(blobs.map(digestOf));
  });
}

function describeManifests(store: () => Repositories): void {
  test('has no manifest in a repository that does not exist, by tag or digest', async () => {
    expect(await store().getManifest(fresh(), 'latest')).toBeUndefined();
    expect(await store().getManifest(fresh(), noSuch)).toBeUndefined();
  });

  test('has no manifest under an unknown tag or digest of a repository that exists', async () => {
    const repository = fresh();
    await putTagged(store(), repository, { tag: 'here' });
    expect(await store().getManifest(repository, 'there')).toBeUndefined();
    expect(await store().getManifest(repository, noSuch)).toBeUndefined();
  });

  test('gives back the exact bytes of a manifest by tag and by digest', async () => {
    const repository = fresh();
    // Odd spaces and non-ASCII text: whoever parses and formats it again changes its digest.
    const text = await manifestText(store(), repository, '{ "é": "✓" ,"b":  "2"}');
    const bytes = Buffer.from(`${text}\n\n`);
    expect(await store().putManifest(repository, 'v1', bytes, { mediaType: manifestType })).toEqual(created);
    for (const reference of ['v1', digestOf(bytes)]) {
      const stored = await store().getManifest(repository, reference);
      expect(stored).toMatchObject({ mediaType: manifestType, digest: digestOf(bytes) });
      expect(Buffer.from(stored?.bytes ?? []).equals(bytes)).toBe(true);
    }
  });

  test('takes a manifest by its digest, without a tag', async () => {
    const repository = fresh();
    const bytes = Buffer.from(await manifestText(store(), repository));
    expect(await store().putManifest(repository, digestOf(bytes), bytes, { mediaType: manifestType })).toEqual(created);
    expect((await store().getManifest(repository, digestOf(bytes)))?.mediaType).toBe(manifestType);
    expect(await store().tags(repository)).toEqual([]);
  });

  test('refuses a manifest that does not match its digest', async () => {
    const repository = fresh();
    const bytes = Buffer.from(await manifestText(store(), repository));
    const put = store().putManifest(repository, noSuch, bytes, { mediaType: manifestType });
    await expect(put).rejects.toMatchObject({ code: 'CORRUPT' });
    expect(await store().getManifest(repository, digestOf(bytes))).toBeUndefined();
  });

  test('moves a tag, and keeps the old manifest under its other tag', async () => {
    const repository = fresh();
    const old = await putTagged(store(), repository, { tag: 'channel', text: 'old' });
    const bytes = (await store().getManifest(repository, 'channel'))?.bytes ?? Buffer.of();
    await store().putManifest(repository, 'kept', bytes, { mediaType: manifestType });
    const next = await putTagged(store(), repository, { tag: 'channel', text: 'next' });
    expect((await store().getManifest(repository, 'channel'))?.digest).toBe(next);
    expect((await store().getManifest(repository, 'kept'))?.digest).toBe(old);
    expect((await store().getManifest(repository, old))?.digest).toBe(old);
    expect(await store().tags(repository)).toEqual(['channel', 'kept']);
  });

  test('changes nothing when the same manifest is put under the same tag again', async () => {
    const repository = fresh();
    const first = await putTagged(store(), repository, { tag: 'same', text: 'x' });
    expect(await putTagged(store(), repository, { tag: 'same', text: 'x' })).toBe(first);
    expect(await store().tags(repository)).toEqual(['same']);
  });
}

function describeTags(store: () => Repositories, { tags: count = 25 }: RepositoriesContractOptions): void {
  test('has no tags in a repository that does not exist', async () => {
    expect(await store().tags(fresh())).toEqual([]);
    expect(await store().tags(fresh(), { startAfter: 'm' })).toEqual([]);
  });

  test('lists all tags in byte order, and those after a tag that need not exist', async () => {
    const repository = fresh();
    const numbers = Array.from({ length: count }, (_, index) => `n${String(index).padStart(9, '0')}`);
    const names = [...numbers, '_x', 'A', 'Z', 'a.b', 'a-b', 'a_b', '0'];
    const bytes = Buffer.from(await manifestText(store(), repository));
    await Promise.all(names.map((tag) => store().putManifest(repository, tag, bytes, { mediaType: manifestType })));
    const sorted = [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect(await store().tags(repository)).toEqual(sorted);
    for (const startAfter of ['0', 'B', 'a.b', 'n000000009', 'n0000000095', 'zzz']) {
      const after = sorted.slice(
        sorted.filter((tag) => Buffer.compare(Buffer.from(tag), Buffer.from(startAfter)) <= 0).length,
      );
      expect(await store().tags(repository, { startAfter })).toEqual(after);
    }
  });

  test('loses no tag of many that are written at once', async () => {
    const repository = fresh();
    const names = Array.from({ length: 16 }, (_, index) => `t${String(index).padStart(2, '0')}`);
    await manifestText(store(), repository);
    const digests = await Promise.all(names.map((tag) => putTagged(store(), repository, { tag, text: tag })));
    const found = await Promise.all(names.map((tag) => store().getManifest(repository, tag)));
    expect(found.map((manifest) => manifest?.digest)).toEqual(digests);
    expect(await store().tags(repository)).toEqual(names);
  });
}

function describeCreates(store: () => Repositories): void {
  const put = (repository: string, tag: string, text: string): Promise<ManifestPutResult> =>
    putManifest(store(), repository, { tag, text, unless: (other) => other.startsWith('record.7.') });

  test('leaves everything alone when a tag forbids the write, where it promises that', async () => {
    const repository = fresh();
    expect(await put(repository, 'record.7.aa', 'first')).toEqual(created);
    const second = await put(repository, 'record.7.bb', 'second');
    const isExclusive = store().lock === 'cas';
    expect(second).toEqual(isExclusive ? { outcome: 'exists', tag: 'record.7.aa' } : created);
    expect(await store().tags(repository)).toEqual(isExclusive ? ['record.7.aa'] : ['record.7.aa', 'record.7.bb']);
    expect(await putManifest(store(), repository, { tag: 'record.8.cc', text: 'third' })).toEqual(created);
  });

  test('lets exactly one of many writers at once create, where it promises that', async () => {
    const repository = fresh();
    await manifestText(store(), repository);
    const tags = Array.from({ length: 12 }, (_, index) => `record.7.${index}`);
    const results = await Promise.all(tags.map((tag) => put(repository, tag, tag)));
    const winners = results.filter(({ outcome }) => outcome === 'created');
    expect(winners).toHaveLength(store().lock === 'cas' ? 1 : tags.length);
    expect(await store().tags(repository)).toHaveLength(winners.length);
  });
}

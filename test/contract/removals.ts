/** What every implementation of {@link Repositories} promises of what is deleted. */
import { expect, test } from 'vitest';
import { digestOf } from '../../src/digest.ts';
import type { Repositories } from '../../src/ship/ports.ts';
import { fresh, manifestType, noSuch, putTagged } from './manifests.ts';
import { putReferrer } from './referrers.ts';

/** Declares this part of the suite. */
export function describeRemovals(store: () => Repositories): void {
  test('deletes a manifest with all tags that show it, and nothing else', async () => {
    const repository = fresh();
    const gone = await putTagged(store(), repository, { tag: 'v1', text: 'gone' });
    const stays = await putTagged(store(), repository, { tag: 'v3', text: 'stays' });
    const { bytes = Buffer.of() } = (await store().getManifest(repository, gone)) ?? {};
    await store().putManifest(repository, 'v2', bytes, { mediaType: manifestType });
    await store().deleteManifest(repository, gone);
    for (const reference of [gone, 'v1', 'v2']) {
      expect(await store().getManifest(repository, reference)).toBeUndefined();
    }
    expect(await store().tags(repository)).toEqual(['v3']);
    expect((await store().getManifest(repository, 'v3'))?.digest).toBe(stays);
  });

  test('deletes what is not there without an error', async () => {
    const repository = fresh();
    await store().deleteManifest(repository, noSuch);
    await store().deleteBlob(repository, noSuch);
    expect(await store().tags(repository)).toEqual([]);
    const kept = await putTagged(store(), repository, { tag: 'v1' });
    await store().deleteManifest(repository, noSuch);
    await store().deleteBlob(repository, noSuch);
    expect((await store().getManifest(repository, 'v1'))?.digest).toBe(kept);
  });

  test('takes a deleted manifest again', async () => {
    const repository = fresh();
    const digest = await putTagged(store(), repository, { tag: 'v1', text: 'again' });
    await store().deleteManifest(repository, digest);
    expect(await putTagged(store(), repository, { tag: 'v2', text: 'again' })).toBe(digest);
    expect((await store().getManifest(repository, digest))?.digest).toBe(digest);
    expect(await store().tags(repository)).toEqual(['v2']);
  });

  test('no longer lists a deleted manifest among the referrers of its subject', async () => {
    const repository = fresh();
    const subject = await putTagged(store(), repository, { tag: 'v1', text: 'subject' });
    const [first, second] = [
      await putReferrer(store(), repository, { subject, text: 'first' }),
      await putReferrer(store(), repository, { subject, text: 'second' }),
    ];
    await store().deleteManifest(repository, first.digest);
    expect(await store().getManifest(repository, first.digest)).toBeUndefined();
    const listed = await store().referrers(repository, subject);
    expect(listed?.map(({ digest }) => digest) ?? [second.digest]).toEqual([second.digest]);
  });

  test('deletes a blob of one repository, and takes it again', async () => {
    const [here, there] = [fresh(), fresh()];
    const bytes = Buffer.from(`blob of ${here}`);
    const digest = digestOf(bytes);
    for (const repository of [here, there]) await store().putBlob(repository, digest, bytes);
    await store().deleteBlob(here, digest);
    expect(await store().hasBlob(there, digest)).toBe(true);
    await store().putBlob(here, digest, bytes);
    expect(Buffer.from((await store().getBlob(here, digest)) ?? []).equals(bytes)).toBe(true);
  });

  test('lists what lies in a repository, tagged or not, where it lists blobs at all', async () => {
    const { inventory } = store();
    const repository = fresh();
    if (inventory === undefined) return expect(store().lock).toBe('none');
    expect(await inventory(repository)).toEqual({ manifests: [], blobs: [] });
    const tagged = await putTagged(store(), repository, { tag: 'v1', text: 'tagged' });
    const { digest } = await putReferrer(store(), repository, { subject: tagged, text: 'attached' });
    const bytes = Buffer.from(`loose in ${repository}`);
    const loose = digestOf(bytes);
    await store().putBlob(repository, loose, bytes);
    const { manifests, blobs } = await inventory(repository);
    expect([...manifests].sort()).toEqual([tagged, digest].sort());
    expect(blobs).toContainEqual({ digest: loose, size: bytes.length });
    await store().deleteBlob(repository, loose);
    await store().deleteManifest(repository, tagged);
    const left = await inventory(repository);
    expect(left.manifests).toEqual([digest]);
    expect(left.blobs.map((one) => one.digest)).not.toContain(loose);
  });
}

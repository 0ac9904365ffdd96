/** What every implementation of {@link Repositories} promises of manifests that are attached to others. */
import { expect, test } from 'vitest';
import { digestOf } from '../../src/digest.ts';
import type { Digest } from '../../src/model.ts';
import type { ManifestPutResult, Repositories } from '../../src/ship/ports.ts';
import { fresh, manifestText, manifestType, noSuch, putTagged } from './manifests.ts';

/** Declares this part of the suite. */
export function describeReferrers(store: () => Repositories): void {
  test('lists what is attached to a manifest, each once, or has no such list at all', async () => {
    const repository = fresh();
    const subject = await putTagged(store(), repository, { tag: 'v1', text: 'subject' });
    const other = await putTagged(store(), repository, { tag: 'v2', text: 'other' });
    const first = await putReferrer(store(), repository, { subject, text: 'first' });
    const again = await putReferrer(store(), repository, { subject, text: 'first' });
    const second = await putReferrer(store(), repository, { subject, text: 'second' });
    const listed = await store().referrers(repository, subject);
    const has = ({ digest, size }: Put): unknown => expect.objectContaining({ mediaType: manifestType, digest, size });
    expect(listed ?? [first, second].map(has)).toHaveLength(2);
    expect(listed ?? [first, second].map(has)).toEqual(expect.arrayContaining([has(first), has(second)]));
    expect((await store().referrers(repository, other)) ?? []).toEqual([]);
    // Whoever says that it is linked must list it.
    const linked = [first, again, second].map(({ answer }) => answer.outcome === 'created' && answer.linked === true);
    expect(linked).toEqual(Array(3).fill(listed !== undefined && linked[0] === true));
  });

  test('still has what is attached to a manifest after its tag moved', async () => {
    const repository = fresh();
    const subject = await putTagged(store(), repository, { tag: 'channel', text: 'old' });
    const { digest, bytes } = await putReferrer(store(), repository, { subject, text: 'proof' });
    await putTagged(store(), repository, { tag: 'channel', text: 'next' });
    expect(Buffer.from((await store().getManifest(repository, digest))?.bytes ?? []).equals(bytes)).toBe(true);
    const listed = await store().referrers(repository, subject);
    expect(listed?.map((one) => one.digest) ?? [digest]).toEqual([digest]);
    expect(await store().tags(repository)).toEqual(['channel']);
  });

  test('has nothing attached in a repository that does not exist', async () => {
    expect((await store().referrers(fresh(), noSuch)) ?? []).toEqual([]);
  });
}

interface Put {
  readonly bytes: Buffer;
  readonly digest: Digest;
  readonly size: number;
  readonly answer: ManifestPutResult;
}

/** Puts a manifest by its digest that is attached to another one. */
export async function putReferrer(
  store: Repositories,
  repository: string,
  { subject, text }: { readonly subject: Digest; readonly text: string },
): Promise<Put> {
  const own = await manifestText(store, repository, JSON.stringify({ text }));
  const size = (await store.getManifest(repository, subject))?.bytes.length;
  const described = JSON.stringify({ mediaType: manifestType, digest: subject, size });
  const bytes = Buffer.from(
    own.replace(/}$/, `,"subject":${described},"artifactType":"application/vnd.example.proof"}`),
  );
  const digest = digestOf(bytes);
  const answer = await store.putManifest(repository, digest, bytes, { mediaType: manifestType });
  return { bytes, digest, size: bytes.length, answer };
}

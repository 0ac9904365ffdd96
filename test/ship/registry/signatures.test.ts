import { describe, expect, test } from 'vitest';
import { digestOf } from '../../../src/digest.ts';
import type { SignatureLayer } from '../../../src/model.ts';
import { forms } from '../../../src/seal/forms.ts';
import { MANIFEST_TYPE } from '../../../src/ship/manifest.ts';
import { memoryRepositories } from '../../../src/ship/memory.ts';
import type { Repositories } from '../../../src/ship/ports.ts';
import { openFake } from '../../wire/registry-fixture.ts';
import { digestsIn, goodsOf, layerOf, open, signature, withProofs } from '../proofs-fixture.ts';

const goods = goodsOf('east');
const { entry } = goods;
const tag = forms.signatureTag(entry.manifest);
const place = 'fleet/east';
const digestOfLayer = (layer: SignatureLayer): string => digestOf(forms.signatureBytes(layer));

/** A repository in which someone signed already. */
async function signedBy(...layers: readonly SignatureLayer[]): Promise<Repositories> {
  const repositories = memoryRepositories({ lock: 'none' });
  await open(repositories).shelf.put(goods);
  await sign(repositories, layers);
  return repositories;
}

async function sign(repositories: Repositories, layers: readonly SignatureLayer[]): Promise<void> {
  const { manifest, blobs } = forms.signatureManifest(layers);
  for (const { digest, bytes } of blobs) await repositories.putBlob(place, digest, bytes);
  await repositories.putManifest(place, tag, manifest, { mediaType: MANIFEST_TYPE });
}

const theirs: SignatureLayer = {
  payload: Buffer.from('{"odd":  "spaces"}'),
  mediaType: 'application/vnd.example.payload',
  annotations: { 'dev.cosignproject.cosign/signature': 'dGhlaXJz', 'example.com/more': 'kept' },
};
const ours = layerOf(entry.manifest);

describe('a signature under the .sig tag', () => {
  test('is added after those of others, which keep payload, type and annotations', async () => {
    const repositories = await signedBy(theirs, layerOf(entry.manifest, 'b3RoZXI='));
    await open(repositories).proofs.attach(entry, signature(entry));
    const kept = await repositories.getManifest(place, tag);
    const all = [theirs, layerOf(entry.manifest, 'b3RoZXI='), ours];
    expect(Buffer.from(kept?.bytes ?? []).toString()).toBe(
      Buffer.from(forms.signatureManifest(all).manifest).toString(),
    );
    const { signatures } = await open(repositories).proofs.found(entry);
    expect(signatures.map(digestOfLayer)).toEqual(all.map(digestOfLayer));
  });

  test('is not added twice', async () => {
    const repositories = await signedBy(ours, theirs);
    const before = await repositories.getManifest(place, tag);
    const { proofs } = open({ ...repositories, putManifest: () => Promise.reject(new Error('nothing to write')) });
    await proofs.attach(entry, signature(entry));
    expect(await repositories.getManifest(place, tag)).toEqual(before);
  });

  test('is added again when another writer undid it', async () => {
    const real = await signedBy();
    let lost = 0;
    const repositories: Repositories = {
      ...real,
      async putManifest(...put) {
        const result = await real.putManifest(...put);
        if (put[1] === tag && lost++ === 0) await sign(real, [theirs]);
        return result;
      },
    };
    const { proofs } = open(repositories);
    await proofs.attach(entry, signature(entry));
    expect((await proofs.found(entry)).signatures.map(digestOfLayer)).toEqual([theirs, ours].map(digestOfLayer));
  });

  test('is read beside many others at once, in their order', async () => {
    const many = Array.from({ length: 40 }, (_, index): SignatureLayer => {
      return { ...layerOf(entry.manifest, String(index)), payload: Buffer.from(`{"payload":${index}}`) };
    });
    const repositories = await signedBy(...many);
    let [now, most] = [0, 0];
    const slow: Repositories = {
      ...repositories,
      async getBlob(repository, digest) {
        now += 1;
        most = Math.max(most, now);
        await new Promise((done) => setImmediate(done));
        now -= 1;
        return repositories.getBlob(repository, digest);
      },
    };
    const { signatures } = await open(slow).proofs.found(entry);
    expect(signatures.map(digestOfLayer)).toEqual(many.map(digestOfLayer));
    expect(most).toBe(16);
  });

  test('is told apart from the others by its digest', async () => {
    const repositories = await signedBy(theirs, ours);
    const { proofs } = open(repositories);
    const other = signature(entry, 'b3RoZXI=');
    expect(await proofs.get(entry, signature(entry).proof)).toEqual(signature(entry).bytes);
    expect(await proofs.get(entry, other.proof)).toBeUndefined();
    const proved = withProofs(entry, signature(entry), other);
    expect(proofs.missing(proved, await proofs.found(proved))).toEqual([other.proof]);
  });

  test('is not added to a thousand, which is all that cosign reads', async () => {
    const many = Array.from({ length: 1000 }, (_, index) => layerOf(entry.manifest, String(index)));
    const repositories = await signedBy(...many);
    const { proofs } = open(repositories);
    await expect(proofs.attach(entry, signature(entry))).rejects.toMatchObject({
      code: 'STORE',
      message: `Cannot add a signature to tag "${tag}" of "${place}": it has 1000, and cosign reads no more`,
      hint: 'delete that tag and run again, or switch "legacy" off',
    });
    await sign(repositories, many.slice(1));
    await proofs.attach(entry, signature(entry));
    expect((await proofs.found(entry)).signatures).toHaveLength(1000);
  });

  test.each([
    ['an index', { manifests: [] }],
    ['a layer without annotations', { layers: [{ mediaType: 'a/b', digest: entry.content, size: 1 }] }],
    ['a layer whose payload is missing', { layers: [layerFor('nobody has this')] }],
    ['a layer larger than any payload', { layers: [{ ...layerFor('x'), size: 1_048_577 }] }],
    ['no JSON', undefined],
  ])('is not added to %s', async (_, document) => {
    const repositories = await signedBy();
    await repositories.putBlob(place, digestOf(Buffer.from('x')), Buffer.from('x'));
    const bytes = Buffer.from(document === undefined ? '<html>' : JSON.stringify(document));
    await repositories.putManifest(place, tag, bytes, { mediaType: MANIFEST_TYPE });
    const { proofs } = open(repositories);
    expect((await proofs.found(entry)).signatures).toEqual([]);
    await expect(proofs.attach(entry, signature(entry))).rejects.toMatchObject({
      code: 'STORE',
      message: `Cannot add a signature to tag "${tag}" of "${place}": what is there is not made of cosign signatures`,
      hint: 'delete that tag and run again, or switch "legacy" off',
    });
  });

  test('is refused in plain words where the registry keeps tags immutable', async () => {
    await using fake = await openFake();
    await open(fake.registry).shelf.put(goods);
    await open(fake.registry).proofs.attach(entry, signature(entry));
    const body = '{"errors":[{"code":"TAG_INVALID","message":"The image tag cannot be overwritten"}]}';
    fake.server.hooks.onRequest = ({ method, path }) =>
      method === 'PUT' && path.endsWith('.sig') ? { status: 400, body } : 'serve';
    const { proofs } = open(fake.registry);
    // What is there needs no write.
    await proofs.attach(entry, signature(entry));
    await expect(proofs.attach(entry, signature(entry, 'b3RoZXI='))).rejects.toMatchObject({
      code: 'STORE',
      message: `Cannot add a signature to tag "${tag}" of "${place}": the registry keeps tags immutable`,
      hint: 'exclude "sha256-*.sig" from the immutability rule of the registry, or switch "legacy" off',
    });
    expect(digestsIn(await proofs.found(entry)).signatures).toEqual([signature(entry).proof.digest]);
  });
});

function layerFor(text: string): object {
  const digest = digestOf(Buffer.from(text));
  return { mediaType: 'a/b', digest, size: text.length, annotations: { a: 'b' } };
}

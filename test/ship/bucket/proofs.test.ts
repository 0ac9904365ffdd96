import { describe, expect, test } from 'vitest';
import { digestOf } from '../../../src/digest.ts';
import type { Entry, ProofGoods } from '../../../src/model.ts';
import { forms } from '../../../src/seal/forms.ts';
import { bucketProofs } from '../../../src/ship/bucket/proofs.ts';
import { bucketStore } from '../../../src/ship/bucket/store.ts';
import { memoryObjects } from '../../../src/ship/memory.ts';
import type { Objects, PutOptions } from '../../../src/ship/ports.ts';
import { bundle, digestsIn, goodsOf, layerOf, notation, proofOf, signature, withProofs } from '../proofs-fixture.ts';

const goods = goodsOf('east');
const views = proofOf('views', Buffer.from('{"views":1}'));

/** A bucket that counts, and remembers how things were put. */
function watched(): {
  readonly objects: Objects;
  readonly puts: (PutOptions & { readonly key: string })[];
  readonly gets: string[];
} {
  const real = memoryObjects();
  const puts: (PutOptions & { readonly key: string })[] = [];
  const gets: string[] = [];
  const objects: Objects = {
    ...real,
    get: (key) => {
      gets.push(key);
      return real.get(key);
    },
    put: (key, bytes, options) => {
      puts.push({ key, ...options });
      return real.put(key, bytes, options);
    },
  };
  return { objects, puts, gets };
}

const attachAll = async (objects: Objects, entry: Entry, all: readonly ProofGoods[]): Promise<void> => {
  const proofs = bucketProofs(objects, forms);
  for (const one of all) await proofs.attach(entry, one);
};

describe('proofs in a bucket', () => {
  test('are immutable objects named by digest, create-only, each of its type', async () => {
    const { objects, puts } = watched();
    const all = [bundle(), views, signature(goods.entry), await notation(goods)];
    await attachAll(objects, goods.entry, all);
    const types = ['application/vnd.dev.sigstore.bundle.v0.3+json', 'application/json', 'application/jose+json'];
    const suffixes = ['.sigstore.json', '.sigstore.json', '.sig.json', '.jws'];
    expect(puts).toEqual(
      all.map(({ proof }, index) => ({
        key: `proofs/sha256/${proof.digest.slice(7)}${suffixes[index]}`,
        contentType: types[Math.max(0, index - 1)],
        cacheControl: 'public, max-age=31536000, immutable',
        create: true,
      })),
    );
  });

  test('are found by the entry, whole, and only its own', async () => {
    const { objects } = watched();
    const all = [bundle(), views, signature(goods.entry), await notation(goods)];
    const entry = withProofs(goods.entry, ...all);
    await attachAll(objects, entry, [...all, bundle('of another')]);
    const proofs = bucketProofs(objects, forms);
    const found = await proofs.found(entry);
    const [first, second, third, fourth] = all.map(({ proof }) => proof.digest);
    expect(digestsIn(found)).toEqual({ bundles: [first, second], signatures: [third], notations: [fourth] });
    expect(found.signatures).toEqual([layerOf(entry.manifest)]);
    expect(proofs.missing(entry, found)).toEqual([]);
    for (const { proof, bytes } of all) {
      expect(digestOf((await proofs.get(entry, proof)) ?? Buffer.of())).toBe(digestOf(bytes));
    }
    expect(await proofs.found(goods.entry)).toEqual({ bundles: [], signatures: [], notations: [] });
  });

  test.each(['bundle', 'views', 'signature', 'notation'] as const)(
    'that are missing or damaged (%s) are told, and whole again when they are attached by the same run',
    async (kind) => {
      const all = [bundle(), views, signature(goods.entry), await notation(goods)];
      const entry = withProofs(goods.entry, ...all);
      const one = all.find(({ proof }) => proof.kind === kind) ?? bundle();
      for (const damage of ['missing', 'damaged', 'damaged later']) {
        const { objects, puts } = watched();
        const proofs = bucketProofs(objects, forms);
        for (const other of all) if (other !== one || damage !== 'missing') await proofs.attach(entry, other);
        const key = puts.find((put) => put.key.includes(one.proof.digest.slice(7)))?.key ?? 'none';
        if (damage !== 'missing') await objects.put(key, Buffer.from('torn'), { contentType: 'x' });
        const reader = damage === 'damaged' ? bucketProofs(objects, forms) : proofs;
        expect(reader.missing(entry, await reader.found(entry))).toEqual([one.proof]);
        expect(await reader.get(entry, one.proof)).toBeUndefined();
        await reader.attach(entry, one);
        expect(reader.missing(entry, await reader.found(entry))).toEqual([]);
        expect((await objects.list('')).objects).toHaveLength(4);
      }
    },
  );

  test('that many artifacts share are put once and read once', async () => {
    const { objects, puts, gets } = watched();
    const proofs = bucketProofs(objects, forms);
    const entries = Array.from({ length: 500 }, (_, index) =>
      withProofs({ ...goods.entry, name: `app${index}` }, bundle()),
    );
    await Promise.all(entries.map((entry) => proofs.attach(entry, bundle())));
    const found = await Promise.all(entries.map((entry) => proofs.found(entry)));
    expect(found.every(({ bundles }) => bundles.length === 1)).toBe(true);
    expect([puts.length, gets.length]).toEqual([1, 1]);
  });

  test('that could not be put are tried again', async () => {
    const real = memoryObjects();
    let fails = true;
    const put: Objects['put'] = (...call) => (fails ? Promise.reject(new Error('no')) : real.put(...call));
    const proofs = bucketProofs({ ...real, put }, forms);
    await expect(proofs.attach(goods.entry, bundle())).rejects.toThrow('no');
    fails = false;
    await proofs.attach(goods.entry, bundle());
    expect((await real.list('proofs/')).objects).toHaveLength(1);
  });

  test('that were attached while they were being read for another artifact are read again', async () => {
    const real = memoryObjects();
    const entry = withProofs(goods.entry, bundle());
    let answer: () => void = () => undefined;
    const slow = new Promise<void>((resolve) => {
      answer = resolve;
    });
    let gets = 0;
    const get: Objects['get'] = async (key) => {
      gets += 1;
      const found = real.get(key);
      if (gets === 1) await slow;
      return found;
    };
    const proofs = bucketProofs({ ...real, get }, forms);
    const before = proofs.found(entry);
    await proofs.attach(entry, bundle());
    expect((await proofs.found(entry)).bundles).toHaveLength(1);
    answer();
    expect((await before).bundles).toHaveLength(0);
  });

  test('that could not be read are read again', async () => {
    const real = memoryObjects();
    const entry = withProofs(goods.entry, bundle());
    await attachAll(real, entry, [bundle()]);
    let fails = true;
    const get: Objects['get'] = (key) => (fails ? Promise.reject(new Error('no')) : real.get(key));
    const proofs = bucketProofs({ ...real, get }, forms);
    await expect(proofs.found(entry)).rejects.toThrow('no');
    fails = false;
    expect((await proofs.found(entry)).bundles).toHaveLength(1);
  });
});

test('a manifest alone is read from its object, and damage is told', async () => {
  const objects = memoryObjects();
  const names = { name: 'eu', url: 's3://b', project: 'default', layout: undefined, keyPrefix: '' };
  const { shelf } = bucketStore({ ...names, referenceTo: (key) => key, objects, forms });
  expect(await shelf.manifest(goods.entry)).toBeUndefined();
  expect(await shelf.put(goods)).toBe('put');
  expect(await shelf.put(goods)).toBe('present');
  expect(digestOf((await shelf.manifest(goods.entry)) ?? Buffer.of())).toBe(goods.entry.manifest);
  const key = `manifests/sha256/${goods.entry.manifest.slice(7)}.json`;
  await objects.put(key, Buffer.from('torn'), { contentType: 'x' });
  await expect(shelf.manifest(goods.entry)).rejects.toMatchObject({
    code: 'CORRUPT',
    message: `Object "${key}" of artifact "east" does not match its digest`,
  });
});

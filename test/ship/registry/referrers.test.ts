import { describe, expect, test } from 'vitest';
import { digestOf } from '../../../src/digest.ts';
import { SlipwayError } from '../../../src/errors.ts';
import type { ReferrerDescriptor } from '../../../src/model.ts';
import { forms } from '../../../src/seal/forms.ts';
import { MANIFEST_TYPE } from '../../../src/ship/manifest.ts';
import { memoryRepositories } from '../../../src/ship/memory.ts';
import type { Repositories } from '../../../src/ship/ports.ts';
import { openFake } from '../../wire/registry-fixture.ts';
import { bundle, digestsIn, goodsOf, open, withProofs } from '../proofs-fixture.ts';

const INDEX = 'application/vnd.oci.image.index.v1+json';
const goods = goodsOf('east');
const { entry } = goods;
const tag = entry.manifest.replace(':', '-');
const place = 'fleet/east';

/** The descriptor of our referrer. */
function descriptorOf(text?: string): ReferrerDescriptor {
  const form = forms.form(bundle(text), {
    mediaType: MANIFEST_TYPE,
    digest: entry.manifest,
    size: goods.manifest.length,
  });
  if (form?.kind !== 'referrer') throw new Error('a bundle is a referrer');
  return form.descriptor;
}

const index = (manifests: readonly unknown[], more: object = {}): Uint8Array =>
  Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests, ...more }));

async function indexAt(repositories: Repositories): Promise<unknown> {
  const kept = await repositories.getManifest(place, tag);
  expect(kept?.mediaType).toBe(INDEX);
  return JSON.parse(Buffer.from(kept?.bytes ?? []).toString());
}

async function withoutApi(): Promise<Repositories> {
  const repositories = memoryRepositories({ lock: 'none', referrers: false });
  await open(repositories).shelf.put(goods);
  return repositories;
}

describe('the index under a tag, where there is no list of referrers,', () => {
  test('holds our referrer with its type and annotations, by which readers filter', async () => {
    const repositories = await withoutApi();
    await open(repositories).proofs.attach(entry, bundle());
    const descriptor = descriptorOf();
    expect(await indexAt(repositories)).toEqual({ schemaVersion: 2, mediaType: INDEX, manifests: [descriptor] });
    expect(descriptor).toMatchObject({
      artifactType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
      annotations: { 'dev.sigstore.bundle.content': 'dsse-envelope' },
    });
    expect(await repositories.tags(place)).toEqual([`content-${entry.manifest.slice(7, 23)}`, tag]);
  });

  test('keeps whatever others put there', async () => {
    const repositories = await withoutApi();
    const foreign = [
      { mediaType: MANIFEST_TYPE, digest: digestOf(Buffer.from('x')), size: 1, platform: { os: 'any' }, odd: [1] },
      { mediaType: 'x/y', digest: 'sha512:00', size: 2 },
      'not even a descriptor',
    ];
    const more = { annotations: { by: 'someone' }, subject: { digest: 'sha256:00' } };
    await repositories.putManifest(place, tag, index(foreign, more), { mediaType: INDEX });
    await open(repositories).proofs.attach(entry, bundle());
    const manifests = [...foreign, descriptorOf()];
    expect(await indexAt(repositories)).toEqual({ schemaVersion: 2, mediaType: INDEX, manifests, ...more });
  });

  test('is not written where the registry has a list', async () => {
    const repositories = memoryRepositories();
    await open(repositories).shelf.put(goods);
    await open(repositories).proofs.attach(entry, bundle());
    expect(await repositories.getManifest(place, tag)).toBeUndefined();
  });

  test('is written where a registry says that it links but has no list, and where its list leaves ours out', async () => {
    for (const listed of [undefined, []]) {
      const repositories = { ...memoryRepositories(), referrers: async () => listed };
      await open(repositories).shelf.put(goods);
      await open(repositories).proofs.attach(entry, bundle());
      expect(await indexAt(repositories)).toMatchObject({ manifests: [descriptorOf()] });
    }
  });

  test('does not count for readers where there is a list', async () => {
    const repositories = memoryRepositories();
    const { shelf, proofs } = open(repositories);
    await shelf.put(goods);
    const hidden = { ...repositories, referrers: async () => undefined };
    await open({ ...hidden, putManifest: withoutLink(repositories) }).proofs.attach(entry, bundle());
    expect(digestsIn(await open(hidden).proofs.found(entry)).bundles).toHaveLength(1);
    const empty = { ...repositories, referrers: async () => [] };
    expect(digestsIn(await open(empty).proofs.found(entry)).bundles).toEqual([]);
    expect(digestsIn(await proofs.found(entry)).bundles).toHaveLength(1);
  });

  test('begins anew where GitLab shows the manifest itself under that tag, which stays', async () => {
    const repositories = await withoutApi();
    let written = false;
    const gitlab: Repositories = {
      ...repositories,
      getManifest: (repository, reference) =>
        repositories.getManifest(repository, reference === tag && !written ? entry.manifest : reference),
      async putManifest(repository, reference, bytes, put) {
        written ||= reference === tag;
        return repositories.putManifest(repository, reference, bytes, put);
      },
    };
    expect((await open(gitlab).proofs.found(entry)).bundles).toEqual([]);
    await open(gitlab).proofs.attach(entry, bundle());
    expect(await indexAt(gitlab)).toMatchObject({ manifests: [descriptorOf()] });
    expect((await gitlab.getManifest(place, entry.manifest))?.bytes).toEqual(Uint8Array.from(goods.manifest));
  });

  test.each([
    ['an image', '{"layers":[]}', MANIFEST_TYPE],
    ['an index of another kind', '{"manifests":[]}', 'application/vnd.docker.distribution.manifest.list.v2+json'],
    ['an index without a list', '{"manifests":{}}', INDEX],
    ['an index that is not JSON', '<html>', INDEX],
  ])('is not made where someone keeps %s under that tag', async (_, text, mediaType) => {
    const repositories = await withoutApi();
    await repositories.putManifest(place, tag, Buffer.from(text), { mediaType });
    expect((await open(repositories).proofs.found(entry)).bundles).toEqual([]);
    await expect(open(repositories).proofs.attach(entry, bundle())).rejects.toMatchObject({
      code: 'STORE',
      message: `Tag "${tag}" of "${place}" is not a list of what is attached to an artifact`,
      hint: 'move it to another name, then delete it and run again',
    });
    expect(Buffer.from((await repositories.getManifest(place, tag))?.bytes ?? []).toString()).toBe(text);
  });
});

/** A registry that does not say whether it links. */
function withoutLink(repositories: Repositories): Repositories['putManifest'] {
  return async (...put) => {
    const { outcome, ...rest } = await repositories.putManifest(...put);
    return outcome === 'exists' && 'tag' in rest ? { outcome, tag: rest.tag } : { outcome: 'created' };
  };
}

describe('another writer of the same index', () => {
  /** Writes an index of its own right after each of our writes, this many times. */
  async function rival(times: number): Promise<{ readonly repositories: Repositories; readonly writes: () => number }> {
    const real = await withoutApi();
    let writes = 0;
    const repositories: Repositories = {
      ...real,
      async putManifest(repository, reference, bytes, put) {
        const result = await real.putManifest(repository, reference, bytes, put);
        if (reference !== tag) return result;
        writes += 1;
        if (writes <= times) await real.putManifest(repository, tag, index([descriptorOf('theirs')]), put);
        return result;
      },
    };
    return { repositories, writes: () => writes };
  }

  test.each([1, 5])('may undo ours %d times, and both are there in the end', async (times) => {
    const { repositories, writes } = await rival(times);
    await open(repositories).proofs.attach(entry, bundle());
    expect(await indexAt(repositories)).toMatchObject({ manifests: [descriptorOf('theirs'), descriptorOf()] });
    expect(writes()).toBe(times + 1);
  });

  test('that never ends is told', async () => {
    const { repositories, writes } = await rival(Number.POSITIVE_INFINITY);
    await expect(open(repositories).proofs.attach(entry, bundle())).rejects.toMatchObject({
      code: 'STORE',
      message: `Cannot add a proof to tag "${tag}" of "${place}": 6 times another writer undid it`,
      hint: 'run again when nobody else signs the same artifact',
    });
    expect(writes()).toBe(6);
  });
});

describe('a tag that never moves', () => {
  const refused = (status: number, code: string) => {
    return { status, body: JSON.stringify({ errors: [{ code, message: 'no' }] }) };
  };

  test.each([
    [400, 'TAG_INVALID'],
    [403, 'DENIED'],
    [405, 'UNSUPPORTED'],
    [409, 'TAG_IMMUTABLE'],
    [412, 'PRECONDITION'],
  ])('is told as what it is when the registry answers %d (%s)', async (status, code) => {
    await using fake = await openFake();
    await open(fake.registry).shelf.put(goods);
    await open(fake.registry).proofs.attach(entry, bundle());
    fake.server.hooks.onRequest = ({ method, path }) =>
      method === 'PUT' && path.endsWith(tag) ? refused(status, code) : 'serve';
    const error: unknown = await open(fake.registry)
      .proofs.attach(entry, bundle('next'))
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SlipwayError);
    expect(error).toMatchObject({
      code: 'STORE',
      message: `Cannot add a proof to tag "${tag}" of "${place}": the registry keeps tags immutable`,
      hint: 'exclude "sha256-*" from the immutability rule of the registry',
      cause: { message: expect.stringContaining(`answered ${status}`) },
    });
  });

  test.each([
    ['the tag is new', false, refused(403, 'DENIED'), 'DENIED'],
    ['the server fails', true, refused(500, 'UNKNOWN'), 'STORE'],
    ['the manifest is refused', true, refused(400, 'MANIFEST_BLOB_UNKNOWN'), 'STORE'],
    ['there were too many requests', true, refused(429, 'TOOMANYREQUESTS'), 'RATE_LIMITED'],
  ])('is not suspected when %s', async (_, exists, answer, code) => {
    await using fake = await openFake();
    await open(fake.registry).shelf.put(goods);
    if (exists) await open(fake.registry).proofs.attach(entry, bundle());
    fake.server.hooks.onRequest = ({ method, path }) => (method === 'PUT' && path.endsWith(tag) ? answer : 'serve');
    await expect(open(fake.registry).proofs.attach(entry, bundle('next'))).rejects.toMatchObject({
      code,
      message: expect.stringMatching(
        new RegExp(`^Cannot write manifest "${tag}" of "${place}": .* answered ${answer.status}`),
      ),
    });
  });
});

test('a proof that the registry loses is missing', async () => {
  const repositories = { ...memoryRepositories(), referrers: async () => [] };
  const { shelf, proofs } = open(repositories);
  const proved = withProofs(entry, bundle());
  await shelf.put(goods);
  await proofs.attach(proved, bundle());
  expect(proofs.missing(proved, await proofs.found(proved))).toEqual(proved.proofs);
});

import { describe, expect, test } from 'vitest';
import { digestOf } from '../../src/digest.ts';
import type { Digest } from '../../src/model.ts';
import type { ManifestPutResult, Repositories } from '../../src/ship/ports.ts';
import { manifestType, openFake, put } from './registry-fixture.ts';

const INDEX = 'application/vnd.oci.image.index.v1+json';
const subject = digestOf(Buffer.from('subject'));
const referrer = (name: string, of = subject): Uint8Array =>
  Buffer.from(JSON.stringify({ schemaVersion: 2, artifactType: 'a/proof', subject: { digest: of }, name }));

function attach(registry: Repositories, bytes: Uint8Array): Promise<ManifestPutResult> {
  return registry.putManifest('team/app', digestOf(bytes), bytes, { mediaType: manifestType });
}

const list = (manifests: unknown, type = INDEX) => ({
  status: 200,
  headers: { 'content-type': type },
  body: JSON.stringify({ manifests }),
});

describe('listing what is attached', () => {
  test('follows all pages', async () => {
    await using fake = await openFake({ referrers: true, pageSize: 2 });
    const all = ['a', 'b', 'c', 'd', 'e'].map((name) => referrer(name));
    for (const bytes of all) await attach(fake.registry, bytes);
    const before = fake.meter.reads;
    const listed = await fake.registry.referrers('team/app', subject);
    expect(listed).toEqual(
      all.map((bytes) => ({
        mediaType: manifestType,
        digest: digestOf(bytes),
        size: bytes.length,
        artifactType: 'a/proof',
      })),
    );
    expect(fake.meter.reads - before).toBe(3);
  });

  test.each([404, 400, 405, 406])(
    'is not asked for again after a %d from a registry without the API',
    async (status) => {
      await using fake = await openFake();
      fake.server.hooks.onRequest = ({ path }) => (path.includes('/referrers/') ? { status } : 'serve');
      const subjects = Array.from({ length: 500 }, (_, index): Digest => digestOf(Buffer.from(String(index))));
      const answers = await Promise.all(subjects.map((one, index) => fake.registry.referrers(`team/app${index}`, one)));
      expect(answers).toEqual(Array(500).fill(undefined));
      expect(fake.server.requests).toHaveLength(1);
    },
  );

  test('counts only with the exact content type, as cosign and Flux read it', async () => {
    await using fake = await openFake();
    for (const type of [`${INDEX}; charset=utf-8`, 'application/json', INDEX.toUpperCase()]) {
      fake.server.hooks.onRequest = () => list([], type);
      expect(await fake.reopen().referrers('team/app', subject)).toBeUndefined();
    }
  });

  test('of a repository that is not there yet says nothing of the registry', async () => {
    await using fake = await openFake({ referrers: true });
    expect(await fake.registry.referrers('team/app', subject)).toBeUndefined();
    await attach(fake.registry, referrer('a'));
    expect(await fake.registry.referrers('team/app', subject)).toHaveLength(1);
  });

  test('of a manifest that is there says all: a registry that calls it unknown has no API', async () => {
    await using fake = await openFake();
    const unknown = { status: 404, body: '{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}' };
    fake.server.hooks.onRequest = ({ path }) => (path.includes('/referrers/') ? unknown : 'serve');
    const asked = (): number => fake.server.requests.filter(({ path }) => path.includes('/referrers/')).length;
    for (let time = 0; time < 2; time++) await fake.registry.referrers('team/app', subject);
    expect(asked()).toBe(2);
    const manifest = await put(fake.registry);
    for (let time = 0; time < 3; time++) expect(await fake.registry.referrers('team/app', manifest)).toBeUndefined();
    expect(asked()).toBe(3);
  });

  test('is asked for again where it worked before', async () => {
    await using fake = await openFake({ referrers: true });
    const manifest = await put(fake.registry);
    expect(await fake.registry.referrers('team/app', manifest)).toEqual([]);
    fake.server.hooks.onRequest = () => ({ status: 404 });
    expect(await fake.registry.referrers('team/app', manifest)).toBeUndefined();
    fake.server.hooks.onRequest = () => 'serve';
    expect(await fake.registry.referrers('team/app', manifest)).toEqual([]);
  });

  test('takes null for nothing, and passes over what has another digest or is no descriptor', async () => {
    await using fake = await openFake();
    const good = { mediaType: manifestType, digest: subject, size: 7 };
    for (const [manifests, found] of [
      [null, []],
      [[null, 7, {}, { ...good, digest: 'sha512:00' }, { ...good, size: '7' }, good], [good]],
    ]) {
      fake.server.hooks.onRequest = () => list(manifests);
      expect(await fake.registry.referrers('team/app', subject)).toEqual(found);
    }
  });

  test.each([
    ['that is not JSON', { ...list([]), body: '<html>' }, 'STORE', 'the answer is not JSON'],
    ['without a list', { ...list([]), body: '[]' }, 'STORE', 'the answer has no list of manifests'],
    ['of 403', { status: 403 }, 'DENIED', '"HOST" answered 403'],
    ['of 500', { status: 500 }, 'STORE', '"HOST" answered 500'],
  ])('refuses an answer %s', async (_, answer, code, state) => {
    await using fake = await openFake();
    fake.server.hooks.onRequest = () => answer;
    const task = `list what is attached to "${subject}" in "team/app"`;
    const message = `Cannot ${task}: ${state.replace('HOST', fake.server.host)}`;
    await expect(fake.registry.referrers('team/app', subject)).rejects.toMatchObject({ code, message });
  });
});

describe('a manifest that is put', () => {
  test('is linked when the registry names its own subject', async () => {
    await using fake = await openFake({ referrers: true });
    expect(await attach(fake.registry, referrer('a'))).toEqual({ outcome: 'created', linked: true });
    expect(await attach(fake.registry, Buffer.from('{}'))).toEqual({ outcome: 'created' });
    const headers = { 'oci-subject': digestOf(Buffer.from('other')) };
    fake.server.hooks.afterRequest = () => ({ status: 201, headers });
    expect(await attach(fake.registry, referrer('a'))).toEqual({ outcome: 'created' });
    await using without = await openFake();
    expect(await attach(without.registry, referrer('a'))).toEqual({ outcome: 'created' });
  });
});

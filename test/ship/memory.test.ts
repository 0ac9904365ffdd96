import { describe, expect, test } from 'vitest';
import { digestOf } from '../../src/digest.ts';
import { memoryObjects, memoryRepositories } from '../../src/ship/memory.ts';
import { overlayObjects, overlayRepositories } from '../../src/ship/overlay.ts';
import type { Objects, Repositories } from '../../src/ship/ports.ts';
import { putTagged } from '../contract/manifests.ts';
import { objectsContract } from '../contract/objects.ts';
import { putReferrer } from '../contract/referrers.ts';
import { repositoriesContract } from '../contract/repositories.ts';

const nothing = async (): Promise<void> => {};

objectsContract('memory', async () => ({ objects: memoryObjects(), close: nothing }));
objectsContract('a dry run over memory', async () => ({ objects: overlayObjects(memoryObjects()), close: nothing }));
repositoriesContract('memory', async () => ({ repositories: memoryRepositories(), close: nothing }));
repositoriesContract('memory without a lock', async () => ({
  repositories: memoryRepositories({ lock: 'none' }),
  close: nothing,
}));
repositoriesContract('memory without a list of referrers', async () => ({
  repositories: memoryRepositories({ referrers: false }),
  close: nothing,
}));
repositoriesContract('memory that forgets', async () => ({
  repositories: memoryRepositories({ forgets: true }),
  close: nothing,
}));
repositoriesContract('a dry run over memory without a list of referrers', async () => ({
  repositories: overlayRepositories(memoryRepositories({ referrers: false })),
  close: nothing,
}));
repositoriesContract('a dry run over memory', async () => ({
  repositories: overlayRepositories(memoryRepositories()),
  close: nothing,
}));

const text = (value: string): Uint8Array => Buffer.from(value);
const TYPE = { contentType: 'text/plain' };

describe('a dry run', () => {
  test('sees what the store holds, and its own writes above it', async () => {
    const real = memoryObjects();
    await real.put('a/1', text('old'), TYPE);
    const dry = overlayObjects(real);
    await dry.put('a/1', text('new'), TYPE);
    await dry.put('a/2', text('more'), TYPE);
    expect(Buffer.from((await dry.get('a/1'))?.bytes ?? []).toString()).toBe('new');
    expect((await dry.list('a/')).objects.map(({ key }) => key)).toEqual(['a/1', 'a/2']);
  });

  test('writes nothing to the store', async () => {
    const real = memoryObjects();
    await overlayObjects(real).put('a', text('new'), TYPE);
    expect(await real.get('a')).toBeUndefined();

    const registry = memoryRepositories();
    const dry = overlayRepositories(registry);
    await dry.putBlob('app', digestOf(text('x')), text('x'));
    await dry.putManifest('app', 'prod', text('{}'), { mediaType: 'application/json' });
    expect(await registry.hasBlob('app', digestOf(text('x')))).toBe(false);
    expect(await registry.tags('app')).toEqual([]);
  });

  test('lists what the store has attached and what it attached itself, where the store has a list', async () => {
    const subject = digestOf(text('subject'));
    const referrer = (name: string): Uint8Array =>
      text(JSON.stringify({ subject: { digest: subject }, artifactType: 'a/proof', annotations: { name } }));
    const put = (to: Repositories, bytes: Uint8Array) =>
      to.putManifest('app', digestOf(bytes), bytes, { mediaType: 'a/manifest' });
    for (const [referrers, names] of [
      [true, ['real', 'both', 'dry']],
      [false, undefined],
    ] as const) {
      const real = memoryRepositories({ referrers });
      const dry = overlayRepositories(real);
      await put(real, referrer('real'));
      await put(real, referrer('both'));
      await put(dry, referrer('both'));
      expect(await put(dry, referrer('dry'))).toEqual({ outcome: 'created' });
      const listed = await dry.referrers('app', subject);
      expect(listed?.map(({ annotations }) => annotations?.name)).toEqual(names);
      expect(await real.referrers('app', subject)).toEqual(
        referrers
          ? ['real', 'both'].map((name) => ({
              mediaType: 'a/manifest',
              digest: digestOf(referrer(name)),
              size: referrer(name).length,
              artifactType: 'a/proof',
              annotations: { name },
            }))
          : undefined,
      );
    }
  });

  test('refuses to create what the store already has', async () => {
    const real = memoryObjects();
    await real.put('a', text('old'), TYPE);
    expect((await overlayObjects(real).put('a', text('new'), { ...TYPE, create: true })).outcome).toBe('exists');

    const registry = memoryRepositories();
    await registry.putManifest('app', 'r.1.aa', text('{}'), { mediaType: 'application/json' });
    const unless = (tag: string): boolean => tag.startsWith('r.1.');
    const put = { mediaType: 'application/json', unless };
    const answer = await overlayRepositories(registry).putManifest('app', 'r.1.bb', text('{"b":1}'), put);
    expect(answer).toEqual({ outcome: 'exists', tag: 'r.1.aa' });
  });
});

test('a registry that forgets drops a manifest when its last tag moves', async () => {
  const registry = memoryRepositories({ forgets: true });
  const put = { mediaType: 'application/json' };
  await registry.putManifest('app', 'prod', text('{"v":1}'), put);
  await registry.putManifest('app', 'prod', text('{"v":2}'), put);
  expect(await registry.getManifest('app', digestOf(text('{"v":1}')))).toBeUndefined();
});

describe('a dry run that deletes', () => {
  const OBJECTS = ['a/1', 'a/2', 'b/1', 'c'];

  async function above(): Promise<{ readonly real: Objects; readonly dry: Objects }> {
    const real = memoryObjects();
    for (const key of OBJECTS) await real.put(key, text(key), TYPE);
    return { real, dry: overlayObjects(real) };
  }

  test('shows nothing of a deleted object in reads and listings, and leaves the store alone', async () => {
    const { real, dry } = await above();
    for (const key of ['a/1', 'b/1']) await dry.delete(key);
    expect(await dry.get('a/1')).toBeUndefined();
    const listed = async (options = {}): Promise<unknown> => {
      const { objects, prefixes } = await dry.list('', options);
      return [...objects.map(({ key }) => key), ...prefixes];
    };
    expect(await listed()).toEqual(['a/2', 'c']);
    expect(await listed({ limit: 2 })).toEqual(['a/2', 'c']);
    expect(await listed({ limit: 1 })).toEqual(['a/2']);
    expect(await listed({ startAfter: 'a/2' })).toEqual(['c']);
    expect(await listed({ delimiter: '/' })).toEqual(['c', 'a/']);
    expect((await real.list('')).objects.map(({ key }) => key)).toEqual(OBJECTS);
  });

  test('takes a new object in the place of a deleted one, and replaces only what is shown', async () => {
    const { dry } = await above();
    const etag = (await dry.get('c'))?.etag ?? '';
    await dry.delete('c');
    expect(await dry.replace('c', text('x'), etag, TYPE)).toBe('changed');
    expect((await dry.put('c', text('new'), { ...TYPE, create: true })).outcome).toBe('created');
    expect((await dry.put('c', text('newer'), { ...TYPE, create: true })).outcome).toBe('exists');
    await dry.delete('c');
    expect(await dry.get('c')).toBeUndefined();
    const other = (await dry.get('a/2'))?.etag ?? '';
    expect(await dry.replace('a/2', text('x'), other, TYPE)).toBe('replaced');
    expect(await dry.replace('a/2', text('y'), other, TYPE)).toBe('changed');
  });

  test('shows nothing of a deleted manifest, its tags and its place among referrers, nor of a deleted blob', async () => {
    const real = memoryRepositories();
    const [gone, stays] = [
      await putTagged(real, 'app', { tag: 'v1', text: 'gone' }),
      await putTagged(real, 'app', { tag: 'v2', text: 'stays' }),
    ];
    const proof = await putReferrer(real, 'app', { subject: stays, text: 'proof' });
    const dry = overlayRepositories(real);
    for (const digest of [gone, proof.digest]) await dry.deleteManifest('app', digest);
    const config = digestOf(text('{}'));
    await dry.deleteBlob('app', config);
    for (const reference of [gone, 'v1', proof.digest]) expect(await dry.getManifest('app', reference)).toBeUndefined();
    expect(await dry.tags('app')).toEqual(['v2']);
    expect(await dry.referrers('app', stays)).toEqual([]);
    expect([await dry.hasBlob('app', config), await dry.getBlob('app', config)]).toEqual([false, undefined]);
    expect(await putTagged(dry, 'app', { tag: 'v3', text: 'gone' })).toBe(gone);
    expect(await dry.tags('app')).toEqual(['v2', 'v3']);
    expect(await real.tags('app')).toEqual(['v1', 'v2']);
    expect(await real.hasBlob('app', config)).toBe(true);
  });
});

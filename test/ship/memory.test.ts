import { describe, expect, test } from 'vitest';
import { digestOf } from '../../src/digest.ts';
import { memoryObjects, memoryRepositories } from '../../src/ship/memory.ts';
import { overlayObjects, overlayRepositories } from '../../src/ship/overlay.ts';
import type { Repositories } from '../../src/ship/ports.ts';
import { objectsContract } from '../contract/objects.ts';
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

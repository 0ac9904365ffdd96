import { describe, expect, test } from 'vitest';
import { digestOf } from '../../src/digest.ts';
import { memoryObjects, memoryRepositories } from '../../src/ship/memory.ts';
import { overlayObjects, overlayRepositories } from '../../src/ship/overlay.ts';
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

import { expect, test } from 'vitest';
import { memoryObjects } from '../../src/ship/memory.ts';
import type { Objects } from '../../src/ship/ports.ts';
import type { Decided } from '../../src/ship/release.ts';
import { openStore, publishOnce } from '../flow/world.ts';

const publish = (port: Objects, commit: number): Promise<Decided> => {
  const stores = [openStore({ kind: 'bucket', name: 'us', port })];
  const letters = { east: 'xabc'[commit] ?? '' };
  return publishOnce({ run: commit, commit, letters, stores, primary: 'us', quorum: 1 });
};

/** Commit 2 is published, and `meanwhile` happens between its name and the look at what Flux finds. */
async function warned(meanwhile: (objects: Objects) => Promise<unknown>): Promise<readonly string[]> {
  const objects = memoryObjects();
  await publish(objects, 1);
  let isNamed = false;
  const watched: Objects = {
    ...objects,
    async put(key, ...rest) {
      const written = await objects.put(key, ...rest);
      isNamed = key.startsWith('channels/');
      return written;
    },
    async list(prefix, options) {
      if (isNamed && prefix === 'channels/prod/') {
        isNamed = false;
        await meanwhile(objects);
      }
      return objects.list(prefix, options);
    },
  };
  const { outcome, sites } = await publish(watched, 2);
  expect(outcome).toBe('published');
  expect(isNamed).toBe(false);
  return sites.flatMap(({ warnings }) => warnings);
}

test('a newer publisher that moved the name since is not told as somebody else', async () => {
  expect(await warned((objects) => publish(objects, 3))).toEqual([]);
});

test('whoever wrote the name without a record is', async () => {
  const bytes = Buffer.from('kind: Other\n');
  const put = (objects: Objects) => objects.put('channels/prod/east/manifests.yaml', bytes, { contentType: 'x' });
  expect(await warned(put)).toEqual([
    expect.stringMatching(/^Flux finds revision ".+" under "east", not the predicted ".+": someone else writes there$/),
  ]);
});

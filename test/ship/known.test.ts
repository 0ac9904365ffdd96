import { expect, test } from 'vitest';
import { memoryObjects } from '../../src/ship/memory.ts';
import type { Objects } from '../../src/ship/ports.ts';
import { type LateStages, openStore, publishOnce } from '../flow/world.ts';

/** How many records are read while one commit is published again, after so many before it. */
async function readsAfter(generations: number, stages: Partial<LateStages>, foreign = false): Promise<number> {
  const objects = memoryObjects();
  let reads = 0;
  const counted: Objects = {
    ...objects,
    get(key) {
      if (key.startsWith('releases/')) reads += 1;
      return objects.get(key);
    },
  };
  const publish = (commit: number, more: Partial<LateStages> = {}) => {
    const letters = { east: String.fromCharCode(97 + (commit % 26)) };
    const stores = [openStore({ kind: 'bucket', name: 'us', port: counted })];
    return publishOnce({ run: commit, commit, letters, stores, primary: 'us', quorum: 1 }, undefined, undefined, more);
  };
  for (let commit = 1; commit < generations; commit += 1) await publish(commit);
  await publish(generations, stages).catch(() => undefined);
  if (foreign)
    await objects.put('channels/prod/east/manifests.yaml', Buffer.from('kind: Other\n'), { contentType: 'x' });
  reads = 0;
  const { end, target } = await publish(generations);
  expect([end?.error?.code, target?.generation]).toEqual(foreign ? ['FOREIGN', undefined] : [undefined, generations]);
  return reads;
}

const killed: Partial<LateStages> = { show: () => Promise.reject(new Error('killed')) };

test('a rerun after a kill reads one page of records to know what the names show, however many there are', async () => {
  const few = await readsAfter(9, killed);
  expect(await readsAfter(24, killed)).toBe(few);
});

test('a name that nobody knows is judged by every record, each read once', async () => {
  const [few, many] = [await readsAfter(9, {}, true), await readsAfter(24, {}, true)];
  expect(many - few).toBe(15);
});

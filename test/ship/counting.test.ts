import { expect, test } from 'vitest';
import { digestOf } from '../../src/digest.ts';
import { foreseenObjects, foreseenRepositories } from '../../src/ship/counting.ts';
import { memoryObjects, memoryRepositories } from '../../src/ship/memory.ts';
import type { Meter } from '../../src/ship/ports.ts';

const bytes = Buffer.from('twelve bytes');
const digest = digestOf(bytes);
const put = { contentType: 'text/plain' };

test('Writes that stay in memory count as sent, and looks that a real write does not need do not', async () => {
  const meter: Meter = { reads: 0, writes: 0 };
  const objects = foreseenObjects(memoryObjects(), meter, 'server');
  await objects.put('a', bytes, { ...put, create: true });
  await objects.put('a', bytes, { ...put, create: true });
  await objects.get('a');
  await objects.replace('a', bytes, (await objects.get('a'))?.etag ?? '', put);
  await objects.delete('a');
  // Below the memory nobody counts what really goes out here, so that only writes can be told.
  expect(meter.writes).toBe(4);
  expect(meter.bytes).toBe(3 * bytes.length);
});

test('A listing of a server counts by pages of a thousand, one of a folder once', async () => {
  const below = memoryObjects();
  for (let n = 0; n < 1001; n += 1) await below.put(`k${n}`, bytes, put);
  const counted = async (kind: 'server' | 'folder') => {
    const meter: Meter = { reads: 0, writes: 0 };
    // The real store counts its own requests: 2 pages of a server, 1 of a folder.
    const real = {
      ...below,
      list: async (...args: Parameters<typeof below.list>) => {
        meter.reads += kind === 'server' ? 2 : 1;
        return below.list(...args);
      },
    };
    await foreseenObjects(real, meter, kind).list('k');
    return meter.reads;
  };
  expect(await counted('server')).toBe(2);
  expect(await counted('folder')).toBe(1);
});

test('A blob takes two requests to a registry, one where another repository has it, and two again where it was read and put', async () => {
  const meter: Meter = { reads: 0, writes: 0 };
  const registry = foreseenRepositories(memoryRepositories({ lock: 'none' }), meter, 'server');
  await registry.putBlob('one', digest, bytes);
  expect([meter.writes, meter.bytes]).toEqual([2, bytes.length]);
  await registry.putBlob('two', digest, bytes);
  expect([meter.writes, meter.bytes]).toEqual([3, bytes.length]);
  await registry.getBlob('three', digest);
  await registry.putBlob('three', digest, bytes);
  expect([meter.writes, meter.bytes]).toEqual([5, 2 * bytes.length]);
  const folder: Meter = { reads: 0, writes: 0 };
  const layouts = foreseenRepositories(memoryRepositories(), folder, 'folder');
  await layouts.putBlob('one', digest, bytes);
  await layouts.putBlob('two', digest, bytes);
  expect([folder.writes, folder.bytes]).toEqual([2, 2 * bytes.length]);
});

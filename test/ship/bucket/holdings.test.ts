import { describe, expect, test } from 'vitest';
import type { Objects } from '../../../src/ship/ports.ts';
import { fleet, ripen } from '../../flow/prune-fleet.ts';
import { CHANNEL, openStore } from '../../flow/world.ts';

describe('a record that is listed and missing', () => {
  const lost = /^releases\/default\/prod\/\d{9}-000000001\.json$/;
  const message = /^Cannot read "releases\/default\/prod\/\d{9}-000000001\.json": it is listed, and missing$/;
  /** The record is missing, and is listed so many times more. */
  const lagging = async (listings: number): Promise<ReturnType<typeof openStore>> => {
    const { publish, objects } = fleet();
    for (const commit of [1, 2]) await publish(commit, `v${commit}`);
    let left = listings;
    const port: Objects = {
      ...objects,
      get: async (key) => (lost.test(key) ? undefined : objects.get(key)),
      async list(prefix, options) {
        const listing = await objects.list(prefix, options);
        left -= 1;
        return left >= 0 ? listing : { ...listing, objects: listing.objects.filter(({ key }) => !lost.test(key)) };
      },
    };
    return openStore({ kind: 'bucket', name: 'bucket', port });
  };

  test('ends the prune while it stays listed', async () => {
    const { holdings } = await lagging(2);
    await expect(holdings.papers()).rejects.toMatchObject({ code: 'STORE', message: expect.stringMatching(message) });
  });

  test('was removed by another prune when it is listed no longer', async () => {
    const { records } = await (await lagging(1)).holdings.papers();
    expect(records.map(({ record }) => record.generation)).toEqual([2]);
  });

  test('ends the prune that holds the claim', async () => {
    const papers = (await lagging(1)).holdings.papers({ claimed: true });
    await expect(papers).rejects.toMatchObject({ code: 'STORE', message: expect.stringMatching(message) });
  });

  test('deletes nothing, and is found in a prune', async () => {
    const { publish, prune, objects, keys, ports, time } = fleet();
    for (const commit of [1, 2, 3, 4]) await publish(commit, `v${commit}`);
    await prune();
    ripen(time);
    const before = (await keys()).filter((key) => !key.startsWith('prune/'));
    const port: Objects = {
      ...objects,
      get: async (key) => (/000000004\.json$/.test(key) && key.startsWith('releases/') ? undefined : objects.get(key)),
    };
    const stores = ports.map((one) => openStore(one.kind === 'bucket' ? { ...one, port } : one));
    await expect(prune({ stores })).rejects.toMatchObject({
      code: 'STORE',
      hint: 'the store may lag behind what it lists, and nothing is deleted by guess: run again later',
    });
    expect((await keys()).filter((key) => !key.startsWith('prune/'))).toEqual(before);
  });
});

test('what no record lists stays while a name shows such a thing', async () => {
  const { publish, prune, objects, keys, time } = fleet();
  for (const commit of [1, 2, 3, 4]) await publish(commit, `v${commit}`);
  const loose = `content/sha256/${'ab'.repeat(32)}.tgz`;
  await objects.put(loose, Buffer.from('left'), { contentType: 'application/gzip' });
  const [name] = (await keys()).filter((key) => key.startsWith(`channels/${CHANNEL}/`));
  const shown = (await objects.get(name ?? ''))?.bytes ?? Buffer.of();
  await objects.put(name ?? '', Buffer.from('of a record that is gone'), { contentType: 'application/gzip' });
  await prune();
  ripen(time);
  const { totals } = await prune();
  // What old records list goes as ever.
  expect(totals.deleted.items).toBeGreaterThan(0);
  expect(await keys()).toContain(loose);
  await objects.put(name ?? '', shown, { contentType: 'application/gzip' });
  await prune();
  ripen(time);
  await prune();
  expect(await keys()).not.toContain(loose);
});

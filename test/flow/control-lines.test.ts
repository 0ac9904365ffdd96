/** Changes of a channel whose stores went two ways: somebody published to one while the other was out of reach. */
import { describe, expect, test } from 'vitest';
import type { Change } from '../../src/ship/control/change.ts';
import { change, heldIn, newestIn, publish, rollback } from './rolling.ts';
import { bucket, openStore, type Port, recordsOf, SPACE } from './world.ts';

interface Parted {
  readonly at: readonly Port[];
  readonly stores: readonly ReturnType<typeof openStore>[];
}

/** Commit 3 is published after commit 1, and taken back; the other store got something else meanwhile. */
async function parted(meanwhile: (alone: Parted['stores']) => Promise<unknown>): Promise<Parted> {
  const at = [bucket('us'), bucket('eu')];
  const stores = at.map(openStore);
  await publish(stores, 1, 'aaa');
  await publish(stores, 3, 'bba');
  await rollback(stores.slice(0, 1));
  await meanwhile(stores.slice(1));
  return { at, stores };
}

/** All stores have the newest record, and show it. */
async function isOne({ at, stores }: Parted): Promise<void> {
  const truth = await newestIn(at);
  for (const store of stores) {
    expect((await recordsOf(store))[0]).toEqual(truth);
    const held = await store.names.held(SPACE, truth.artifacts);
    for (const entry of truth.artifacts) expect(held.get(entry.name)).toBe(store.names.shows(SPACE, entry));
  }
}

const CHANGES: readonly Change[] = [
  { kind: 'rollback' },
  { kind: 'rollback', to: { kind: 'generation', generation: 1 } },
  { kind: 'unfreeze' },
  { kind: 'freeze', reason: 'night' },
];

describe('a store on another line', () => {
  test.each(CHANGES)('heals with $kind, also where that has nothing to do', async (asked) => {
    const fleet = await parted((alone) => change(alone, { kind: 'retire', names: ['north'], listed: [] }));
    expect((await change(fleet.stores, { ...asked })).error?.message).toBeUndefined();
    expect(await newestIn(fleet.at)).toMatchObject({ generation: 4, blocked: ['3'.repeat(40)] });
    expect(heldIn(await newestIn(fleet.at))).toBe('aaa');
    await isOne(fleet);
    expect((await change(fleet.stores, { ...asked })).outcome).toBe('unchanged');
  });

  test('that was frozen keeps the channel frozen, until somebody thaws it', async () => {
    const fleet = await parted((alone) => change(alone, { kind: 'freeze', reason: 'night' }));
    expect((await publish(fleet.stores, 5, 'ccc')).end?.error?.message).toBe('Channel "prod" is frozen: night');
    for (const asked of [{ kind: 'rollback' }, { kind: 'freeze', reason: 'night' }] as const) {
      expect((await change(fleet.stores, asked)).error?.message).toBeUndefined();
      expect((await newestIn(fleet.at)).frozen).toEqual({ reason: 'night' });
    }
    await isOne(fleet);
    await change(fleet.stores, { kind: 'unfreeze' });
    expect((await newestIn(fleet.at)).frozen).toBeUndefined();
    expect((await publish(fleet.stores, 5, 'ccc')).outcome).toBe('published');
  });

  test('is thawed together with the others', async () => {
    const fleet = await parted((alone) => change(alone, { kind: 'freeze', reason: 'night' }));
    expect((await change(fleet.stores, { kind: 'unfreeze' })).outcome).toBe('published');
    expect((await newestIn(fleet.at)).frozen).toBeUndefined();
    await isOne(fleet);
  });

  test('leaves a number to two records, of which a rollback means that of the line', async () => {
    const fleet = await parted((alone) => change(alone, { kind: 'retire', names: ['north'], listed: [] }));
    await publish(fleet.stores, 5, 'ccc');
    await rollback(fleet.stores, 3);
    const { kind, from, artifacts } = await newestIn(fleet.at);
    expect([kind, from?.generation, heldIn({ artifacts })]).toEqual(['rollback', 3, 'aaa']);
  });
});

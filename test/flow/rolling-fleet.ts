/** A fleet of three stores in memory, and what its channel holds, in short. */
import { expect } from 'vitest';
import type { Receipt } from '../../src/model.ts';
import type { Store } from '../../src/ship/store.ts';
import { heldIn, newestIn, numbersOf, publish } from './rolling.ts';
import { assertWhole, bucket, layouts, openStore, type Port, recordsOf, registry } from './world.ts';

/** Stores, and the runs' own view of them. */
export interface Fleet {
  readonly at: readonly Port[];
  readonly stores: readonly Store[];
}

/** Nothing is published. */
export const empty = (): Fleet => {
  const at = [bucket('us'), registry('mirror', true), layouts('local')];
  return { at, stores: at.map(openStore) };
};

/** Commits 1 and 3 are published, of which the second is bad. */
export async function released(): Promise<Fleet> {
  const fleet = empty();
  await publish(fleet.stores, 1, 'aaa');
  await publish(fleet.stores, 3, 'bba');
  return fleet;
}

/** A record in short: letters and commits in the order of its artifacts' names. */
export interface Held {
  readonly generation: number;
  readonly kind: string;
  readonly held: string;
  readonly floor: number | undefined;
  readonly order: readonly number[];
  readonly blocked: readonly number[];
}

/** The newest record in short, which is whole and shown in every store. */
export async function now({ at }: Fleet): Promise<Held> {
  const { run, generation, kind, floor, blocked, artifacts } = await newestIn(at);
  for (const store of at.map(openStore)) {
    await assertWhole(store);
    expect((await recordsOf(store))[0]?.run).toBe(run);
    const held = await store.names.held({ kind: 'channel', channel: 'prod' }, artifacts);
    for (const entry of artifacts) {
      expect(held.get(entry.name)).toBe(store.names.shows({ kind: 'channel', channel: 'prod' }, entry));
    }
  }
  return {
    ...{ generation, kind, held: heldIn({ artifacts }), floor: numbersOf([floor?.commit])[0] },
    order: numbersOf(artifacts.map(({ commit }) => commit)),
    blocked: numbersOf(blocked),
  };
}

/** How it ended, and why. */
export const said = ({ outcome, error }: Receipt): readonly (string | undefined)[] => [
  outcome,
  error?.message,
  error?.hint,
];

/** Changes of a channel that die at any request, and others that go on at the same time. */
import { describe, expect, test } from 'vitest';
import type { Receipt } from '../../src/model.ts';
import type { Change } from '../../src/ship/control/change.ts';
import type { Decided } from '../../src/ship/release.ts';
import type { Store } from '../../src/ship/store.ts';
import { change, heldIn, newestIn, numbersOf, publish } from './rolling.ts';
import { randomOf, type Scheduler, scheduler } from './scheduler.ts';
import { assertWhole, bucket, openStore, type Port, recordsOf, registry, SPACE } from './world.ts';

const seeds = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);

/** Commits 1 and 3 are published, of which the second is bad. The primary is a bucket. */
async function released(): Promise<readonly Port[]> {
  const at = [bucket('us'), registry('mirror', true)];
  const stores = at.map(openStore);
  await publish(stores, 1, 'aaa');
  await publish(stores, 3, 'bba');
  return at;
}

function gated(turns: Scheduler, actor: string, ports: readonly Port[]): readonly Store[] {
  return ports.map((port) =>
    openStore(
      port.kind === 'bucket'
        ? { ...port, port: turns.gate(actor, port.port, () => false) }
        : { ...port, port: turns.gate(actor, port.port, () => false) },
    ),
  );
}

/** Every number once, each by another run; every store has the same newest record, and shows it whole. */
async function settled(at: readonly Port[]): Promise<string> {
  const truth = await newestIn(at);
  for (const store of at.map(openStore)) {
    const records = await recordsOf(store);
    expect(records.map(({ generation }) => generation)).toEqual(
      seeds(truth.generation).map((i) => truth.generation - i),
    );
    expect(new Set(records.map(({ run }) => run)).size).toBe(records.length);
    expect(records[0]).toEqual(truth);
    const held = await store.names.held(SPACE, truth.artifacts);
    for (const entry of truth.artifacts) expect(held.get(entry.name)).toBe(store.names.shows(SPACE, entry));
    await assertWhole(store);
  }
  const { generation, blocked, frozen } = truth;
  return `${generation} ${heldIn(truth)} ${numbersOf(blocked).join()} ${frozen?.reason ?? ''}`.trim();
}

const CHANGES: readonly (readonly [string, Change, string])[] = [
  ['a rollback', { kind: 'rollback' }, '3 aaa 3'],
  ['a retirement', { kind: 'retire', names: ['north'], listed: [] }, '3 bb-'],
  ['a freeze', { kind: 'freeze', reason: 'night' }, '3 bba  night'],
];

describe.each(CHANGES)('%s', (_, asked, end) => {
  test('that dies at every fourth request is completed by the next one', async () => {
    let last = 0;
    for (let dies = 1; last === 0; dies += 4) {
      const at = await released();
      const turns = scheduler(randomOf(dies));
      turns.crash('dying', { afterRequests: dies, when: 'after' });
      const stores = gated(turns, 'dying', at);
      change(stores, { ...asked }).then(() => {
        last = dies;
      }, expect.fail);
      await turns.run();
      // Whoever ran it does not know whether it was through.
      const again = await change(at.map(openStore), { ...asked });
      expect(['published', 'healed', 'unchanged']).toContain(again.outcome);
      expect(await settled(at)).toBe(end);
    }
    expect(last).toBeGreaterThan(20);
  });
});

/** How the runs of a race ended, in their order. */
type Ended = Pick<Receipt, 'outcome' | 'generation'> | Decided;

const outcomeOf = (ended: Ended): string => ('end' in ended && ended.end ? ended.end.outcome : ended.outcome);

/** Two runs at once, request by request in an order drawn from the seed. */
async function race(
  at: readonly Port[],
  seed: number,
  runs: readonly ((stores: readonly Store[]) => Promise<Ended>)[],
): Promise<readonly string[]> {
  const turns = scheduler(randomOf(seed));
  // One of them sleeps at one of its requests, about as long as the other one needs.
  turns.freeze(`run-${seed % runs.length}`, seed * 2, 20 + seed * 5);
  const ended = runs.map((run, i) => run(gated(turns, `run-${i}`, at)));
  const all = Promise.all(ended);
  all.catch(() => undefined);
  await turns.run();
  return (await all).map(outcomeOf);
}

const rolling = (stores: readonly Store[]): Promise<Ended> => change(stores, { kind: 'rollback' });
const fixing = (stores: readonly Store[]): Promise<Ended> => publish(stores, 4, 'dda');
const freezing = (stores: readonly Store[]): Promise<Ended> => change(stores, { kind: 'freeze', reason: 'night' });

/** All ends that some seed leads to. */
async function endsOf(runs: readonly ((stores: readonly Store[]) => Promise<Ended>)[]): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const seed of seeds(12)) {
    const at = await released();
    const outcomes = await race(at, seed, runs);
    found.add(`${outcomes.join(', ')}: ${await settled(at)}`);
  }
  return [...found].sort();
}

describe('at the same time', () => {
  test('two rollbacks make one generation', async () => {
    const ends = await endsOf([rolling, rolling]);
    // Who comes second may find names of the first one still to be moved.
    expect([...new Set(ends.map((end) => end.replace('healed', 'unchanged')))].sort()).toEqual([
      'published, unchanged: 3 aaa 3',
      'unchanged, published: 3 aaa 3',
    ]);
  });

  test('a rollback and the fix come one after the other, and the bad release never comes back', async () => {
    expect(await endsOf([rolling, fixing])).toEqual([
      'published, published: 4 aaa 3,4',
      'published, published: 4 dda 3',
    ]);
  });

  test('a freeze is behind the publish, or refuses it', async () => {
    expect(await endsOf([freezing, fixing])).toEqual([
      'published, published: 4 dda  night',
      'published, refused: 3 bba  night',
    ]);
  });

  test('a freeze is behind the rollback, or refuses it', async () => {
    expect(await endsOf([freezing, rolling])).toEqual([
      'published, published: 4 aaa 3 night',
      'published, refused: 3 bba  night',
    ]);
  });
});

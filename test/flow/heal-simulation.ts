/** Healers beside publishers, one request at a time, in orders drawn from seeds. */
import { expect } from 'vitest';
import type { Receipt } from '../../src/model.ts';
import type { Objects, Repositories } from '../../src/ship/ports.ts';
import { type Damageable, damageable, healOnce } from './heal-world.ts';
import { randomOf, scheduler } from './scheduler.ts';
import {
  ARTIFACTS,
  assertWhole,
  bucket,
  layouts,
  openStore,
  type Port,
  publishOnce,
  recordsOf,
  registry,
  SPACE,
} from './world.ts';

const gated = (port: Port, gate: <T extends Objects | Repositories>(inner: T) => T): Port =>
  port.kind === 'bucket' ? { ...port, port: gate(port.port) } : { ...port, port: gate(port.port) };

const lettersOf = (letters: string): Readonly<Record<string, string>> =>
  Object.fromEntries(ARTIFACTS.map((artifact, index) => [artifact, letters[index] ?? 'a']));

/** A store of a release loses some of what it has. */
async function lose({ things, damage, remove }: Damageable, random: (below: number) => number): Promise<void> {
  for (const thing of await things()) {
    if (thing === 'slipway.json') continue;
    const fate = random(6);
    if (fate === 0) await remove(thing);
    else if (fate === 1 && !/ tag /.test(thing)) damage(thing);
  }
}

interface Simulated {
  readonly healed: readonly (Receipt | Error)[];
  readonly ports: readonly Damageable[];
}

async function simulate(seed: number): Promise<Simulated> {
  const random = randomOf(seed);
  const second = random(2) === 0 ? damageable(registry('registry', false)) : damageable(layouts('layouts'), false);
  // Of what only buckets keep another bucket has a copy.
  const ports = [damageable(bucket('bucket')), second, damageable(bucket('tarballs'))];
  const common = { primary: 'bucket', quorum: 3, signer: 'key:a' };
  const own = ports.map(({ port }) => openStore(port));
  await publishOnce({ ...common, stores: own, run: 1, commit: 1, letters: lettersOf('abc') });
  const loser = ports[random(3)];
  if (loser !== undefined) await lose(loser, random);

  const turns = scheduler(random);
  const as = (actor: string) =>
    ports.map(({ port }) => openStore(gated(port, (inner) => turns.gate(actor, inner, () => false))));
  const healed: (Receipt | Error)[] = [];
  for (const actor of ['healer-0', 'healer-1']) {
    if (random(3) === 0) turns.freeze(actor, 1 + random(60), 20 + random(200));
    healOnce(as(actor)).then(
      (receipt) => healed.push(receipt),
      (thrown: Error) => healed.push(thrown),
    );
  }
  const publisher = { ...common, stores: as('publisher'), run: 2, commit: 2, letters: lettersOf('bba') };
  if (random(4) === 0) turns.crash('publisher', { afterRequests: 1 + random(80), when: 'after' });
  publishOnce(publisher).catch(() => undefined);
  await turns.run();
  return { healed, ports };
}

/** Runs these seeds. Throws when anything moves back or does not come to one end; answers how many releases came through. */
export async function healersBesidePublishers(seeds: number): Promise<number> {
  let newer = 0;
  for (let seed = 1; seed <= seeds; seed += 1) {
    const { healed, ports } = await simulate(seed);
    const stores = ports.map(({ port }) => openStore(port));
    expect(healed, `seed ${seed}`).toHaveLength(2);
    for (const one of healed) if (one instanceof Error) throw new Error(`seed ${seed}: ${one.message}`, { cause: one });
    const last = await healOnce(stores);
    expect(last.error?.message, `seed ${seed}`).toBeUndefined();
    const [first = [], ...others] = await Promise.all(stores.map((store) => recordsOf(store)));
    for (const other of others) expect(other, `seed ${seed}`).toEqual(first);
    newer += first.length - 1;
    for (const store of stores) {
      await assertWhole(store, true);
      const held = await store.names.held({ kind: 'channel', channel: 'prod' }, first[0]?.artifacts ?? []);
      for (const entry of first[0]?.artifacts ?? []) expect(held.get(entry.name)).toBe(store.names.shows(SPACE, entry));
    }
  }
  return newer;
}

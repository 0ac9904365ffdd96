/** A release in every kind of store, what is damaged of it, and what must hold after heal. */
import { expect } from 'vitest';
import type { SlipwayError } from '../../src/errors.ts';
import { EMPTY_CONFIG } from '../../src/ship/manifest.ts';
import { type Damageable, damageable, ending, healOnce } from './heal-world.ts';
import { assertWhole, bucket, CHANNEL, layouts, openStore, publishOnce, registry } from './world.ts';

export const LETTERS: Readonly<Record<string, string>> = { east: 'a', west: 'b', north: 'c' };

/** Two generations and a version, signed, in every kind of store; the first orders the releases. */
export async function published(generations: 1 | 2 = 2): Promise<readonly Damageable[]> {
  const ports = [
    damageable(bucket('bucket')),
    damageable(registry('registry', false)),
    damageable(layouts('layouts'), false),
    damageable(bucket('tarballs')),
  ];
  const stores = ports.map(({ port }) => openStore(port));
  const all = { stores, primary: 'bucket', quorum: 4, signer: 'key:a' };
  if (generations === 2) await publishOnce({ ...all, run: 1, commit: 1, letters: { ...LETTERS, east: 'd' } });
  const ended = await publishOnce({ ...all, run: 2, commit: 2, letters: LETTERS, version: '1.4.0' });
  if (ended.end !== undefined) throw new Error(ended.end.error?.message);
  return ports;
}

/** Readers accept everything, and all stores keep the same records. */
export async function assertSound(ports: readonly Damageable[], generations = 2): Promise<void> {
  const lines: string[] = [];
  for (const { port } of ports) {
    const store = openStore(port);
    await assertWhole(store, true);
    const heads = await store.ledger.heads(CHANNEL);
    const records = await Promise.all(heads.map((head) => store.ledger.read(CHANNEL, head)));
    const claim = await store.ledger.claim('1.4.0');
    lines.push(JSON.stringify([records, claim]));
    const newest = records[0]?.artifacts ?? [];
    for (const entry of newest) await store.shelf.check(entry);
    for (const space of [
      { kind: 'channel', channel: CHANNEL } as const,
      { kind: 'version', version: '1.4.0' } as const,
    ]) {
      const held = await store.names.held(space, newest, { inFull: true });
      expect([...held].sort()).toEqual(newest.map((entry) => [entry.name, store.names.shows(space, entry)]).sort());
    }
  }
  expect(new Set(lines).size).toBe(1);
  expect(JSON.parse(lines[0] ?? '[[]]')[0]).toHaveLength(generations);
}

/** Heals the channel and the version. */
export async function healAll(ports: readonly Damageable[]): Promise<readonly string[]> {
  const stores = ports.map(({ port }) => openStore(port));
  const inChannel = await healOnce(stores);
  const ofVersion = await healOnce(stores, { what: { version: '1.4.0' } });
  return [inChannel, ofVersion].map(({ outcome, error }) => error?.message ?? outcome);
}

/** The stores of {@link published}, by their place. */
export const KINDS = ['bucket', 'registry', 'layouts', 'tarballs'] as const;

/** Damages and removes every `step`-th thing of a store, one at a time. Answers what did not come back. */
export async function singleThings(index: number, step: number): Promise<readonly string[]> {
  let ports = await published(1);
  const things = (await ports[index]?.things()) ?? [];
  expect(things.length).toBeGreaterThan(15);
  const failed: string[] = [];
  for (const thing of things.filter((_, at) => at % step === 0)) {
    for (const how of ['damage', 'remove'] as const) {
      // A tag has no bytes of its own, and a marker that cannot be read may be anybody's.
      if (how === 'damage' && (/ tag /.test(thing) || thing === 'slipway.json')) continue;
      // The empty config of records and proofs, which nobody reads.
      if (thing.endsWith(` ${EMPTY_CONFIG.descriptor.digest}`)) continue;
      await ports[index]?.[how](thing);
      const outcomes = await healAll(ports);
      const torn = await assertSound(ports, 1).catch(String);
      // A marker is written without being told: only its store knows.
      const isHealed = outcomes.includes('healed') || thing === 'slipway.json';
      if (torn === undefined && isHealed) continue;
      failed.push(`${how} ${thing}: ${outcomes} ${torn}`);
      ports = await published(1);
    }
  }
  expect(await healAll(ports)).toEqual(['unchanged', 'unchanged']);
  return failed;
}

/** Damage in three stores at once. */
export async function spoil(ports: readonly Damageable[]): Promise<void> {
  for (const thing of (await ports[0]?.things()) ?? []) await ports[0]?.remove(thing);
  for (const thing of (await ports[1]?.things()) ?? []) if (/ (?:blob|manifest) /.test(thing)) ports[1]?.damage(thing);
  for (const thing of (await ports[3]?.things()) ?? [])
    if (/^(?:content|releases)\//.test(thing)) ports[3]?.damage(thing);
}

/** Ends a heal before or after every `step`-th of its writes, and runs it again. Answers how often it was ended. */
export async function endings(step: number): Promise<number> {
  let ends = 0;
  for (const when of ['before', 'after'] as const) {
    for (let write = 1; ; write += step) {
      const ports = await published();
      await spoil(ports);
      const run = ending(
        ports.map(({ port }) => port),
        { write, when },
      );
      const ended = await healOnce(run.stores).catch(({ code }: SlipwayError) => code);
      if (!run.isOver()) break;
      ends += 1;
      expect(ended).toBe('INTERRUPTED');
      const outcomes = await healAll(ports);
      await assertSound(ports).catch((cause) => {
        throw new Error(`${when} write ${write}: ${outcomes}`, { cause });
      });
      expect(await healAll(ports)).toEqual(['unchanged', 'unchanged']);
    }
  }
  return ends;
}

import { describe, expect, test } from 'vitest';
import { SlipwayError } from '../../src/errors.ts';
import type { Pruned } from '../../src/model.ts';
import { memoryObjects, memoryRepositories } from '../../src/ship/memory.ts';
import type { Objects } from '../../src/ship/ports.ts';
import { prune } from '../../src/ship/prune/prune.ts';
import type { Store } from '../../src/ship/store.ts';
import { type Fleet, fleet, ripen } from './prune-fleet.ts';
import { pruneOptions, type Time } from './prune-world.ts';
import { ARTIFACTS, openStore, type Port, planOf, publishOnce } from './world.ts';

const failureOf = async (work: Promise<unknown>): Promise<SlipwayError> => {
  const thrown: unknown = await work.catch((error: unknown) => error);
  if (thrown instanceof SlipwayError) return thrown;
  throw new Error('It did not fail', { cause: thrown });
};

/** Letters that were published and marked: everything is ripe. */
async function marked(letters = 'abcd'): Promise<Fleet> {
  const it = fleet();
  for (const [index, letter] of [...letters].entries()) await it.publish(index + 1, letter);
  await it.prune();
  ripen(it.time);
  return it;
}

const storesOf = ({ ports }: Fleet, bucket: Objects): readonly Store[] =>
  ports.map((port) => openStore(port.kind === 'bucket' ? { ...port, port: bucket } : port));

const isNote = (key: string): boolean => key.startsWith('prune/');

/** Two buckets, everything marked; `a` denies to delete content, `b` takes its time. */
async function twoBuckets(): Promise<{ readonly stores: readonly Store[]; readonly time: Time; late(): number }> {
  const time: Time = { now: Date.UTC(2026, 0, 1) };
  const [a, b] = [memoryObjects({ now: () => time.now }), memoryObjects({ now: () => time.now })];
  const plain: readonly Port[] = [
    { kind: 'bucket', name: 'a', port: a },
    { kind: 'bucket', name: 'b', port: b },
  ];
  for (let commit = 1; commit <= 12; commit += 1) {
    const letters = Object.fromEntries(ARTIFACTS.map((artifact) => [artifact, `${commit}${artifact}`]));
    const stores = plain.map(openStore);
    const { end } = await publishOnce({ run: commit, commit, letters, stores, primary: 'a', quorum: 2 });
    if (end !== undefined) throw new Error(end.error?.message);
  }
  await prune(pruneOptions(plain.map(openStore), { keep: 2, run: '1', time }));
  ripen(time);
  let isClosed = false;
  let late = 0;
  const failing: Objects = {
    ...a,
    put(key, bytes, options) {
      isClosed ||= key.endsWith('2.closed');
      return a.put(key, bytes, options);
    },
    async delete(key) {
      if (key.startsWith('content/')) throw new SlipwayError('DENIED', 'No right to delete content');
      await a.delete(key);
    },
  };
  const slow: Objects = {
    ...b,
    async delete(key) {
      await new Promise((resolve) => setTimeout(resolve, isNote(key) ? 0 : 3));
      if (isClosed && !isNote(key)) late += 1;
      await b.delete(key);
    },
  };
  const changed: readonly Port[] = [
    { kind: 'bucket', name: 'a', port: failing },
    { kind: 'bucket', name: 'b', port: slow },
  ];
  return { stores: changed.map(openStore), time, late: () => late };
}

describe('an error in the middle', () => {
  test('ends the deletes in all stores before any claim is closed, and tells what is gone', async () => {
    const { stores, time, late } = await twoBuckets();
    const told: Pruned[] = [];
    const failed = (partial: Pruned): void => void told.push(partial);
    const error = await failureOf(prune({ ...pruneOptions(stores, { keep: 2, run: '2', time }), failed }));
    expect([error.code, error.message]).toEqual(['DENIED', 'Store "a": No right to delete content']);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(late()).toBe(0);
    const deleted = told.flatMap(({ stores: by }) => (by.a ?? []).filter(({ state }) => state === 'deleted'));
    expect(told.map(({ outcome }) => outcome)).toEqual(['failed']);
    expect([...new Set(deleted.map(({ kind }) => kind))]).toEqual(['record', 'manifest']);
  });

  test('of a claim that cannot be closed leaves no other one open', async () => {
    const { stores, time } = await twoBuckets();
    const [first, second] = stores;
    if (first === undefined || second === undefined) throw new Error('There are two stores');
    const { notes } = first.holdings;
    const create: typeof notes.create = async (name, bytes) => {
      if (name.endsWith('.closed')) throw new SlipwayError('NETWORK', 'No answer');
      return notes.create(name, bytes);
    };
    const holdings = { ...first.holdings, notes: { ...notes, create } };
    const error = await failureOf(prune(pruneOptions([{ ...first, holdings }, second], { keep: 2, run: '2', time })));
    expect(error.message).toBe('Store "a": No right to delete content');
    expect((await second.holdings.notes.list()).map(({ name }) => name)).toContain('000000002.closed');
  });

  test('is noticed before the first delete where a bucket lets nothing be deleted', async () => {
    const it = await marked();
    const before = await it.keys();
    const denied: Objects = {
      ...it.objects,
      async delete(key) {
        if ((await it.objects.get(key)) !== undefined) throw new SlipwayError('DENIED', 'No s3:DeleteObject');
      },
    };
    const error = await failureOf(it.prune({ stores: storesOf(it, denied) }));
    expect([error.code, error.message]).toEqual(['DENIED', 'Store "bucket": No s3:DeleteObject']);
    expect((await it.keys()).filter((key) => !isNote(key))).toEqual(before.filter((key) => !isNote(key)));
  });
});

test('a second look that takes longer than a claim is good for ends the run', async () => {
  const it = await marked();
  let listed = 0;
  const slow: Objects = {
    ...it.objects,
    list(prefix, options) {
      if (prefix === 'content/sha256/') listed += 1;
      if (prefix === 'releases/') it.time.now += 6 * 60_000;
      return it.objects.list(prefix, options);
    },
  };
  const error = await failureOf(it.prune({ stores: storesOf(it, slow) }));
  expect([error.code, error.message, error.hint]).toEqual([
    'STORE',
    'Cannot prune beside publishers: to read the stores again takes longer than a claim is good for, 5 minutes',
    'run it nearer to the stores, or with --exclusive while the CI lets no publisher run: then a claim is good for 30 minutes',
  ]);
  expect((await it.keys()).filter(isNote)).toContain('prune/000000002.closed');
  // Only records and names are read twice.
  expect(listed).toBe(1);
  expect((await it.prune({ stores: storesOf(it, slow), exclusive: true })).totals.deleted.items).toBeGreaterThan(0);
});

test('what somebody said that he needs is not said again', async () => {
  const it = await marked();
  for (let commit = 5; commit <= 8; commit += 1) await it.publish(commit, 'a');
  expect((await it.keys()).filter((key) => key.startsWith('prune/wanted-'))).toHaveLength(1);
});

describe('a channel that a store without a lock orders', () => {
  async function publishTo(it: Fleet, stores: readonly Store[], primary: string): Promise<void> {
    const letters = Object.fromEntries(ARTIFACTS.map((artifact) => [artifact, `d${artifact}`]));
    const publisher = { run: 70, commit: 70, letters, stores, primary, quorum: stores.length };
    const { end } = await publishOnce(publisher, { ...planOf(publisher), channel: 'dev' });
    if (end !== undefined) throw new Error(end.error?.message);
    expect(it.ports).toHaveLength(2);
  }

  test.each([
    ['it alone holds', (it: Fleet) => it.stores().slice(1)],
    ['stood in for the primary of', (it: Fleet) => it.stores()],
  ])('is refused where %s the channel, unless no publisher runs', async (_, chosen) => {
    const it = await marked();
    await publishTo(it, chosen(it), 'mirror');
    const error = await failureOf(it.prune());
    expect([error.code, error.message, error.hint]).toEqual([
      'REFUSED',
      'Cannot prune store "mirror" beside publishers of channel "dev" of project "default": its newest release was ordered by "mirror", which is no store with a lock here, so that they would not see what is being deleted',
      'add the primary of that channel to the stores under the same name, publish there when a registry stood in for it, or pass --exclusive while the CI lets no publisher run',
    ]);
    expect((await it.prune({ exclusive: true })).totals.deleted.items).toBeGreaterThan(0);
  });

  test('is pruned where a store with a lock ordered its newest release', async () => {
    const it = await marked();
    await publishTo(it, it.stores(), 'bucket');
    expect((await it.prune()).totals.deleted.items).toBeGreaterThan(0);
  });
});

test('where a store tells no time, only who runs alone takes over what a dead prune left', async () => {
  const time: Time = { now: Date.UTC(2026, 0, 1) };
  const port: Port = { kind: 'registry', name: 'layouts', port: memoryRepositories() };
  for (let commit = 1; commit <= 4; commit += 1) {
    const letters = Object.fromEntries(ARTIFACTS.map((artifact) => [artifact, `${commit}${artifact}`]));
    await publishOnce({ run: commit, commit, letters, stores: [openStore(port)], primary: 'layouts', quorum: 1 });
  }
  const options = (run: string): Parameters<typeof prune>[0] => pruneOptions([openStore(port)], { keep: 2, run, time });
  await prune(options('1'));
  await openStore(port).holdings.notes.remove('000000001.closed');
  ripen(time);
  const error = await failureOf(prune(options('2')));
  expect([error.code, error.message, error.hint]).toEqual([
    'REFUSED',
    'Another prune is at work in store "layouts": it began at 2026-01-01T00:00:00.000Z',
    'wait until it is through; if it was killed, run with --exclusive',
  ]);
  expect((await prune({ ...options('3'), exclusive: true })).totals.deleted.items).toBeGreaterThan(0);
});

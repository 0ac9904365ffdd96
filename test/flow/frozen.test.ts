/** Directed schedules: who sleeps where, and what must come of it. */
import { expect, test } from 'vitest';
import type { ReleaseRecord } from '../../src/model.ts';
import type { Decided } from '../../src/ship/release.ts';
import { type Actor, actor, type Call, isName, isRecord, nameWrites } from './actor.ts';
import {
  ARTIFACTS,
  assertWhole,
  bucket,
  commitId,
  layouts,
  namesOf,
  openStore,
  type Port,
  packed,
  publishOnce,
  recordsOf,
  registry,
  SPACE,
} from './world.ts';

/** Run numbers by the run id they lead to: `3c6e…`, `9e37…` and `daa6…`. */
const RUN = { smallest: 1, middle: 0, largest: 2 } as const;
const SEED_RUN = 7;

interface Run {
  readonly run: number;
  readonly commit: number;
  /** What all artifacts hold. */
  readonly letter: string;
  readonly primary?: string;
  readonly quorum?: number;
}

const everywhere = (letter: string): Readonly<Record<string, string>> =>
  Object.fromEntries(ARTIFACTS.map((artifact) => [artifact, letter]));

function publish(by: Actor, { run, commit, letter, primary, quorum }: Run): Promise<Decided> {
  const { stores } = by;
  const [first] = stores;
  return publishOnce({
    run,
    commit,
    letters: everywhere(letter),
    stores,
    primary: primary ?? first?.name ?? '',
    quorum: quorum ?? stores.length,
  });
}

/** Publishes commit 1 with the letter `a`. */
async function seeded(...ports: readonly Port[]): Promise<readonly Port[]> {
  await publish(actor(ports), { run: SEED_RUN, commit: 1, letter: 'a' });
  return ports;
}

/** Every store holds the same newest record, whole, and its names show it. */
async function settledOn(ports: readonly Port[], generation: number, letter: string): Promise<ReleaseRecord> {
  let newest: ReleaseRecord | undefined;
  for (const store of ports.map(openStore)) {
    const [record] = await recordsOf(store);
    newest ??= record;
    expect(record).toEqual(newest);
    const held = await namesOf(store);
    for (const entry of record?.artifacts ?? []) {
      expect(entry.content).toBe(packed(entry.name, letter).content.digest);
      expect(held.get(entry.name)).toBe(store.names.shows(SPACE, entry));
    }
    await assertWhole(store);
  }
  expect(newest).toMatchObject({ generation, artifacts: ARTIFACTS.toSorted().map((name) => ({ name })) });
  if (newest === undefined) throw new Error('there is no record');
  return newest;
}

const hasRecorded = (by: Actor): boolean => by.calls.some(isRecord);
const shortRun = ({ run }: ReleaseRecord): string => run.slice(0, 4);
const statesOf = ({ sites }: Decided): readonly string[] => sites.map(({ state }) => state);

test('a publisher that slept between record and names moves no name of a record that was overtaken', async () => {
  const ports = await seeded(bucket('bucket'), registry('mirror', true));
  const sleeper = actor(ports);
  const stop = sleeper.stopAt((call) => isName(call) && hasRecorded(sleeper));
  const sleeping = publish(sleeper, { run: RUN.smallest, commit: 2, letter: 'b' });
  await stop.reached;
  await publish(actor(ports), { run: RUN.largest, commit: 3, letter: 'c' });
  stop.release();
  const ended = await sleeping;
  expect(nameWrites(sleeper.calls)).toEqual([]);
  expect(ended.target).toEqual(await settledOn(ports, 3, 'c'));
  expect(statesOf(ended)).toEqual(['current', 'current']);
});

test('a publisher that slept between its fence and its write puts the newest record back', async () => {
  const ports = await seeded(bucket('bucket'), registry('mirror', true));
  const sleeper = actor(ports);
  const stop = sleeper.stopAt((call) => nameWrites([call]).length > 0);
  const sleeping = publish(sleeper, { run: RUN.smallest, commit: 2, letter: 'b' });
  await stop.reached;
  await publish(actor(ports), { run: RUN.largest, commit: 3, letter: 'c' });
  stop.release();
  await sleeping;
  const written = nameWrites(sleeper.calls).map(({ store }) => store);
  expect(written.filter((store) => store === 'bucket')).toHaveLength(2 * ARTIFACTS.length);
  await settledOn(ports, 3, 'c');
});

/** Without a lock two records of one number can both be there: where the one with the larger run id sleeps. */
test.each([
  ['right after its record', (by: Actor) => () => hasRecorded(by)],
  ['before its first name', () => (call: Call) => nameWrites([call]).length > 0],
] as const)('without a lock the newer commit of a lost number becomes the next one, asleep %s', async (_, at) => {
  const ports = [registry('registry', true)];
  const early = actor(ports);
  const beforeRecord = early.stopAt(isRecord);
  const winning = publish(early, { run: RUN.smallest, commit: 1, letter: 'a' });
  await beforeRecord.reached;
  const sleeper = actor(ports);
  const stop = sleeper.stopAt(at(sleeper));
  const sleeping = publish(sleeper, { run: RUN.largest, commit: 2, letter: 'b' });
  await stop.reached;
  beforeRecord.release();
  await winning;
  await settledOn(ports, 1, 'a');
  stop.release();
  const ended = await sleeping;
  const newest = await settledOn(ports, 2, 'b');
  expect(newest).toMatchObject({ floor: { commit: commitId(2) }, previous: { generation: 1 } });
  expect(ended.outcome).toBe('published');
  const records = await Promise.all(ports.map((port) => recordsOf(openStore(port))));
  expect(records.flat().map(shortRun)).toEqual(['daa6', '3c6e', 'daa6']);
});

/** Both have decided on generation 2 before either record is there; `second` is the one that comes too late. */
async function collide(ports: readonly Port[], first: Run, second: Run): Promise<Decided> {
  const [winner, loser] = [actor(ports), actor(ports)];
  const stops = [winner.stopAt(isRecord), loser.stopAt(isRecord)];
  const winning = publish(winner, first);
  const losing = publish(loser, second);
  await Promise.all(stops.map(({ reached }) => reached));
  stops[0]?.release();
  await winning;
  stops[1]?.release();
  return losing;
}

test.each([
  ['a bucket', bucket],
  ['image layouts', layouts],
] as const)('of two that create one generation in the primary the loser decides again: %s', async (_, make) => {
  const ports = await seeded(make('bucket'), registry('mirror', false));
  const first = { run: RUN.largest, commit: 2, letter: 'b' };
  const ended = await collide(ports, first, { run: RUN.smallest, commit: 3, letter: 'c' });
  expect(ended.outcome).toBe('published');
  const newest = await settledOn(ports, 3, 'c');
  expect(newest.previous?.run).toMatch(/^daa6/);
});

test('a loser with the older commit is superseded and writes no record', async () => {
  const ports = await seeded(bucket('bucket'), registry('mirror', false));
  const first = { run: RUN.largest, commit: 3, letter: 'c' };
  const ended = await collide(ports, first, { run: RUN.smallest, commit: 2, letter: 'b' });
  expect(ended.outcome).toBe('superseded');
  expect(shortRun(await settledOn(ports, 2, 'c'))).toBe('daa6');
});

/** A record above the newest of this store alone, as a later command would make it there. */
async function record(port: Port, run: string, blocked: readonly string[]): Promise<void> {
  const store = openStore(port);
  const [newest] = await recordsOf(store);
  if (newest === undefined) throw new Error('there is no record');
  const previous = { generation: newest.generation, run: newest.run };
  const next = { ...newest, generation: newest.generation + 1, previous, run: run.repeat(32), blocked };
  expect(await store.ledger.create(next)).toBe('created');
}

test('after a break-glass one more run makes a record above both lines and heals the other store', async () => {
  const ports = await seeded(bucket('bucket'), layouts('disk'));
  const [old, spare] = ports;
  if (old === undefined || spare === undefined) throw new Error('two stores were made');
  // The primary is down, another store orders the releases.
  const glass = actor(ports, ['bucket']);
  const broken = await publish(glass, { run: RUN.smallest, commit: 2, letter: 'b', primary: 'disk', quorum: 1 });
  expect(statesOf(broken)).toEqual(['failed', 'current']);
  await record(spare, '7', [commitId(7)]);
  await record(spare, '6', [commitId(7)]);
  // It comes back for someone who does not reach the other one.
  await publish(actor(ports, ['disk']), { run: RUN.largest, commit: 3, letter: 'c', quorum: 1 });
  await record(old, '8', [commitId(8)]);
  const heads = await Promise.all(ports.map(async (port) => (await recordsOf(openStore(port)))[0]?.generation));
  expect(heads).toEqual([3, 4]);

  const ended = await publish(actor(ports), { run: RUN.middle, commit: 3, letter: 'c' });
  expect({ outcome: ended.outcome, states: statesOf(ended) }).toEqual({
    outcome: 'healed',
    states: ['current', 'current'],
  });
  const newest = await settledOn(ports, 5, 'c');
  expect(newest.blocked).toEqual([commitId(7), commitId(8)]);
  const digest = expect.stringMatching(/^sha256:[0-9a-f]{64}$/);
  expect(newest.previous).toEqual({ generation: 3, run: '8'.repeat(32), digest });
});

test.each([
  ['a registry', () => registry('mirror', true)],
  ['image layouts', () => layouts('disk')],
  ['a bucket of tarballs', () => bucket('tarballs')],
] as const)('a store added later is filled with the newest release: %s', async (_, added) => {
  const [first] = await seeded(bucket('bucket'));
  if (first === undefined) throw new Error('one store was made');
  await publish(actor([first]), { run: RUN.largest, commit: 2, letter: 'b' });
  const ports = [first, added()];
  const ended = await publish(actor(ports), { run: RUN.smallest, commit: 2, letter: 'b' });
  expect({ outcome: ended.outcome, states: statesOf(ended) }).toEqual({
    outcome: 'healed',
    states: ['current', 'current'],
  });
  await settledOn(ports, 2, 'b');
});

test.each([
  ['the primary', 1],
  ['the other one', 0],
] as const)('a store that was emptied is filled again: %s', async (_, left) => {
  const ports = await seeded(bucket('bucket'), registry('mirror', true));
  const emptied = [bucket('bucket'), registry('mirror', true)].map((empty, i) => (i === left ? ports[i] : empty));
  const after = emptied.filter((port) => port !== undefined);
  const ended = await publish(actor(after), { run: RUN.smallest, commit: 1, letter: 'a' });
  expect({ outcome: ended.outcome, states: statesOf(ended) }).toEqual({
    outcome: 'healed',
    states: ['current', 'current'],
  });
  await settledOn(after, 1, 'a');
});

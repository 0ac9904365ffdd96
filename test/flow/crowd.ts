/** Sixteen publishers of one channel at once, with commits in any order; some sleep between their record and its names. */
import type { ReleaseRecord } from '../../src/model.ts';
import type { Objects, Repositories } from '../../src/ship/ports.ts';
import type { Decided } from '../../src/ship/release.ts';
import type { Store } from '../../src/ship/store.ts';
import { randomOf, scheduler } from './scheduler.ts';
import {
  ARTIFACTS,
  assertWhole,
  bucket,
  layouts,
  namesOf,
  numberOf,
  openStore,
  type Port,
  publishOnce,
  recordsOf,
  registry,
  SPACE,
} from './world.ts';

/** How many publish at once. */
export const CROWD = 16;

/** How one publisher ended. */
export interface Ended {
  readonly run: number;
  readonly commit: number;
  readonly ended: Decided;
}

const LETTERS = 'abcd';

/** What a commit publishes; letters come back, so that some records hold what an earlier one held. */
export function lettersOf(seed: number, commit: number): Readonly<Record<string, string>> {
  const random = randomOf(seed * 7919 + commit);
  return Object.fromEntries(ARTIFACTS.map((artifact) => [artifact, LETTERS[random(LETTERS.length)] ?? 'a']));
}

/** The numbers 1 to `count` in an order drawn from the seed. */
export function shuffled(count: number, random: (below: number) => number): readonly number[] {
  const left = Array.from({ length: count }, (_, i) => i + 1);
  return Array.from({ length: count }, () => left.splice(random(left.length), 1)[0] ?? 0);
}

/** Objects that tell when a release record was made. */
export function tellingRecords(objects: Objects, onRecord: () => Promise<void> | void): Objects {
  return {
    ...objects,
    async put(key, bytes, options) {
      const answer = await objects.put(key, bytes, options);
      if (key.startsWith('releases/') && answer.outcome === 'created') await onRecord();
      return answer;
    },
  };
}

/** A port whose names are looked at after every write of one: what they show has to be whole. */
function watched(port: Port): Port {
  if (port.kind !== 'bucket') return port;
  const { port: objects } = port;
  const put: Objects['put'] = async (key, bytes, options) => {
    const answer = await objects.put(key, bytes, options);
    if (key.startsWith('channels/')) await assertWhole(openStore(port));
    return answer;
  };
  const replace: Objects['replace'] = async (key, bytes, etag, options) => {
    const answer = await objects.replace(key, bytes, etag, options);
    if (key.startsWith('channels/')) await assertWhole(openStore(port));
    return answer;
  };
  return { ...port, port: { ...objects, put, replace } };
}

/** Facts of one round. */
export interface Crowded {
  readonly finished: readonly Ended[];
  /** Requests of the publisher that made most. */
  readonly most: number;
  /** Publishers that slept after their record until others had named newer ones. */
  readonly overtaken: number;
}

/** The stores of a round in memory, the primary first: those that can order releases by themselves. */
export function portsOf(seed: number): readonly Port[] {
  const choices = [
    () => [bucket('us'), bucket('tarballs')],
    () => [bucket('us'), registry('mirror', true)],
    () => [layouts('layouts'), bucket('us')],
  ];
  return choices[seed % choices.length]?.() ?? [];
}

/** A port for one publisher: `gate` is asked before each request, `onRecord` is told of a record that was made. */
function portFor(port: Port, gate: <T extends Objects | Repositories>(inner: T) => T, onRecord: () => void): Port {
  return port.kind === 'bucket'
    ? { ...port, port: tellingRecords(gate(port.port), onRecord) }
    : { ...port, port: gate(port.port) };
}

/** One round over these ports, the first of which is the primary. */
export async function crowd(seed: number, ports: readonly Port[]): Promise<Crowded> {
  const random = randomOf(seed);
  const turns = scheduler(random);
  const finished: Ended[] = [];
  const failures: unknown[] = [];
  const requests = new Map<string, number>();
  const sleepers = new Set<number>();
  const slept = new Set<number>();
  const watching = ports.map(watched);
  const primary = ports[0]?.name ?? '';
  for (const [run, commit] of shuffled(CROWD, random).entries()) {
    const actor = `run-${run}`;
    if (random(2) === 0) sleepers.add(run);
    const onRecord = (): void => {
      if (!sleepers.delete(run)) return;
      slept.add(run);
      // Longer than another publisher needs from its first request to its last.
      turns.freeze(actor, 0, 600 + random(2_000));
    };
    const isDown = (): boolean => {
      requests.set(actor, (requests.get(actor) ?? 0) + 1);
      return false;
    };
    const stores = watching.map((port) =>
      openStore(portFor(port, (inner) => turns.gate(actor, inner, isDown), onRecord)),
    );
    publishOnce({ run, commit, letters: lettersOf(seed, commit), stores, primary, quorum: ports.length }).then(
      (ended) => finished.push({ run, commit, ended }),
      (thrown: unknown) => failures.push(thrown),
    );
  }
  await turns.run();
  if (failures.length > 0) throw failures[0];
  const overtaken = finished.filter(({ run, ended }) => slept.has(run) && ended.target?.run !== ended.plan.run).length;
  return { finished, most: Math.max(...requests.values()), overtaken };
}

/** Every number once, from 1 on, each made by a publisher that knows it; the floor never goes back. */
function assertGenerations(records: readonly ReleaseRecord[], finished: readonly Ended[]): void {
  const numbers = [...records].reverse().map(({ generation }) => generation);
  if (numbers.some((generation, i) => generation !== i + 1)) throw new Error(`generations ${numbers}`);
  const runs = new Set(records.map(({ run }) => run));
  if (runs.size !== records.length) throw new Error('one run made two records');
  const floors = [...records].reverse().map(({ floor }) => numberOf(floor?.commit));
  if (floors.some((floor, i) => floor < (floors[i - 1] ?? 0))) throw new Error(`floors ${floors}`);
  const makers = finished.filter(({ ended }) => runs.has(ended.plan.run));
  if (makers.length !== records.length) throw new Error(`${records.length} records of ${makers.length} publishers`);
}

/** Nobody is lost: who made no record found a newer commit there. */
function assertAccounted(records: readonly ReleaseRecord[], finished: readonly Ended[]): void {
  if (finished.length !== CROWD) throw new Error(`only ${finished.length} publishers came to an end`);
  const runs = new Set(records.map(({ run }) => run));
  for (const { run, commit, ended } of finished) {
    if (ended.end !== undefined) throw new Error(`run ${run} ended ${ended.end.outcome}: ${ended.end.error?.message}`);
    if (!['published', 'unchanged', 'healed', 'superseded'].includes(ended.outcome)) throw new Error(ended.outcome);
    const made = runs.has(ended.plan.run);
    if (!made && ended.outcome === 'published') throw new Error(`run ${run} published nothing`);
    if (!made && commit === CROWD) throw new Error('the newest commit made no record');
  }
}

/** Everything that must hold after a round. Throws with what does not. */
export async function assertOneLine(seed: number, stores: readonly Store[], finished: readonly Ended[]): Promise<void> {
  const [primary] = stores;
  const records = primary === undefined ? [] : await recordsOf(primary);
  const [truth] = records;
  if (truth === undefined) throw new Error('nobody recorded anything');
  assertGenerations(records, finished);
  assertAccounted(records, finished);
  if (numberOf(truth.floor?.commit) !== CROWD) throw new Error(`commit ${numberOf(truth.floor?.commit)} won`);
  const newest = lettersOf(seed, CROWD);
  const made = finished.find(({ commit }) => commit === CROWD);
  for (const store of stores) {
    const [last] = await recordsOf(store);
    if (last?.run !== truth.run) throw new Error(`"${store.name}" holds another newest record`);
    const held = await namesOf(store);
    for (const entry of truth.artifacts) {
      if (held.get(entry.name) !== store.names.shows(SPACE, entry))
        throw new Error(`"${entry.name}" of "${store.name}" is stale`);
      const content = made?.ended.packed.find(({ name }) => name === entry.name)?.content.digest;
      if (entry.content !== content)
        throw new Error(`"${entry.name}" is not ${newest[entry.name]}, which the newest commit has`);
    }
    await assertWhole(store);
  }
}

/**
 * One seeded run of publishers and prunes on the same stores: they publish, go back to old content, freeze and crash in any
 * order of requests. The clock goes on with every request, and jumps past the minimum age now and then.
 */
import { SlipwayError } from '../../src/errors.ts';
import type { Holding, Holdings } from '../../src/ship/holdings.ts';
import { name } from '../../src/ship/name.ts';
import { prune } from '../../src/ship/prune/prune.ts';
import type { Decided } from '../../src/ship/release.ts';
import type { Store } from '../../src/ship/store.ts';
import {
  allOf,
  assertKept,
  clockedPorts,
  lastOf,
  MIN_AGE,
  makesRecord,
  pruneOptions,
  seenBy,
  type Time,
  VERSION,
  watched,
} from './prune-world.ts';
import { randomOf, type Scheduler, scheduler } from './scheduler.ts';
import {
  ARTIFACTS,
  assertWhole,
  IMPATIENT,
  type LateStages,
  openStore,
  type Port,
  type Publisher,
  publishOnce,
} from './world.ts';

/** Milliseconds that a request takes, at least. */
const STEP = 1_000;
const LETTERS = 'abcd';

/** What a test breaks on purpose. */
export interface Mutation {
  /** Publishers do not look at claims. */
  readonly blind?: true;
}

/** Facts to assert on after a run. */
export interface SimulatedPrunes {
  readonly steps: number;
  /** What prunes deleted while others were at work. */
  readonly deleted: number;
  /** Publishers that were through while others were at work. */
  readonly finished: readonly Decided[];
}

interface World {
  readonly random: (below: number) => number;
  readonly time: Time;
  readonly ports: readonly Port[];
  readonly keep: number;
  readonly signer: Pick<Publisher, 'signer'>;
  readonly mutation: Mutation;
}

const lettersOf = (random: World['random']): Readonly<Record<string, string>> =>
  Object.fromEntries(ARTIFACTS.map((artifact) => [artifact, LETTERS[random(LETTERS.length)] ?? 'a']));

function publisherOf({ random, ports, signer }: World, run: number, commit: number): Publisher {
  const primary = ports[0]?.name ?? '';
  const stores = ports.map(openStore);
  const waiting = IMPATIENT;
  return { run, commit, letters: lettersOf(random), stores, primary, quorum: ports.length, waiting, ...signer };
}

async function publishAlone(world: World, run: number, commit: number, version?: string): Promise<void> {
  const publisher = publisherOf(world, run, commit);
  const { end } = await publishOnce({ ...publisher, ...(version === undefined ? {} : { version }) });
  if (end !== undefined) throw new Error(`Run ${run} ended ${end.outcome}: ${end.error?.message ?? ''}`);
}

async function pruneAlone({ ports, keep, time }: World, run: string): Promise<void> {
  // Nobody else is at work: of image layouts nothing else tells that a prune is dead.
  await prune({ ...pruneOptions(ports.map(openStore), { keep, run, time }), exclusive: true });
  time.now += MIN_AGE;
}

/** A store whose things go without anybody being asked. */
export function heedless(store: Store): Store {
  const carefree = (holding: Holding): Holding => ({ ...holding, remove: () => holding.remove(async () => undefined) });
  const { holdings } = store;
  const list: Holdings['list'] = async (artifacts) => (await holdings.list(artifacts)).map(carefree);
  return { ...store, holdings: { ...holdings, list } };
}

function trouble({ random }: World, turns: Scheduler, actor: string, longest: number): void {
  if (random(4) === 0)
    turns.crash(actor, { afterRequests: 1 + random(90), when: random(2) === 0 ? 'before' : 'after' });
  if (random(2) === 0) turns.freeze(actor, 1 + random(90), 50 + random(longest));
}

/** Half of the publishers sleep when everything is verified and nothing is recorded: for a whole prune, or for longer. */
function sleeper({ random }: World, turns: Scheduler, actor: string): (method: string, target: string) => void {
  let sleeps = random(2) === 0;
  return (method, target) => {
    if (sleeps && makesRecord(method, target)) {
      turns.freeze(actor, 0, 100 + random(900));
      sleeps = false;
    }
  };
}

/** Everybody at once, until nobody asks for anything any more. */
async function runTogether(world: World): Promise<SimulatedPrunes> {
  const { random, time, ports, keep, mutation } = world;
  const turns = scheduler(random);
  const naming = new Set<string>();
  const failures: unknown[] = [];
  const finished: Decided[] = [];
  let deleted = 0;
  const storesOf = (actor: string): readonly Store[] =>
    ports.map((port) =>
      openStore(
        seenBy(port, { time, before: sleeper(world, turns, actor) }, (inner) => turns.gate(actor, inner, () => false)),
      ),
    );

  for (let run = 0; run < 2 + random(2); run += 1) {
    const actor = `publisher-${run}`;
    trouble(world, turns, actor, 600);
    const show: LateStages['show'] = async (spared) => {
      naming.add(actor);
      const named = await name(spared);
      naming.delete(actor);
      return named;
    };
    const blind: Partial<LateStages> = mutation.blind ? { watch: async (decided) => decided } : {};
    const stages: Partial<LateStages> = { show, ...blind };
    const publisher = { ...publisherOf(world, run, 5 + random(4)), stores: storesOf(actor) };
    publishOnce(publisher, undefined, undefined, stages).then(
      (ended) => finished.push(ended),
      (thrown) => failures.push(thrown),
    );
  }
  for (let run = 0; run < 1 + random(3); run += 1) {
    const actor = `prune-${run}`;
    trouble(world, turns, actor, 3_000);
    prune(pruneOptions(storesOf(actor), { keep, run: actor, time })).then(
      ({ totals }) => {
        deleted += totals.deleted.items;
      },
      (thrown) => {
        // Another one is at work or took over, or a request came too late.
        const isExpected = thrown instanceof SlipwayError && ['REFUSED', 'STORE', 'AUTH'].includes(thrown.code);
        if (!isExpected) failures.push(thrown);
      },
    );
  }
  const steps = await turns.run(() => {
    time.now += STEP * (1 + random(3));
    // Age is not about a run that sleeps for a day between its look at the newest record and its write of a name.
    if (random(40) === 0) time.now += naming.size === 0 && random(2) === 0 ? MIN_AGE : MIN_AGE / 48;
  });
  if (failures.length > 0) throw failures[0];
  return { steps, deleted, finished };
}

/** Runs one seed. Throws when a name ever shows what is not whole, or when something kept is lost. */
export async function simulatePrunes(seed: number, mutation: Mutation = {}): Promise<SimulatedPrunes> {
  const random = randomOf(seed ^ 0x9121e);
  const time: Time = { now: Date.UTC(2026, 0, 1) };
  const bare = clockedPorts(random, time);
  const signer: Pick<Publisher, 'signer'> = random(2) === 0 ? { signer: 'key:a' } : {};
  const look = bare.map(openStore);
  const check = async (): Promise<void> => {
    for (const { holdings } of look) await assertWhole(holdings.afresh(), signer.signer !== undefined);
  };
  const keep = 1 + random(2);
  const world: World = { random, time, ports: bare.map((port) => watched(port, check)), keep, signer, mutation };
  for (let commit = 1; commit <= 4; commit += 1)
    await publishAlone(world, 500 + commit, commit, commit === 2 ? VERSION : undefined);
  await pruneAlone(world, 'first');
  const simulated = await runTogether(world);
  const afresh = (): readonly Store[] => look.map(({ holdings }) => holdings.afresh());
  await assertKept(afresh(), lastOf(keep));
  time.now += MIN_AGE;
  await pruneAlone(world, 'second');
  await publishAlone(world, 99, 10);
  for (const run of ['third', 'fourth', 'fifth']) await pruneAlone(world, run);
  await check();
  await assertKept(afresh(), allOf);
  return simulated;
}

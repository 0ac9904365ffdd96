/** Runs cells of the fault matrix, and says what each has to end with. */
import { isDeepStrictEqual } from 'node:util';
import type { Receipt } from '../../src/model.ts';
import type { Fault, ProxiedRequest } from '../fakes/fault-proxy.ts';
import { AFTER, BEFORE, type Letters, look, type Run, type Scene, startScene } from './faults.ts';
import { type FaultCase, isAt, type Step, titleOf } from './faults-cases.ts';
import type { Contents, StageOptions, StoreName } from './stage.ts';

/** Milliseconds: short only where the wait itself is the fault. */
const PATIENCE = { short: 1_500, probing: 8_000, long: 20_000 } as const;
const VERSION = '1.2.0';

/** What stores hold before a case, by the primary that published it. */
export type Bases = Readonly<Record<StoreName, Contents>>;

const other = (store: StoreName): StoreName => (store === 'us' ? 'eu' : 'us');

/** The store that orders releases in a case. */
export function primaryOf({ isPrimary, step }: Pick<FaultCase, 'isPrimary' | 'step'>): StoreName {
  return isPrimary ? step.store : other(step.store);
}

/** A run without anything special. */
export function runOf(run: Partial<Run> & Pick<Run, 'primary'>): Run {
  return { letters: AFTER, commit: 2, run: 2, version: VERSION, quorum: 2, patience: PATIENCE.long, ...run };
}

/** What the stores hold after the release that faults find. */
async function published(primary: StoreName): Promise<Contents> {
  const scene = await startScene();
  try {
    await scene.publish(runOf({ primary, letters: BEFORE, commit: 1, run: 1, version: '1.1.0' }));
    return scene.stage.contents();
  } finally {
    await scene.stop();
  }
}

/** Publishes the release that faults find, with each of the stores as primary. */
export async function startBases(): Promise<Bases> {
  return { us: await published('us'), eu: await published('eu') };
}

/** What a run with a fault has to end with. Absent letters: any mixture of old and new names, each of them whole. */
interface Expected {
  readonly outcome: Receipt['outcome'];
  readonly code?: string;
  /** The store with the fault. */
  readonly failed: boolean;
  readonly letters: Partial<Record<StoreName, Letters>>;
}

/** Whether the run gets over the fault: by asking again, by reading back, or by writing again what reads back wrong. */
function isOvercome({ kind, lasting, step }: FaultCase): boolean {
  if (kind.passes === 'always') return true;
  const mended = step.what === 'content read back' && ['CORRUPT', 'NOT_FOUND'].includes(kind.code);
  return !lasting && (kind.passes === 'once' || mended);
}

/** The rules of the protocol for one cell. */
export function expectedOf(one: FaultCase): Expected {
  const { step, kind, isPrimary, quorum } = one;
  const before = step.fresh === true ? {} : BEFORE;
  const both = (letters: Letters): Expected['letters'] => ({ eu: letters, us: letters });
  if (isOvercome(one)) return { outcome: 'published', failed: false, letters: both(AFTER) };
  // Without a primary, or with too few stores, nothing is recorded; and what is recorded in too few is not named.
  if (isPrimary && step.phase !== 'after')
    return { outcome: 'failed', code: kind.code, failed: true, letters: both(before) };
  if (quorum === 2 && step.phase !== 'after')
    return { outcome: 'failed', code: 'QUORUM', failed: true, letters: both(before) };
  const here = { name: undefined, 'version name': AFTER }[step.what] ?? (step.phase === 'after' ? undefined : before);
  const letters = { [other(step.store)]: AFTER, ...(here && { [step.store]: here }) };
  // What is recorded is rolled forward, and said to be in too few stores.
  return quorum === 2
    ? { outcome: 'failed', code: 'QUORUM', failed: true, letters }
    : { outcome: 'published', failed: true, letters };
}

/** Where a receipt is not what it has to be. */
function differences(one: FaultCase, receipt: Receipt): readonly string[] {
  const expected = expectedOf(one);
  const site = receipt.stores[one.step.store];
  const elsewhere = receipt.stores[other(one.step.store)];
  const facts: readonly (readonly [string, unknown, unknown])[] = [
    ['outcome', receipt.outcome, expected.outcome],
    ['error code', receipt.error?.code, expected.code],
    ['state', site?.state, expected.failed ? 'failed' : 'current'],
    ['store error', site?.error?.code, expected.failed ? one.kind.code : undefined],
    [
      'store error in a message of its own',
      site?.error?.message.startsWith(`Store "${one.step.store}": `),
      expected.failed || undefined,
    ],
    ['hint', (site?.error?.hint ?? '') !== '', expected.failed],
    ['state of the other store', elsewhere?.state, 'current'],
  ];
  return facts
    .filter(([, is, should]) => is !== should)
    .map(([what, is, should]) => `${what} is ${String(is)}, not ${String(should)}`);
}

/** Fails a step's first request, or all of them. */
function choosing(step: Step, lasting: boolean, fault: Fault): (request: ProxiedRequest) => Fault | undefined {
  let hits = 0;
  return (request) => {
    if (!isAt(step, request)) return undefined;
    hits += 1;
    if (hits > 1 && !lasting) return undefined;
    return lasting && fault.kind === 'down' ? { kind: 'down' } : fault;
  };
}

/** Everything below digests, names and versions that a run leaves, records and proofs apart. */
function lasting(contents: Contents): readonly string[] {
  const inBucket = [...contents.objects]
    .filter(([key]) => !/^gitops\/(?:releases|proofs|slipway\.json|probes)/.test(key))
    .map(([key, { etag }]) => `us ${key} ${etag}`);
  const inRegistry = [...contents.repositories]
    .filter(([name]) => name !== 'fleet/releases')
    .flatMap(([name, { tags }]) => [...tags].map(([tag, digest]) => `eu ${name}:${tag} ${digest}`))
    .filter((line) => !/:sha256-/.test(line));
  return [...inBucket, ...inRegistry].sort();
}

const startOf = (one: FaultCase, bases: Bases): Pick<StageOptions, 'from' | 'fresh'> =>
  one.step.fresh === true ? { fresh: true } : { from: bases[primaryOf(one)] };

/** What a run without fault leaves. */
async function cleanState(one: FaultCase, bases: Bases): Promise<readonly string[]> {
  const scene = await startScene(startOf(one, bases));
  try {
    await scene.publish(runOf({ primary: primaryOf(one) }));
    return lasting(scene.stage.live);
  } finally {
    await scene.stop();
  }
}

function assertLetters(seen: Readonly<Record<StoreName, Letters>>, expected: Expected['letters']): void {
  for (const store of ['eu', 'us'] as const) {
    const letters = expected[store];
    if (letters !== undefined && !isDeepStrictEqual(seen[store], letters))
      throw new Error(`${store} shows ${JSON.stringify(seen[store])}, not ${JSON.stringify(letters)}`);
  }
}

/** Runs once more with everything in order: the state is that of a run without a fault. */
async function assertConverges(scene: Scene, one: FaultCase, clean: readonly string[]): Promise<void> {
  const { step } = one;
  scene.proxies[step.store].choose(() => undefined);
  await scene.proxies[step.store].up();
  // A version that was claimed while the bucket was away has proofs of its views nowhere: the hint says to take the next.
  const isNext = step.store === 'us' && expectedOf(one).outcome === 'published' && step.phase === 'before';
  const run = { primary: primaryOf(one), run: 3, ...(isNext && { version: '1.3.0' }) };
  const { outcome, error, stores } = await scene.publish(runOf(run));
  const states = Object.values(stores).map(({ state }) => state);
  if (!['published', 'healed', 'unchanged'].includes(outcome) || states.some((state) => state !== 'current'))
    throw new Error(`the next run ended ${outcome} ${states}: ${error?.message}`);
  assertLetters(await look(scene.stage.live), { eu: AFTER, us: AFTER });
  const left = lasting(scene.stage.live).filter((line) => !/1\.[23]\.0/.test(line));
  const wanted = clean.filter((line) => !/1\.[23]\.0/.test(line));
  if (!isDeepStrictEqual(left, wanted)) throw new Error(`left ${left.filter((line) => !wanted.includes(line))}`);
}

async function tryCase(scene: Scene, one: FaultCase, clean: readonly string[]): Promise<void> {
  const { step, kind, quorum } = one;
  scene.proxies[step.store].choose(choosing(step, one.lasting, kind.fault));
  const short = step.fresh === true ? PATIENCE.probing : PATIENCE.short;
  const patience = kind.fault.kind === 'hang' ? short : PATIENCE.long;
  const receipt = await scene.publish(runOf({ primary: primaryOf(one), quorum, patience }));
  const wrong = differences(one, receipt);
  if (wrong.length > 0) throw new Error(`${wrong.join('; ')}: ${receipt.error?.message ?? ''}`);
  assertLetters(await look(scene.stage.live), expectedOf(one).letters);
  await assertConverges(scene, one, clean);
}

/** Runs one cell. Throws, with its title in front, what does not hold. */
export async function runCase(
  one: FaultCase,
  bases: Bases,
  clean: (one: FaultCase) => Promise<readonly string[]>,
): Promise<void> {
  const scene = await startScene(startOf(one, bases));
  try {
    await tryCase(scene, one, await clean(one));
  } catch (cause) {
    throw new Error(`${titleOf(one)}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  } finally {
    await scene.stop();
  }
}

/** What a run without fault leaves, found out once for each kind of case. */
export function cleanStates(bases: Bases): (one: FaultCase) => Promise<readonly string[]> {
  const known = new Map<string, Promise<readonly string[]>>();
  return (one) => {
    const key = `${primaryOf(one)} ${one.step.fresh}`;
    const state = known.get(key) ?? cleanState(one, bases);
    known.set(key, state);
    return state;
  };
}

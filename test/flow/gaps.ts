/** A publisher and readers of one bucket, request by request in a seeded order. */
import { memoryObjects } from '../../src/ship/memory.ts';
import type { Objects } from '../../src/ship/ports.ts';
import { type GapLayout, LETTERS, type Seen } from './gaps-layouts.ts';
import { type BucketReader, bucketReader } from './gaps-reader.ts';
import { randomOf, scheduler } from './scheduler.ts';
import { planOf, publishOnce } from './world.ts';

const RELEASES = 4;
const ARTIFACTS = ['east', 'west', 'north'] as const;

/** What one release lists, by artifact. */
type Letters = Readonly<Record<string, string>>;

/** Releases that change, add (`north`), remove (`west`) and revert artifacts. */
export function releasesOf(seed: number): readonly Letters[] {
  const random = randomOf(seed);
  const letter = (): string => LETTERS[random(LETTERS.length)] ?? 'a';
  const added = 1 + random(RELEASES - 1);
  const removed = 2 + random(RELEASES - 1);
  const releases: Letters[] = [];
  for (let i = 0; i < RELEASES; i += 1) {
    const before = releases[i - 1] ?? {};
    const reverted = i > 1 && random(3) === 0 ? releases[i - 2] : undefined;
    const listed = ARTIFACTS.filter((name) => (name !== 'north' || i >= added) && (name !== 'west' || i < removed));
    const next = listed.map((name) => [
      name,
      reverted?.[name] ?? (random(4) === 0 ? before[name] : undefined) ?? letter(),
    ]);
    releases.push(Object.fromEntries(next) as Letters);
  }
  return releases;
}

/** What a name may show after each release, the state before the first one in front. What is removed stays as it was. */
function historyOf(releases: readonly Letters[], artifact: string): readonly (string | undefined)[] {
  const states: (string | undefined)[] = [undefined];
  for (const letters of releases) states.push(letters[artifact] ?? states.at(-1));
  return states;
}

/** How far the publisher has come: releases that it began, and those that it ended. */
interface Clock {
  begun: number;
  ended: number;
  /** Called when a release begins. */
  readonly onBegin?: () => void;
}

/** Checks each look at one artifact: never older than the look before, never what no release began. */
function watcher(history: readonly (string | undefined)[], clock: Clock): (look: () => Promise<Seen>) => Promise<Seen> {
  let at = 0;
  return async (look) => {
    const oldest = Math.max(at, clock.ended);
    const seen = await look();
    if (seen.kind === 'failed') return seen;
    const letter = seen.kind === 'shown' ? seen.letter : undefined;
    const found = history.findIndex((state, i) => i >= oldest && i <= clock.begun && state === letter);
    if (found < 0) throw new Error(`saw ${letter} at release ${clock.begun}, after ${oldest} of ${history}`);
    at = found;
    return seen;
  };
}

/** One publisher that makes the releases, one after the other. */
async function publishAll(
  layout: GapLayout,
  objects: Objects,
  releases: readonly Letters[],
  clock: Clock,
): Promise<void> {
  for (const [i, letters] of releases.entries()) {
    clock.begun = i + 1;
    clock.onBegin?.();
    const store = layout.store(objects);
    const publisher = {
      run: i,
      commit: i + 1,
      letters,
      stores: [store],
      primary: store.name,
      quorum: 1,
      signer: 'key:a',
    };
    const artifacts = Object.entries(letters).map(([name, letter]) => layout.packed(name, letter));
    const ended = await publishOnce(publisher, { ...planOf(publisher), listed: Object.keys(letters) }, artifacts);
    if (ended.end !== undefined) throw ended.end.error ?? new Error(ended.end.outcome);
    clock.ended = i + 1;
  }
}

/** Facts to assert on after runs. */
export interface Gaps {
  readonly requests: number;
  /** Looks that ended with an artifact. */
  shown: number;
  /** Different letters that readers saw after one another, so that they did look while releases changed. */
  switches: number;
}

/** One seed: requests of the publisher and of one reader per artifact in a random order. Throws what a reader sees torn. */
export async function interleave(layout: GapLayout, seed: number): Promise<Gaps> {
  const random = randomOf(seed ^ 0x6a95);
  const turns = scheduler(random);
  const objects = memoryObjects();
  const releases = releasesOf(seed);
  let asked = 0;
  const counted = (): boolean => {
    asked += 1;
    return false;
  };
  // The publisher falls asleep once in each release, for as long as several looks take: what shows then is seen.
  const onBegin = (): void => turns.freeze('publisher', asked + 1 + random(50), 30 + random(60));
  const clock: Clock = { begun: 0, ended: 0, onBegin };
  const tally = { shown: 0, switches: 0 };
  const failures: unknown[] = [];
  let done = false;
  const up = (): boolean => false;
  publishAll(layout, turns.gate('publisher', objects, counted), releases, clock)
    .catch((thrown: unknown) => failures.push(thrown))
    .finally(() => {
      done = true;
    });
  for (const artifact of ARTIFACTS) {
    // Some fall asleep in the middle of a look, for about as long as a release takes.
    if (random(2) === 0) turns.freeze(`reader of ${artifact}`, 1 + random(120), 50 + random(300));
    const reader = bucketReader(turns.gate(`reader of ${artifact}`, objects, up));
    const look = watcher(historyOf(releases, artifact), clock);
    keepLooking(() => look(() => layout.look(reader, artifact)), { isDone: () => done, tally }).catch(
      (thrown: unknown) => failures.push(thrown),
    );
  }
  const requests = await turns.run();
  if (failures.length > 0) throw failures[0];
  return { requests, ...tally };
}

interface Looking {
  readonly isDone: () => boolean;
  readonly tally: Pick<Gaps, 'shown' | 'switches'>;
}

/** Looks again and again, and once more after the publisher is through. */
async function keepLooking(look: () => Promise<Seen>, { isDone, tally }: Looking): Promise<void> {
  let before: string | undefined;
  for (let last = false; !last; ) {
    last = isDone();
    const seen = await look();
    if (seen.kind === 'failed' && last) throw new Error('the last look failed, with nobody writing');
    if (seen.kind !== 'shown') continue;
    tally.shown += 1;
    if (before !== undefined && before !== seen.letter) tally.switches += 1;
    before = seen.letter;
  }
}

/** A whole look at every artifact before each request of the publisher and after the last. Answers how many gaps there were. */
export async function lookInEveryGap(layout: GapLayout, seed: number): Promise<number> {
  const objects = memoryObjects();
  const releases = releasesOf(seed);
  const clock: Clock = { begun: 0, ended: 0 };
  const reader: BucketReader = bucketReader(objects);
  const watchers = ARTIFACTS.map((artifact) => {
    const look = watcher(historyOf(releases, artifact), clock);
    return () => look(() => layout.look(reader, artifact));
  });
  let gaps = 0;
  let turn = Promise.resolve();
  const inGap = async (): Promise<void> => {
    gaps += 1;
    for (const look of watchers) await look();
  };
  /** One request of the publisher at a time, so that nothing changes under the look. */
  const guarded =
    (method: (...args: never[]) => unknown) =>
    (...args: never[]): Promise<unknown> => {
      const asked = turn.then(inGap).then(() => method(...args));
      turn = asked.then(
        () => undefined,
        () => undefined,
      );
      return asked;
    };
  const port = Object.fromEntries(Object.entries(objects).map(([name, method]) => [name, guarded(method)])) as unknown;
  await publishAll(layout, port as Objects, releases, clock);
  await inGap();
  return gaps;
}

/** Tries create-only writes (`If-None-Match: *`): one after another, then by many at once. */
import { asSlipwayError, SlipwayError } from '../../../errors.ts';
import type { PutResult } from '../../ports.ts';
import type { CreateClass } from './classes.ts';
import {
  bodyOf,
  CREATE,
  corrupt,
  everyRace,
  failureIn,
  JSON_TYPE,
  type Probe,
  type Race,
  raceKeys,
  same,
} from './scratch.ts';

/**
 * 128 writes, 32 at once, which is what the client has connections for. Whether a race shows is decided when the first
 * writer of a key comes, so many keys show more than many writers (versitygw 1.7.0 on loopback: caught by 32 writers on
 * one key in 13 of 40 probes of two races, by 16 on 2 in 34, by 4 on 8 in 40). The first race, which also warms the
 * connections up, is for stores that only break in a crowd.
 */
export const RACES: readonly Race[] = [
  { keys: 2, writers: 16 },
  { keys: 8, writers: 4 },
  { keys: 8, writers: 4 },
  { keys: 8, writers: 4 },
];

/** The class of a store's creates. Throws what the store throws, and `CORRUPT` for bytes that are not those written. */
export async function createsOf(probe: Probe): Promise<CreateClass> {
  return (await oneAfterAnother(probe)) ?? (await manyAtOnce(probe));
}

/** The class, unless everything is right so far. */
async function oneAfterAnother(probe: Probe): Promise<CreateClass | undefined> {
  const { objects, home } = probe;
  const key = `${home}create`;
  const [first, second] = [bodyOf(probe, 'first'), bodyOf(probe, 'second')];
  const opened = await createOrRefused(probe, key, first);
  const before = opened === 'refused' ? undefined : await objects.get(key);
  // Also where the condition is inverted: "exists", and nothing is there.
  if (opened === 'refused' || (opened === 'exists' && before === undefined)) return 'unsupported';
  if (before === undefined || !same(before.bytes, first)) throw corrupt(key);
  const again = await createOrRefused(probe, key, second);
  if (again === 'refused') return 'unsupported';
  const after = await objects.get(key);
  if (after === undefined || !(same(after.bytes, first) || same(after.bytes, second))) throw corrupt(key);
  return again === 'created' || same(after.bytes, second) ? 'ignored' : undefined;
}

/**
 * `refused` when it is the condition that the store does not take. The wire throws `STORE` for 501 and 400, and for a
 * store that fails as well: it was the condition if a write without it passes and the same one with it fails again.
 */
async function createOrRefused(
  { objects, home }: Probe,
  key: string,
  bytes: Uint8Array,
): Promise<PutResult['outcome'] | 'refused'> {
  const create = async (): Promise<PutResult['outcome'] | SlipwayError> =>
    objects.put(key, bytes, CREATE).then(({ outcome }) => outcome, asSlipwayError);
  const answer = await create();
  if (!(answer instanceof SlipwayError)) return answer;
  if (answer.code !== 'STORE') throw answer;
  await objects.put(`${home}plain`, bytes, JSON_TYPE);
  const again = await create();
  if (again instanceof SlipwayError && again.code === 'STORE') return 'refused';
  throw answer;
}

async function manyAtOnce(probe: Probe): Promise<'atomic' | 'racy'> {
  for (const [round, race] of RACES.entries()) {
    const races = raceKeys(probe, round, race).map((key) => hasOneWinner(probe, key, race.writers));
    if (!(await everyRace(races))) return 'racy';
  }
  return 'atomic';
}

/**
 * Whether one write, whole, is all that took effect. None may say so: a lost answer makes the winner's second attempt an
 * `exists`, and a failed request may have been the winner. Two may not, and whoever says so must be who is found.
 */
async function hasOneWinner(probe: Probe, key: string, writers: number): Promise<boolean> {
  const bodies = Array.from({ length: writers }, (_, writer) => bodyOf(probe, `writer ${writer}`));
  const answers = await Promise.all(
    bodies.map((bytes) => probe.objects.put(key, bytes, CREATE).then(({ outcome }) => outcome, asSlipwayError)),
  );
  const winners = bodies.filter((_, writer) => answers[writer] === 'created');
  if (winners.length > 1) return false;
  const failure = failureIn(answers);
  const found = await probe.objects.get(key);
  // The others may have been told of a writer under way that came to nothing.
  if (found === undefined && winners.length === 0 && failure !== undefined) throw failure;
  return (winners.length === 1 ? winners : bodies).some((bytes) => found !== undefined && same(bytes, found.bytes));
}

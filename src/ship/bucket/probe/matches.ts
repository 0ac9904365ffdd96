/** Tries writes over a given ETag (`If-Match`): one after another, then by many at once. */
import { asSlipwayError, SlipwayError } from '../../../errors.ts';
import { bodyOf, everyRace, failureIn, JSON_TYPE, type Probe, type Race, raceKeys, same } from './scratch.ts';

/** 64 writes, 32 at once, over keys that the races of creates have left. */
export const MATCH_RACES: readonly Race[] = [
  { keys: 2, writers: 16 },
  { keys: 8, writers: 4 },
];

/**
 * Whether of writers over the same ETag exactly one wins. In doubt it is `none`, which costs nothing but the condition.
 * Only after creates were found atomic, because the races need their keys. Throws what the store throws, but for refusals.
 */
export async function matchesOf(probe: Probe): Promise<'atomic' | 'none'> {
  if (!(await oneAfterAnother(probe))) return 'none';
  for (const [round, race] of MATCH_RACES.entries()) {
    const races = raceKeys(probe, round, race).map((key) => hasOneWinner(probe, key, race.writers));
    if (!(await everyRace(races))) return 'none';
  }
  return 'atomic';
}

type Answer = 'replaced' | 'changed' | SlipwayError;

const replace = ({ objects }: Probe, key: string, bytes: Uint8Array, etag: string): Promise<Answer> =>
  objects.replace(key, bytes, etag, JSON_TYPE).catch(asSlipwayError);

/** The right ETag replaces; an old one, and one of an object that is not there, change nothing and say so. */
async function oneAfterAnother(probe: Probe): Promise<boolean> {
  const { objects, home } = probe;
  const [key, absent] = [`${home}match`, `${home}absent`];
  const [first, second, third] = [bodyOf(probe, 'first'), bodyOf(probe, 'second'), bodyOf(probe, 'third')];
  const holds = async (bytes: Uint8Array): Promise<boolean> => {
    const found = await objects.get(key);
    return found !== undefined && same(found.bytes, bytes);
  };
  await objects.put(key, first, JSON_TYPE);
  const etag = (await objects.get(key))?.etag ?? '';
  // A lost answer makes our own write a "changed"; the bytes tell, and for the same reason nothing else is asked of it.
  if (!takes(await replace(probe, key, second, etag)) || !(await holds(second))) return false;
  if ((await replace(probe, key, third, etag)) !== 'changed' || !(await holds(second))) return false;
  return (await replace(probe, absent, third, etag)) === 'changed' && (await objects.get(absent)) === undefined;
}

/** Whether the store knows the condition. Throws what says nothing about it. */
function takes(answer: Answer): boolean {
  if (!(answer instanceof SlipwayError)) return true;
  if (answer.code === 'STORE') return false;
  throw answer;
}

/** Whether one write over the ETag, whole, is all that took effect; none may say so, as with creates. */
async function hasOneWinner(probe: Probe, key: string, writers: number): Promise<boolean> {
  const { objects } = probe;
  const before = await objects.get(key);
  if (before === undefined) return false;
  const bodies = Array.from({ length: writers }, (_, writer) => bodyOf(probe, `match ${writer}`));
  const answers = await Promise.all(bodies.map((bytes) => replace(probe, key, bytes, before.etag)));
  const winners = bodies.filter((_, writer) => answers[writer] === 'replaced');
  if (winners.length > 1) return false;
  failureIn(answers);
  const found = await objects.get(key);
  return (winners.length === 1 ? winners : bodies).some((bytes) => found !== undefined && same(bytes, found.bytes));
}

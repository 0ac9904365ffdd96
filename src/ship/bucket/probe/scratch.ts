/** What the parts of a probe share: its keys and bytes, and what answers mean. */
import { asSlipwayError, type Code, SlipwayError } from '../../../errors.ts';
import type { Objects } from '../../ports.ts';

/** Writers at once on each of several new keys, all of them at the same time. */
export interface Race {
  readonly keys: number;
  readonly writers: number;
}

/** One probe. */
export interface ProbeOptions {
  /** Random and new for each probe (hex), because every key of a probe must be one that never was. */
  readonly run: string;
  /** RFC 3339 in UTC. */
  readonly at: string;
}

/** A probe under way. */
export interface Probe {
  readonly objects: Objects;
  /** `probes/<run>/` */
  readonly home: string;
  readonly options: ProbeOptions;
}

/** How a probe writes. */
export const JSON_TYPE = { contentType: 'application/json' } as const;
/** How a probe creates. */
export const CREATE = { contentType: 'application/json', create: true } as const;
/** A store that is asked much at once may fail some of it; that says nothing about its conditions. */
const HICCUPS: ReadonlySet<Code> = new Set(['STORE', 'RATE_LIMITED', 'NETWORK']);

/**
 * The first failure among the answers of a race; undefined when there is none. Throws one that is no hiccup, and where most
 * writers failed: then nothing was learnt.
 */
export function failureIn(answers: readonly unknown[]): SlipwayError | undefined {
  const failures = answers.filter((answer) => answer instanceof SlipwayError);
  const fatal = failures.find(({ code }) => !HICCUPS.has(code));
  const [failure] = failures;
  if (fatal !== undefined) throw fatal;
  if (failure !== undefined && failures.length * 2 > answers.length) throw failure;
  return failure;
}

/** Runs the races of one round, all at the same time. A race that was lost is proof whatever became of the others. */
export async function everyRace(races: readonly Promise<boolean>[]): Promise<boolean> {
  const raced = await Promise.allSettled(races);
  if (raced.some((race) => race.status === 'fulfilled' && !race.value)) return false;
  for (const race of raced) if (race.status === 'rejected') throw asSlipwayError(race.reason);
  return true;
}

/** The keys of a round of races. */
export const raceKeys = ({ home }: Probe, round: number, { keys }: Race): readonly string[] =>
  Array.from({ length: keys }, (_, key) => `${home}race-${round + 1}-${key + 1}`);

/** Bytes of a probe that say what they are. */
export function bodyOf({ options }: Probe, what: string): Uint8Array {
  return Buffer.from(`${JSON.stringify({ probe: options.run, at: options.at, what })}\n`);
}

/** Whether bytes are equal. */
export function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

/** For bytes that do not read back as written. */
export function corrupt(key: string): SlipwayError {
  const hint = 'the store, or a proxy before it, changes what it is given: do not publish to it';
  return new SlipwayError('CORRUPT', `Cannot trust this store: "${key}" does not read back as written`, { hint });
}

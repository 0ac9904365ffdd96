/** Waiting between waves. Time is somebody else's: nothing here looks at a clock or a timer of its own. */
import { setTimeout as sleep } from 'node:timers/promises';
import { SlipwayError } from '../errors.ts';

/** Where time comes from. */
export interface Time {
  readonly now: () => Date;
  /** Waits that many milliseconds; ends early when the signal fires. */
  readonly pause: (milliseconds: number, signal: AbortSignal | undefined) => Promise<void>;
}

/** Pauses by the timers of this process. */
export const pause: Time['pause'] = async (milliseconds, signal) => {
  // What is interrupted is told by the signal.
  await sleep(milliseconds, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
};

/** What is soaked, and how that is told. */
export interface SoakOptions {
  /** Name of the wave. */
  readonly wave: string;
  /** When it went live. */
  readonly since: Date;
  /** How long it has to be live. */
  readonly seconds: number;
  readonly time: Time;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds between two tellings. */
  readonly every: number;
  /** `left` in seconds. */
  readonly left: (wave: string, left: number) => void;
  readonly note: (text: string) => void;
  /** What to do after an interruption, as an instruction. */
  readonly goOn: string;
}

/** Clocks of two runners are never the same; beyond that something is wrong with one of them. In milliseconds. */
const TOLERATED = 60_000;

const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
  ['s', 1],
] as const;

/** Seconds as people say them, in two units at most: `1h 30m`, `45s`. Parts of a second count whole. */
export function timeText(seconds: number): string {
  let rest = Math.ceil(seconds);
  const parts: string[] = [];
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count}${unit}`);
    else if (parts.length > 0) break;
  }
  return parts.slice(0, 2).join(' ') || '0s';
}

/** Milliseconds that are left now: never more than the whole, whatever the clocks say. */
export function soakLeft({ since, seconds, time }: Pick<SoakOptions, 'since' | 'seconds' | 'time'>): number {
  const whole = seconds * 1000;
  return Math.min(whole, Math.max(0, since.getTime() + whole - time.now().getTime()));
}

const interrupted = ({ wave, goOn }: SoakOptions, left: number): SlipwayError =>
  new SlipwayError('INTERRUPTED', `Interrupted while wave "${wave}" soaks: ${timeText(left / 1000)} left`, {
    hint: goOn,
  });

/** Tells where the clock made a leap during a pause. */
function tellLeap(leap: number, { note }: SoakOptions): void {
  if (Math.abs(leap) <= TOLERATED) return;
  const far = timeText(Math.abs(leap) / 1000);
  note(leap > 0 ? `The clock went ${far} ahead of the time that was waited` : `The clock went ${far} back`);
}

/**
 * Waits until a wave was live for long enough by the clock of this run, and answers the seconds that it waited: never more than
 * the whole soak, also where a record is from the future or the clock is set back. Throws `INTERRUPTED` as soon as the signal fires.
 */
export async function soak(options: SoakOptions): Promise<number> {
  const { wave, since, seconds, time, signal, every, left: tell, note } = options;
  const whole = seconds * 1000;
  const early = since.getTime() - time.now().getTime();
  if (early > TOLERATED && seconds > 0)
    note(`Wave "${wave}" went live ${timeText(early / 1000)} from now by its record: a clock is wrong`);
  let waited = 0;
  let left = soakLeft(options);
  while (left > 0) {
    if (signal?.aborted) throw interrupted(options, left);
    tell(wave, left / 1000);
    const span = Math.min(left, every);
    const before = time.now().getTime();
    await time.pause(span, signal);
    if (signal?.aborted) throw interrupted(options, left);
    tellLeap(time.now().getTime() - before - span, options);
    waited += span;
    left = Math.min(soakLeft(options), whole - waited);
  }
  return waited / 1000;
}

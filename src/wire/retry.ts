/** Tries again what may be tried again: few attempts, growing jittered waits, the server's own wish first. */
import { setTimeout as timer } from 'node:timers/promises';
import { type SlipwayError, throwIfInterrupted } from '../errors.ts';

/** How one attempt ended: with a value, or with an error that another attempt may not meet. `silent`: nothing came for long. */
export type Tried<T> =
  | { readonly done: true; readonly value: T }
  | { readonly done: false; readonly error: SlipwayError; readonly afterSeconds?: number; readonly silent?: boolean };

/** How patiently to retry. Times are in seconds. */
export interface Pace {
  /** All attempts, the first one included. */
  readonly attempts: number;
  /** The wait before the second attempt; it doubles from there. */
  readonly firstWaitSeconds: number;
  /** The waits of one request together never exceed this. */
  readonly totalWaitSeconds: number;
  readonly sleep: (seconds: number, signal: AbortSignal | undefined) => Promise<void>;
  /** 0 (inclusive) to 1 (exclusive). */
  readonly random: () => number;
}

/** A server that hangs keeps others waiting: what it did not answer is tried once more. */
const SILENCES = 2;

/** Five attempts within a minute. */
export const patient: Pace = {
  attempts: 5,
  firstWaitSeconds: 0.5,
  totalWaitSeconds: 60,
  sleep: async (seconds, signal) => {
    await timer(seconds * 1000, undefined, signal === undefined ? {} : { signal });
  },
  random: Math.random,
};

/**
 * Runs `attempt` until it is done, throws, or the pace is used up; then throws the last attempt's error. A wait asked for
 * by the server that does not fit into the total ends it at once, and so does the second silence. Throws `INTERRUPTED` when `signal` fires.
 */
export async function retrying<T>(
  attempt: () => Promise<Tried<T>>,
  { pace, signal }: { readonly pace: Pace; readonly signal?: AbortSignal | undefined },
): Promise<T> {
  let waited = 0;
  let silences = 0;
  for (let count = 1; ; count++) {
    throwIfInterrupted(signal);
    const tried = await attempt();
    if (tried.done) return tried.value;
    const wait = tried.afterSeconds ?? backoffSeconds(pace, count);
    if (tried.silent) silences += 1;
    if (count >= pace.attempts || silences >= SILENCES || waited + wait > pace.totalWaitSeconds) throw tried.error;
    waited += wait;
    await pause(wait, pace, signal);
  }
}

async function pause(seconds: number, pace: Pace, signal: AbortSignal | undefined): Promise<void> {
  try {
    await pace.sleep(seconds, signal);
  } catch (error) {
    throwIfInterrupted(signal);
    throw error;
  }
}

// Between half and the whole of the doubled wait: clients that failed together do not come back together.
function backoffSeconds(pace: Pace, count: number): number {
  return pace.firstWaitSeconds * 2 ** (count - 1) * (0.5 + pace.random() / 2);
}

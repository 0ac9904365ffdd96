/** Requests that nobody answers, and stores that leave them so. */
import type { Meter } from '../ship/ports.ts';
import { type Hearing, hearing } from './hearing.ts';

/** A store of one run has one meter, by which all of its clients know it. */
const hearings = new WeakMap<Meter, Hearing>();

/** What is known of the store of this meter. */
export function hearingOf(meter: Meter): Hearing {
  const known = hearings.get(meter) ?? hearing(isSilence);
  hearings.set(meter, known);
  return known;
}

/** Name of their errors. The SDK repeats what is called a timeout, by its name or its cause. */
export const SILENCE = 'Silence';

/** Whether no byte came in time: no connection, no answer, or half of one. Broken connections have the code of a system error. */
export function isSilence(thrown: unknown): thrown is Error {
  if (!(thrown instanceof Error)) return false;
  const code: unknown = Reflect.get(thrown, 'code');
  return thrown.name === SILENCE || (thrown.name === 'TimeoutError' && (code === undefined || code === 'ETIMEDOUT'));
}

/** The same error under a name that the SDK does not repeat, without what its message says of the SDK. */
export function silenceOf({ message }: Error): Error {
  const bare = message.replace(/^@smithy\/\S+ - /, '').replace(/ \(configured by [^)]*\)\.?$/, '');
  return Object.assign(new Error(bare), { name: SILENCE });
}

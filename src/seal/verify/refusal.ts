/** The refusals of this folder. Inside they are bare reasons; the doors put them behind what could not be trusted. */
import { SlipwayError } from '../../errors.ts';
import type { Digest } from '../../model.ts';

/** What a proof has to speak of. */
export interface Expected {
  /** The artifact's name. Where it is given, a statement that names its subjects has to list the digest under it. */
  readonly name?: string;
  /** The manifest's digest, or a file's. */
  readonly digest: Digest;
  /** The bytes behind the digest: needed where they were signed themselves (`cosign sign-blob`) and not a statement. */
  readonly content?: Uint8Array;
}

/** A value between quotes, short enough for a message and in one line. */
export function quoted(value: string): string {
  const shown = JSON.stringify(value);
  return shown.length <= 300 ? shown : `${shown.slice(0, 299)}…"`;
}

/** Why a proof is not believed: the second half of a message, and what to do. */
export function refusal(reason: string, hint: string, cause?: unknown): SlipwayError {
  return new SlipwayError('UNTRUSTED', reason, { hint, cause });
}

/** A proof of one artifact where another is expected. */
export function anotherName(signed: string, expected: string): SlipwayError {
  const hint =
    'another artifact is served in its place: look who wrote to the store, or name the artifact that you expect (--artifact)';
  return refusal(`it was signed as ${quoted(signed)}, not as ${quoted(expected)}`, hint);
}

/** How messages call what is expected. */
export function titleOf({ name, digest }: Expected): string {
  return name === undefined ? `"${digest}"` : `"${name}" (${digest})`;
}

/** Runs a verification; a bare `UNTRUSTED` reason becomes a whole message about what is expected. */
export function about<T>(expected: Expected, verify: () => T): T {
  try {
    return verify();
  } catch (thrown) {
    if (!(thrown instanceof SlipwayError) || thrown.code !== 'UNTRUSTED') throw thrown;
    const { hint, cause } = thrown;
    const state = thrown.message.charAt(0).toLowerCase() + thrown.message.slice(1);
    throw new SlipwayError('UNTRUSTED', `Cannot trust the proof of ${titleOf(expected)}: ${state}`, { hint, cause });
  }
}

/** A rule that is broken, in one artifact. */
import type { ObjectName, Refusal } from '../../model.ts';

/** What trips a rule. Those with the same `what` become one refusal. */
export interface Trip {
  readonly rule: Refusal['rule'];
  /** Undefined for the release as a whole. */
  readonly artifact?: string;
  readonly object?: ObjectName;
  /** What is refused, without where: parts of the phrase. */
  readonly what: readonly string[];
  /** What happens, where it happens in one artifact: a sentence. */
  readonly one: string;
  /** What happens, where it happens in several: `in 12 artifacts` follows. */
  readonly many: string;
}

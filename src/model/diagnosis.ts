/** What `slipway doctor` finds out about stores. */

/** `problem`: publishing will fail, or promises would not hold. `warning`: it works, and something is worth knowing. */
export type HealthLevel = 'ok' | 'warning' | 'problem';

/** What was looked at. */
export type HealthCheck =
  | 'reach'
  | 'bucket'
  | 'clock'
  | 'marker'
  | 'rights'
  | 'probe'
  | 'creates'
  | 'matches'
  | 'etags'
  | 'reads'
  | 'listing'
  | 'referrers'
  | 'sourceignore'
  | 'prune'
  | 'channel';

/** One thing that was looked at, in a sentence without a full stop. */
export interface HealthLine {
  readonly check: HealthCheck;
  readonly level: HealthLevel;
  readonly text: string;
  /** What to do about it. */
  readonly hint?: string;
}

/** `unsafe`: it could be published to as soon as the store's `accept-unsafe` is set. */
export type StoreVerdict = 'usable' | 'unsafe' | 'unusable';

/** What was found of one store. */
export interface StoreHealth {
  readonly name: string;
  /** Never holds a credential. */
  readonly url: string;
  readonly verdict: StoreVerdict;
  readonly checks: readonly HealthLine[];
}

/** What `slipway doctor` answers. */
export interface Diagnosis {
  readonly schema: 1;
  /** The worst of the stores. */
  readonly verdict: StoreVerdict;
  readonly stores: readonly StoreHealth[];
}

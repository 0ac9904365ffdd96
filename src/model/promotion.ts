/** What a promotion in waves tells: a receipt for each wave, how long it was live, and what its gate said. */
import type { Digest } from './artifact.ts';
import type { Failure, Outcome, Receipt } from './receipt.ts';
import type { GateAnswer, Taken, WaveStep } from './record.ts';

/** How long a wave was live before the next one. */
export interface Soak {
  /** What the config asks for, in seconds. */
  readonly seconds: number;
  /** `at` of the record that brought the last of the wave, ISO 8601 in UTC. */
  readonly since: string;
  /** Seconds that this run waited. */
  readonly waited: number;
}

/** One wave of a promotion. */
export interface WaveReceipt extends WaveStep {
  /** Names, sorted. */
  readonly artifacts: readonly string[];
  /** Absent for a wave that this run only looked at. */
  readonly receipt?: Receipt;
  /** Absent where nothing had to be waited for yet. */
  readonly soak?: Soak;
  /** What its gate answered, where it was asked. */
  readonly gate?: GateAnswer;
}

/** What `slipway promote` prints for a channel with waves. Its JSON schema is shipped as `schema/promotion.json`. */
export interface Promotion {
  readonly schema: 1;
  readonly outcome: Outcome;
  readonly project: string;
  readonly channel: string;
  readonly from: Taken;
  readonly waves: readonly WaveReceipt[];
  /** What is worth knowing though it kept nothing from going on. */
  readonly notes: readonly string[];
  readonly error?: Failure;
}

/** What the gate of a wave is asked: whether the next wave may begin. */
export interface WaveQuestion {
  readonly schema: 1;
  readonly kind: 'wave';
  readonly project: string;
  readonly channel: string;
  readonly from: Taken;
  readonly wave: WaveStep;
  /** The generation that brought the last of the wave, and its time, ISO 8601 in UTC. */
  readonly generation: number;
  readonly at: string;
  /** Seconds since then. */
  readonly soaked: number;
  /** What the wave brought, in the order of their names. */
  readonly artifacts: readonly {
    readonly name: string;
    readonly content: Digest;
    readonly manifest: Digest;
    readonly commit?: string;
  }[];
}

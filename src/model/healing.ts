/** What `slipway heal` answers: the JSON document is exactly these types. */
import type { Outcome, Receipt } from './receipt.ts';

/** A receipt for each channel and each version; `outcome` is the worst of theirs, `failed` being the worst. */
export interface Healing {
  readonly schema: 1;
  readonly outcome: Extract<Outcome, 'healed' | 'unchanged' | 'planned' | 'refused' | 'failed'>;
  readonly project: string;
  /** Their `channel` is set. */
  readonly channels: readonly Receipt[];
  /** Their `version` is set. */
  readonly versions: readonly Receipt[];
}

/** What can be asked of a channel besides a build. */
import type { Digest, Entry, ReleaseRecord, Taken, WaveStep } from '../../model.ts';
import type { Wave } from './wave-state.ts';

/** Where a rollback goes: a generation, a version, or the digest of what an artifact was, or showed before slipway. */
export type RollbackTarget =
  | { readonly kind: 'generation'; readonly generation: number }
  | { readonly kind: 'version'; readonly version: string }
  | { readonly kind: 'digest'; readonly digest: Digest };

/** What a promotion brings: entries with their proofs as they are elsewhere, and what is known of their order there. */
export interface Origin {
  /** For messages: `generation 41 of channel "staging"`. */
  readonly label: string;
  readonly from: Taken;
  readonly entries: readonly Entry[];
  /** The newest commit of all that is there; absent where nobody recorded one. */
  readonly floor: ReleaseRecord['floor'];
  /** Commits that were rolled back there. */
  readonly blocked: readonly string[];
  /** Artifacts whose commit is one of those, and whose content is older: a rollback brought it back. */
  readonly returned: readonly string[];
  /** Which repository it comes from, and the run that made the newest of it. */
  readonly order: Pick<ReleaseRecord, 'source' | 'pipeline' | 'runNumber'>;
  /** Names of the stores of the target channel that have it too, by what they hold themselves. */
  readonly holders: readonly string[];
}

/** A change of a channel's state that needs no build. Without `artifacts`: all of them. */
export type Change =
  | { readonly kind: 'freeze'; readonly reason: string }
  | { readonly kind: 'unfreeze' }
  | {
      readonly kind: 'retire';
      readonly names: readonly string[];
      /** Artifacts that the config lists, as far as the checkout tells. */
      readonly listed: readonly string[];
    }
  | { readonly kind: 'rollback'; readonly to?: RollbackTarget; readonly artifacts?: readonly string[] }
  | {
      readonly kind: 'promote';
      readonly origin: Origin;
      readonly artifacts?: readonly string[];
      readonly wave?: WaveStep;
      /** Waves before this one, of which everything has to be there. */
      readonly earlier?: readonly Wave[];
    };

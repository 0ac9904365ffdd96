/** What can be asked of a channel besides a build. */
import type { Entry, ReleaseRecord, Taken, WaveStep } from '../../model.ts';

/** Where a rollback goes: a generation, a version, or the digest of something that was adopted. */
export type RollbackTarget =
  | { readonly kind: 'generation'; readonly generation: number }
  | { readonly kind: 'version'; readonly version: string }
  | { readonly kind: 'adopted'; readonly digest: string };

/** What a promotion brings: entries with their proofs as they are elsewhere, and what is known of their order there. */
export interface Origin {
  /** For messages: `channel "staging", generation 41`. */
  readonly label: string;
  readonly from: Taken;
  readonly entries: readonly Entry[];
  readonly floor: ReleaseRecord['floor'];
  /** Commits that were rolled back there: an entry that still has one as its commit has older content. */
  readonly blocked: readonly string[];
}

/** A change of a channel's state that needs no build. Without `artifacts`: all of them. */
export type Change =
  | { readonly kind: 'freeze'; readonly reason: string }
  | { readonly kind: 'unfreeze' }
  | { readonly kind: 'retire'; readonly names: readonly string[] }
  | { readonly kind: 'rollback'; readonly to?: RollbackTarget; readonly artifacts?: readonly string[] }
  | {
      readonly kind: 'promote';
      readonly origin: Origin;
      readonly artifacts?: readonly string[];
      readonly wave?: WaveStep;
    };

/** What `slipway prune` found and did. */

/**
 * What happens to something that nothing needs: `goes` would be deleted by --yes now, `deleted` was; `waits` is marked and not
 * old enough; `new` is seen for the first time.
 */
export type PruneState = 'goes' | 'deleted' | 'waits' | 'new';

/** Something that nothing needs. */
export interface PrunedItem {
  readonly kind: 'record' | 'proof' | 'manifest' | 'content' | 'scratch';
  /** Where it lies in its store. */
  readonly what: string;
  readonly bytes: number;
  readonly state: PruneState;
  /** Since when it is marked: ISO 8601 in UTC, by the store's clock. */
  readonly since?: string;
  /** Why it is not kept. */
  readonly reason: string;
}

/** Counts with bytes. */
export interface PruneTotal {
  readonly items: number;
  readonly bytes: number;
}

/** The answer of `slipway prune`. */
export interface Pruned {
  readonly schema: 1;
  /**
   * `planned`: nothing was written, because --yes was not given. `unchanged`: there is nothing that nothing needs. `failed`: an error
   * ended it; what was deleted before it is listed.
   */
  readonly outcome: 'planned' | 'pruned' | 'unchanged' | 'failed';
  /** Releases of each channel that are kept. */
  readonly keep: number;
  /** Seconds. */
  readonly minAge: number;
  /** By name of the store. */
  readonly stores: Readonly<Record<string, readonly PrunedItem[]>>;
  readonly totals: Readonly<Record<PruneState, PruneTotal>>;
}

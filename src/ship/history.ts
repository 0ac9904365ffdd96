/** How two commits relate: `newer` means that ours descends from the other. `unknown`: the clone is too shallow to tell. */
export type Relation = 'same' | 'newer' | 'older' | 'unrelated' | 'unknown';

/** What publishing must know of the source's history. */
export interface History {
  /** How `ours` relates to `other`; both full commit ids. A commit absent from a complete clone is `unrelated`. */
  relation(ours: string, other: string): Promise<Relation>;
}

/** What a prune found and did, as data. */
import type { Pruned, PrunedItem, PruneState, PruneTotal } from '../../model.ts';
import type { Holding, HoldingKind } from '../holdings.ts';
import type { PruneClaim } from './board.ts';
import type { Unneeded } from './rules.ts';

/** What was judged: everything that nothing needs, since when, and what of it is gone, or would be. */
export interface Judged {
  readonly unneeded: readonly Unneeded[];
  /** `written` is the time that a mark without one has. Milliseconds since 1970. */
  readonly marks: readonly { readonly written: number; readonly marks: PruneClaim['marks'] }[];
  readonly gone: ReadonlySet<Holding>;
}

const REASONS: Readonly<Record<HoldingKind, string>> = {
  record: 'older than the releases that are kept',
  proof: 'no kept record lists it',
  manifest: 'no kept record lists it',
  content: 'no kept record lists it',
  scratch: 'left behind by a probe of the store',
};

const STATES: readonly PruneState[] = ['goes', 'deleted', 'waits', 'new'];

function itemOf({ marks, gone }: Judged, holding: Holding, isPlan: boolean): PrunedItem {
  const { id, kind, what, bytes } = holding;
  const isMarked = marks.length > 0 && marks.every((one) => typeof one.marks[id] === 'number');
  const since = Math.max(...marks.map((one) => one.marks[id] ?? one.written));
  const state = gone.has(holding) ? (isPlan ? 'goes' : 'deleted') : isMarked ? 'waits' : 'new';
  const marked = isMarked ? { since: new Date(since).toISOString().replace(/\.\d{3}Z$/, 'Z') } : {};
  return { kind, what, bytes, state, ...marked, reason: REASONS[kind] };
}

function totalOf(items: readonly PrunedItem[], state: PruneState): PruneTotal {
  const all = items.filter((item) => item.state === state);
  return { items: all.length, bytes: all.reduce((sum, { bytes }) => sum + bytes, 0) };
}

/** The report of one or more rounds: all that was deleted, and what the last round left. */
export function report(rounds: readonly Judged[], about: Pick<Pruned, 'outcome' | 'keep' | 'minAge'>): Pruned {
  const isPlan = about.outcome === 'planned';
  const stores = new Map<string, PrunedItem[]>();
  for (const [index, judged] of rounds.entries()) {
    for (const { store, holdings } of judged.unneeded) {
      // What a round left the next one has again.
      const told = index === rounds.length - 1 ? holdings : holdings.filter((holding) => judged.gone.has(holding));
      stores.set(store, [...(stores.get(store) ?? []), ...told.map((holding) => itemOf(judged, holding, isPlan))]);
    }
  }
  const items = [...stores.values()].flat();
  const totals = Object.fromEntries(STATES.map((state) => [state, totalOf(items, state)])) as Pruned['totals'];
  return { schema: 1, ...about, stores: Object.fromEntries(stores), totals };
}

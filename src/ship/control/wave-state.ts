/** How far a promotion in waves has come, as the records of the channel tell it: there is nothing else to remember. */
import type { Entry, ReleaseRecord, Taken } from '../../model.ts';

/** What a wave brings: artifacts as the origin has them. */
export interface Wave {
  readonly name: string;
  readonly entries: readonly Entry[];
}

/**
 * Where a wave stands. `present`: the channel shows all of it; `since` is the generation that brought the last of it, absent
 * for a wave without artifacts. `ahead`: it does not yet. `moved`: it did since `generation`, and `artifacts` of it were changed.
 */
export type WaveState =
  | { readonly kind: 'present'; readonly since?: number }
  | { readonly kind: 'ahead' }
  | { readonly kind: 'moved'; readonly generation: number; readonly artifacts: readonly string[] };

const byName = (record: ReleaseRecord | undefined): ReadonlyMap<string, Entry> =>
  new Map((record?.artifacts ?? []).map((entry) => [entry.name, entry]));

/** Equal bytes may be rendered in one release and source in the next: then a bucket shows them in another form. */
const sameContent = (entry: Entry, shown: Entry | undefined): boolean =>
  entry.content === shown?.content && (entry.views.object === undefined) === (shown.views.object === undefined);

/** Names of the entries that a record does not show with their content. */
export function missingFrom(record: ReleaseRecord | undefined, entries: readonly Entry[]): readonly string[] {
  const shown = byName(record);
  return entries.filter((entry) => !sameContent(entry, shown.get(entry.name))).map(({ name }) => name);
}

/** Whether a record was made by a wave of a promotion of the same release. */
export const isWaveOf = ({ kind, wave, from }: ReleaseRecord, { run }: Taken): boolean =>
  kind === 'promote' && wave !== undefined && from?.run === run;

/** Whether a promotion came to its end with this record: its last wave, or everything at once. */
export const isFinal = ({ kind, wave }: ReleaseRecord): boolean =>
  kind === 'promote' && (wave === undefined || wave.step === wave.of);

/** Where a wave stands. `made` are the records of the promotion's waves, newest first, since a promotion was last finished. */
export function stateOf(wave: Wave, newest: ReleaseRecord | undefined, made: readonly ReleaseRecord[]): WaveState {
  const missing = missingFrom(newest, wave.entries);
  if (missing.length === 0) {
    const shown = byName(newest);
    const since = Math.max(0, ...wave.entries.map(({ name }) => shown.get(name)?.since ?? 0));
    return { kind: 'present', ...(wave.entries.length > 0 && { since }) };
  }
  const own = made.find((record) => record.wave?.name === wave.name);
  if (own === undefined) return { kind: 'ahead' };
  const never = missingFrom(own, wave.entries);
  const moved = missing.filter((name) => !never.includes(name));
  return moved.length === 0 ? { kind: 'ahead' } : { kind: 'moved', generation: own.generation, artifacts: moved };
}

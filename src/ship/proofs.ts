/** Hands new artifacts to the seal stage and takes their proofs back, as plain data. */
import type { Digest, Proof, ReleaseRecord } from '../model.ts';
import type { Decided } from './release.ts';

/** The artifacts of this round that have no proof yet, by name and manifest digest. */
export function newSubjects({
  target,
  changed,
  end,
  lost,
}: Decided): readonly { readonly name: string; readonly manifest: Digest }[] {
  if (end !== undefined || lost || target === undefined) return [];
  return target.artifacts.filter(({ name }) => changed.has(name)).map(({ name, manifest }) => ({ name, manifest }));
}

/** The round with the proofs entered for every new artifact. */
export function withProofs(stored: Decided, proofs: readonly Proof[]): Decided {
  const { target, changed } = stored;
  if (target === undefined || proofs.length === 0) return stored;
  const proved: ReleaseRecord = {
    ...target,
    artifacts: target.artifacts.map((entry) => (changed.has(entry.name) ? { ...entry, proofs } : entry)),
  };
  return { ...stored, target: proved };
}

/** Proofs that the record lists and no store holds any more: they are made again, in a record of their own. */
import type { Digest, Entry, Proof } from '../model.ts';
import { draft } from './draft.ts';
import { orNothing } from './known.ts';
import { type Decided, reachable } from './release.ts';

/** Proofs that some store has to be given, each with an entry that lists it. A bundle of many artifacts is there once. */
function neededIn({ sites }: Decided): ReadonlyMap<Digest, { readonly entry: Entry; readonly proof: Proof }> {
  const needed = new Map<Digest, { readonly entry: Entry; readonly proof: Proof }>();
  for (const { store, wants } of reachable(sites)) {
    for (const entry of wants) {
      for (const proof of entry.proofs) {
        if (store.proofs.kinds.includes(proof.kind)) needed.set(proof.digest, { entry, proof });
      }
    }
  }
  return needed;
}

/**
 * The round without the proofs that nobody holds, so that they are lacked; only where somebody signs, who can make them
 * again. What was found is kept at hand for the stores that get it.
 */
export async function forgetLost(stored: Decided): Promise<Decided> {
  const held = new Map<Digest, Uint8Array>();
  const lost = new Set<Digest>();
  for (const [digest, { entry, proof }] of neededIn(stored)) {
    let bytes: Uint8Array | undefined;
    for (const { store } of reachable(stored.sites)) bytes ??= await orNothing(() => store.proofs.get(entry, proof));
    if (bytes === undefined) lost.add(digest);
    else held.set(digest, bytes);
  }
  const known: Decided = { ...stored, held };
  return lost.size === 0 ? known : without(known, lost);
}

function without(round: Decided, lost: ReadonlySet<Digest>): Decided {
  const whole = (entry: Entry): Entry => ({ ...entry, proofs: entry.proofs.filter(({ digest }) => !lost.has(digest)) });
  const sites = round.sites.map((site) => ({ ...site, wants: site.wants.map(whole) }));
  const { target, fresh } = round;
  if (target === undefined) return { ...round, sites };
  const artifacts = target.artifacts.map(whole);
  if (fresh) return { ...round, sites, target: { ...target, artifacts } };
  const next = draft(round, { kind: 'sign', artifacts, floor: target.floor });
  return { ...round, sites, target: next, fresh: true, outcome: 'published' };
}

/** Proofs that the record lists and no store holds any more: they are made again, in a record of their own. */
import { eachLimit } from '../concurrency.ts';
import { asSlipwayError } from '../errors.ts';
import type { Digest, Entry, Proof } from '../model.ts';
import { draft } from './draft.ts';
import { type Decided, reachable } from './release.ts';
import { lending } from './supply.ts';

const AT_ONCE = 16;

interface Needed {
  readonly entry: Entry;
  readonly proof: Proof;
}

/** Proofs that some store has to be given, each with an entry that lists it. A bundle of many artifacts is there once. */
function neededIn({ sites }: Decided): ReadonlyMap<Digest, Needed> {
  const needed = new Map<Digest, Needed>();
  for (const { store, wants } of reachable(sites)) {
    for (const entry of wants) {
      for (const proof of entry.proofs) {
        if (store.proofs.kinds.includes(proof.kind)) needed.set(proof.digest, { entry, proof });
      }
    }
  }
  return needed;
}

/** The bytes of a proof in any store. `unknown`: nobody has them, but not everybody could be asked. */
export async function heldBytes(
  round: Decided,
  { entry, proof }: Needed,
): Promise<{ readonly bytes?: Uint8Array; readonly unknown?: unknown }> {
  let unknown: unknown;
  for (const store of lending(round)) {
    try {
      const bytes = await store.proofs.get(entry, proof);
      if (bytes !== undefined) return { bytes };
    } catch (thrown) {
      if (asSlipwayError(thrown).code === 'INTERRUPTED') throw thrown;
      unknown ??= thrown;
    }
  }
  return unknown === undefined ? {} : { unknown };
}

/**
 * The round without the proofs that nobody holds, so that they are lacked; only where somebody signs, who can make them
 * again. What was found is kept at hand for the stores that get it. A store that cannot be read has lost nothing yet.
 */
export async function forgetLost(stored: Decided): Promise<Decided> {
  const held = new Map<Digest, Uint8Array>();
  const lost = new Set<Digest>();
  await eachLimit([...neededIn(stored)], AT_ONCE, async ([digest, needed]) => {
    const { bytes, unknown } = await heldBytes(stored, needed);
    if (bytes !== undefined) held.set(digest, bytes);
    else if (unknown === undefined) lost.add(digest);
  });
  const known: Decided = { ...stored, held };
  return lost.size === 0 ? known : without(known, lost);
}

function without(round: Decided, lost: ReadonlySet<Digest>): Decided {
  const { target, fresh, changed, reproves, claim, claimed } = round;
  const kept = (entry: Entry): Entry => ({ ...entry, proofs: entry.proofs.filter(({ digest }) => !lost.has(digest)) });
  const whole = (entry: Entry): Entry => (reproves || changed.has(entry.name) ? kept(entry) : entry);
  const sites = round.sites.map((site) => ({ ...site, wants: site.wants.map(whole) }));
  // A claim of our own is still to be made, with proofs that are there; a standing one never changes.
  const own = claim !== undefined && !claimed && { claim: { ...claim, artifacts: claim.artifacts.map(kept) } };
  if (target === undefined) return { ...round, sites, ...own };
  const artifacts = target.artifacts.map(whole);
  if (fresh) return { ...round, sites, ...own, target: { ...target, artifacts } };
  if (!reproves) return round;
  const next = draft(round, { kind: 'sign', artifacts, floor: target.floor });
  return { ...round, sites, ...own, target: next, fresh: true, outcome: 'published' };
}

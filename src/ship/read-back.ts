/** The proofs of step 5: read back as their readers do, completed from other stores, and judged. */
import { SlipwayError } from '../errors.ts';
import type { Entry, Proof } from '../model.ts';
import { orNothing } from './known.ts';
import { MANIFEST_TYPE } from './manifest.ts';
import { type Decided, reachable, type Site } from './release.ts';
import { manifestOf } from './supply.ts';

/** The bytes of a proof: made in this run, else from any store that has them. Throws `NOT_FOUND`. */
async function bytesOf({ made, held, sites }: Decided, entry: Entry, proof: Proof): Promise<Uint8Array> {
  const own = made.find((one) => one.proof.digest === proof.digest)?.bytes ?? held.get(proof.digest);
  if (own !== undefined) return own;
  for (const { store } of reachable(sites)) {
    const bytes = await orNothing(() => store.proofs.get(entry, proof));
    if (bytes !== undefined) return bytes;
  }
  throw new SlipwayError(
    'NOT_FOUND',
    `No store holds the ${proof.kind} "${proof.digest}" of artifact "${entry.name}"`,
    {
      hint: 'pass --allow prove-again to have it proved anew',
    },
  );
}

/** Proofs of one entry in one store, read back as its readers do; what is missing is attached again, once. */
export async function verifyProofs(round: Decided, site: Site, entry: Entry): Promise<readonly string[]> {
  const { proofs, names } = site.store;
  const { policy } = round.plan.sealing;
  if (entry.proofs.length === 0 && policy === undefined) return [];
  let found = await proofs.found(entry);
  const missing = proofs.missing(entry, found);
  if (missing.length > 0) {
    for (const proof of missing) await proofs.attach(entry, { proof, bytes: await bytesOf(round, entry, proof) });
    found = await proofs.found(entry);
    const [lost] = proofs.missing(entry, found);
    if (lost !== undefined) throw lostProof(entry, lost);
  }
  if (policy === undefined) return [];
  const { length: size } = await manifestOf(round, entry);
  const manifest = { mediaType: MANIFEST_TYPE, digest: entry.manifest, size };
  return policy.accepts({ name: entry.name, manifest, shows: names.shows(entry) }, found);
}

function lostProof(entry: Entry, { kind, digest }: Proof): SlipwayError {
  const message = `The ${kind} "${digest}" of artifact "${entry.name}" is not found after it was attached`;
  return new SlipwayError('STORE', message, {
    hint: 'the store lost what it accepted; check its retention rules and run again',
  });
}

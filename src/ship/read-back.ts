/** The proofs of step 5: read back as their readers do, completed from other stores, and judged. */
import { asSlipwayError, SlipwayError } from '../errors.ts';
import type { Entry, Proof } from '../model.ts';
import { heldBytes } from './lost-proofs.ts';
import { isAllowed } from './phrases.ts';
import type { Decided, Site } from './release.ts';
import { describeManifest } from './supply.ts';

/** That a proof is damaged shows itself only when what leads to it is whole. */
const ATTEMPTS = 2;

/** The bytes of a proof: made in this run, else from any store that has them. Throws `NOT_FOUND`. */
async function bytesOf(round: Decided, entry: Entry, proof: Proof): Promise<Uint8Array> {
  const { made, held } = round;
  const own = made.find((one) => one.proof.digest === proof.digest)?.bytes ?? held.get(proof.digest);
  if (own !== undefined) return own;
  const { bytes, unknown } = await heldBytes(round, { entry, proof });
  if (bytes !== undefined) return bytes;
  if (unknown !== undefined) throw unknown;
  const message = `No store holds the ${proof.kind} "${proof.digest}" of artifact "${entry.name}"`;
  throw new SlipwayError('NOT_FOUND', message, { hint: 'pass --allow prove-again to have it proved anew' });
}

/** Proofs of one entry in one store, read back as its readers do; what is missing is attached again. */
export async function verifyProofs(round: Decided, site: Site, entry: Entry): Promise<readonly string[]> {
  const { proofs, names } = site.store;
  const { policy: asked } = round.plan.sealing;
  const isExcused = asked !== undefined && entry.proofs.length === 0 && isAllowed(round.plan, 'unsigned');
  const policy = isExcused ? undefined : asked;
  if (entry.proofs.length === 0 && policy === undefined) return [];
  let found = await proofs.found(entry);
  for (let attempt = 0; ; attempt += 1) {
    const missing = proofs.missing(entry, found);
    const [lost] = missing;
    if (lost === undefined) break;
    if (attempt === ATTEMPTS) throw lostProof(entry, lost);
    for (const proof of missing) await proofs.attach(entry, { proof, bytes: await bytesOf(round, entry, proof) });
    found = await proofs.found(entry);
  }
  if (policy === undefined) return [];
  const manifest = await describeManifest(round, entry);
  return policy.accepts({ name: entry.name, manifest, shows: names.proved(entry) }, found);
}

/** {@link verifyProofs} for what a version is about to name. What a standing claim says of proofs stays as it is. */
export async function verifyClaimed(round: Decided, site: Site, entry: Entry): Promise<readonly string[]> {
  try {
    return await verifyProofs(round, site, entry);
  } catch (thrown) {
    throw round.claimed ? ofClaim(round, thrown) : thrown;
  }
}

function ofClaim({ claim }: Decided, thrown: unknown): SlipwayError {
  const { code, message } = asSlipwayError(thrown);
  return new SlipwayError(code, message, {
    hint: `version "${claim?.version ?? ''}" was claimed with the proofs of that time, which never change: publish the next version`,
    cause: thrown,
  });
}

function lostProof(entry: Entry, { kind, digest }: Proof): SlipwayError {
  const message = `The ${kind} "${digest}" of artifact "${entry.name}" is not found after it was attached`;
  return new SlipwayError('STORE', message, {
    hint: 'the store lost what it accepted; check its retention rules and run again',
  });
}

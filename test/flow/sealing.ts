/**
 * Sealing for the protocol simulator: bundles are plain lists of what they are about, under a signer's name. Whether a
 * signature holds is tested elsewhere; here it matters which proof lies where, and when.
 */
import { digestOf } from '../../src/digest.ts';
import { SlipwayError } from '../../src/errors.ts';
import type { Attachments, Digest, MadeProof, Proof, ProofKind, Sealing, Shown, Subject } from '../../src/model.ts';
import type { Prover } from '../../src/seal/prove.ts';

interface Claims {
  readonly kind: ProofKind;
  readonly signer: string;
  /** Tells two proofs of the same things apart, as real signatures differ. */
  readonly nonce: string;
  readonly about: readonly { readonly name: string; readonly digests: readonly Digest[] }[];
}

const AT = '2026-01-01T00:00:00Z';

const claimsIn = (bytes: Uint8Array): Claims => JSON.parse(Buffer.from(bytes).toString('utf8')) as Claims;

const isAbout = ({ about }: Claims, name: string, digest: Digest): boolean =>
  about.some((one) => one.name === name && one.digests.includes(digest));

function madeOf(claims: Claims, subjects: readonly Subject[]): MadeProof {
  const bytes = Buffer.from(JSON.stringify(claims));
  const { kind, signer } = claims;
  const proof: Proof = { kind, digest: digestOf(bytes), size: bytes.length, signer, at: AT };
  return { proof, bytes, artifacts: subjects.map(({ name, manifest }) => ({ name, manifest: manifest.digest })) };
}

/** A prover for one run; `made` sees every proof. */
export function fakeProver(signer: string, run: string, made: (proof: MadeProof) => void = () => undefined): Prover {
  let count = 0;
  const proofOf = (kind: ProofKind, subjects: readonly Subject[]): readonly MadeProof[] => {
    const lacking = subjects.filter(({ lacks }) => lacks.some((lack) => lack.kind === kind));
    if (lacking.length === 0) return [];
    const about = lacking.map(({ name, manifest, views }) => ({
      name,
      digests: kind === 'views' ? views : [manifest.digest],
    }));
    count += 1;
    const one = madeOf({ kind, signer, nonce: `${run}/${count}`, about }, lacking);
    made(one);
    return [one];
  };
  return { prove: async (subjects) => [...proofOf('bundle', subjects), ...proofOf('views', subjects)] };
}

/** Whether what is attached proves what a name shows; any signer counts. Throws `UNTRUSTED`. */
export async function acceptsFake(
  { name, manifest, shows }: Shown,
  { bundles }: Attachments,
): Promise<readonly string[]> {
  const claims = bundles.map(({ bytes }) => claimsIn(bytes));
  for (const digest of [manifest.digest, shows]) {
    if (claims.some((one) => isAbout(one, name, digest))) continue;
    throw new SlipwayError('UNTRUSTED', `Nothing proves "${digest}" of "${name}"`);
  }
  return [];
}

/** Sealing by a signer of this name. */
export function fakeSealing(signer: string): Sealing {
  return {
    signs: true,
    requires: [
      { kind: 'bundle', signer },
      { kind: 'views', signer },
    ],
    policy: { accepts: acceptsFake },
    async recognises({ name, manifest }, { bundles }) {
      const own = bundles.filter(({ bytes }) => {
        const claims = claimsIn(bytes);
        return claims.signer === signer && claims.kind === 'bundle' && isAbout(claims, name, manifest.digest);
      });
      return own.map(({ digest, bytes }): Proof => ({ kind: 'bundle', digest, size: bytes.length, signer, at: AT }));
    },
  };
}

/** What every run has that signs nothing. */
export const UNSEALED: Sealing = { signs: false, requires: [] };

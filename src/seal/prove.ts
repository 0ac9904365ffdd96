/** Step 4: signatures and attestations over what is about to be named. */
import type { Digest, Proof } from '../model.ts';

/** An artifact as a proof speaks of it. */
export interface Subject {
  readonly name: string;
  /** The manifest's digest. */
  readonly manifest: Digest;
}

/** Makes a proof over subjects. */
export interface Signer {
  readonly name: string;
  prove(subjects: readonly Subject[]): Promise<readonly Proof[]>;
}

/** One proof of each signer over all subjects; without signers there is none. */
export async function prove(subjects: readonly Subject[], signers: readonly Signer[]): Promise<readonly Proof[]> {
  const proofs = await Promise.all(signers.map((signer) => signer.prove(subjects)));
  return proofs.flat();
}

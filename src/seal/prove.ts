/** Step 4: signatures and attestations over what is about to be named. */
import type { MadeProof, Subject } from '../model.ts';

/** Makes proofs. What it made in a run it does not make again, so that a lost round costs no second signature. */
export interface Prover {
  prove(subjects: readonly Subject[]): Promise<readonly MadeProof[]>;
}

/** The proofs that the subjects lack; without a prover there is none. */
export async function prove(subjects: readonly Subject[], prover?: Prover): Promise<readonly MadeProof[]> {
  return prover === undefined || subjects.length === 0 ? [] : prover.prove(subjects);
}

/** Settings of signing and verifying become what proves a release and judges proofs. Keys are read here, before work begins. */
import type { SealSettings, VerifySettings } from './config/seal-settings.ts';
import { SlipwayError } from './errors.ts';
import type { ArtifactPlan, ProofPolicy, Provenance, Runner, Sealing } from './model.ts';
import type { Prover } from './seal/prove.ts';

/** What opening needs of a run. */
export interface SealContext {
  /** Absolute; programs run here. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
  readonly signal?: AbortSignal | undefined;
}

/** What the provenance tells of the run. */
export interface RunFacts {
  readonly project: string;
  readonly channel?: string | undefined;
  readonly version?: string | undefined;
  readonly provenance: Provenance;
  readonly runner: Runner;
  readonly artifacts: readonly ArtifactPlan[];
  /** Nothing is signed, and keys may be missing. */
  readonly dryRun: boolean;
}

/** What a run seals with. */
export interface OpenedSeal {
  readonly sealing: Sealing;
  /** Absent when nothing signs, and in a dry run. */
  readonly prover?: Prover;
}

/** Opens signing and the policy of a run. Throws `CONFIG` for keys and files that cannot be used. */
export async function openSeal(settings: SealSettings, _facts: RunFacts, _context: SealContext): Promise<OpenedSeal> {
  if (settings.sign === undefined && settings.verify === undefined) return { sealing: { requires: [] } };
  throw new SlipwayError('INTERNAL', 'Signing is not there yet');
}

/** Opens a policy alone, for `slipway verify`. Throws `CONFIG`. */
export async function openPolicy(_settings: VerifySettings, _context: SealContext): Promise<ProofPolicy> {
  throw new SlipwayError('INTERNAL', 'Verifying is not there yet');
}

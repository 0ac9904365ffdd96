/** Settings of signing and verifying become what proves a release and judges proofs. Keys are read here, before work begins. */
import { buildPlace } from './config/ci.ts';
import type { SealSettings, VerifySettings } from './config/seal-settings.ts';
import { SlipwayError } from './errors.ts';
import type { ArtifactPlan, ProofJudge, Provenance, RenderPlan, Requirement, Runner, Sealing } from './model.ts';
import type { SealContext } from './open-seal/context.ts';
import { openNotation } from './open-seal/notation.ts';
import { believing, type Own, openJudge, readPolicies } from './open-seal/policy.ts';
import { openSigner } from './open-seal/signer.ts';
import { once, openSigstore, type Sigstore } from './open-seal/sigstore.ts';
import type { BuildFacts } from './seal/make/provenance.ts';
import type { Prover } from './seal/prove.ts';
import { openProver } from './seal/prover.ts';

export type { SealContext };

/** An artifact as proofs tell of it, where its sources are not at hand. */
export type PlannedArtifact = Pick<ArtifactPlan, 'name' | 'shown'> & { readonly render: Pick<RenderPlan, 'kind'> };

/** What the provenance tells of the run. */
export interface RunFacts {
  readonly project: string;
  readonly channel?: string | undefined;
  readonly version?: string | undefined;
  readonly provenance: Provenance;
  readonly runner: Runner;
  readonly artifacts: readonly (ArtifactPlan | PlannedArtifact)[];
  /** Nothing is signed, and keys may be missing. */
  readonly dryRun: boolean;
  /** This tool's version, which only the doors know. */
  readonly tool?: string | undefined;
}

/** What a run seals with. */
export interface OpenedSeal {
  readonly sealing: Sealing;
  /** Absent when nothing signs, and in a dry run. */
  readonly prover?: Prover;
}

/**
 * Opens signing and the policy of a run. In a dry run what is missing is left out, and there is no prover and no policy.
 * Throws `CONFIG` for keys and files that cannot be used, and for a job that gets no identity token.
 */
export async function openSeal(settings: SealSettings, facts: RunFacts, context: SealContext): Promise<OpenedSeal> {
  const { sign, verify } = settings;
  if (sign === undefined && verify === undefined) return { sealing: { signs: false, requires: [] } };
  const { dryRun, tool } = facts;
  const sigstore = await openSigstore(settings, context);
  const agent = tool === undefined ? undefined : `slipway/${tool}`;
  const signer = await openSigner(settings, { context, sigstore, dryRun });
  const notation = await openNotation(sign?.notation, { context, dryRun, agent });
  const own: Own = { signer, notation };
  const at = `${context.now().toISOString().slice(0, 19)}Z`;
  const requires = requirementsOf(own, sign?.legacy === true);
  const signs = sign !== undefined;
  const recognises = requires.length === 0 ? undefined : recogniser(own, requires, sigstore, { ...context, at });
  const sealing = { signs, requires, ...(recognises && { recognises }) };
  if (dryRun) return { sealing };
  const policies = await readPolicies(settings, own, context);
  if (policies === undefined) throw noSigners();
  const prover = openProver({
    ...{ identity: signer?.identity, notation: notation?.signer, at },
    provenance: provenanceOf(facts, context, at),
  });
  return { sealing: { ...sealing, policy: openJudge(policies, sigstore, context) }, ...(signs && { prover }) };
}

/** Opens a policy alone, for `slipway verify`. Throws `CONFIG`. */
export async function openPolicy(verify: VerifySettings, context: SealContext): Promise<ProofJudge> {
  const policies = await readPolicies({ verify }, {}, context);
  if (policies === undefined) throw noSigners();
  return openJudge(policies, await openSigstore({ verify }, context), context);
}

function noSigners(): SlipwayError {
  return new SlipwayError('CONFIG', 'Cannot verify: "verify" names nobody whose signatures count', {
    hint: 'name a key, an identity with its issuer, or certificates for Notation',
  });
}

function requirementsOf({ signer, notation }: Own, legacy: boolean): readonly Requirement[] {
  const name = signer?.identity.name;
  const kinds = legacy ? (['bundle', 'views', 'signature'] as const) : (['bundle', 'views'] as const);
  return [
    ...(name === undefined ? [] : kinds.map((kind) => ({ kind, signer: name }))),
    ...(notation === undefined ? [] : [{ kind: 'notation', signer: notation.signer.name } as const]),
  ];
}

function recogniser(
  { signer, notation }: Own,
  requires: readonly Requirement[],
  sigstore: Sigstore,
  { now, at }: SealContext & { readonly at: string },
): NonNullable<Sealing['recognises']> {
  const opened = once(async () => {
    const { openRecogniser } = await import('./seal/verify/recognise.ts');
    const policy = signer?.policy;
    return openRecogniser({
      ...{ requires, now, at },
      sigstore: policy && (await believing(policy, sigstore)),
      notation: notation && { trusted: notation.chain.slice(0, 1) },
    });
  });
  return async (artifact, found) => (await opened())(artifact, found);
}

function provenanceOf(facts: RunFacts, { env }: SealContext, at: string): BuildFacts {
  const { project, channel, version, provenance, runner, artifacts, tool } = facts;
  const { builder, invocation } = buildPlace(env);
  return {
    project,
    ...(channel === undefined ? {} : { channel }),
    ...(version === undefined ? {} : { version }),
    source: provenance,
    runner,
    builder: { id: builder, version: tool === undefined ? {} : { slipway: tool } },
    ...(invocation === undefined ? {} : { invocation }),
    startedOn: at,
    artifacts: artifacts.map(({ name, shown, render }) => ({ name, path: shown, render: render.kind })),
  };
}

/** Makes the proofs that artifacts lack, and remembers them for the rounds that follow. */
import { eachLimit } from '../concurrency.ts';
import { digestOf } from '../digest.ts';
import type { Digest, MadeProof, ProofGoods, ProofKind, Subject } from '../model.ts';
import { forms } from './forms.ts';
import type { SigningIdentity } from './make/identity.ts';
import { signLegacy } from './make/legacy.ts';
import type { BuildFacts } from './make/provenance.ts';
import { proveRelease, type SealedStatement } from './make/release.ts';
import type { NotationSigner } from './notation/sign.ts';
import type { Prover } from './prove.ts';

/** Who proves, and what is said of the build. */
export interface ProverOptions {
  /** Signs statements and `.sig` signatures. Without it neither is made. */
  readonly identity?: SigningIdentity | undefined;
  readonly notation?: NotationSigner | undefined;
  readonly provenance: BuildFacts;
  /** The time of the proofs, ISO 8601 in UTC with whole seconds. */
  readonly at: string;
}

/** Signatures made at once: each of them may be an entry in a log. */
const AT_ONCE = 4;

/** What a proof is about: nothing in it may change without a new proof. */
const keyOf = (kind: ProofKind, { name, manifest, views }: Subject): string =>
  [kind, name, manifest.digest, ...(kind === 'views' ? views : [])].join('\0');

const lacks = ({ lacks: lacking }: Subject, kind: ProofKind): boolean => lacking.some((one) => one.kind === kind);

/**
 * A prover. One statement covers all manifests of a call, another one what buckets show of them; signatures and envelopes
 * are made one by one. Throws what the signers throw; what was made before that is kept for the next call.
 */
export function openProver(options: ProverOptions): Prover {
  const made = new Map<string, ProofGoods>();
  return {
    prove: async (subjects) => {
      const missing = (kind: ProofKind): readonly Subject[] =>
        subjects.filter((subject) => lacks(subject, kind) && !made.has(keyOf(kind, subject)));
      const keep = (kind: ProofKind, subject: Subject, goods: ProofGoods): void => {
        made.set(keyOf(kind, subject), goods);
      };
      await makeStatements(options, missing, keep);
      await makeSignatures(options, missing('signature'), keep);
      await makeEnvelopes(options, missing('notation'), keep);
      return handOut(subjects, made);
    },
  };
}

type Keep = (kind: ProofKind, subject: Subject, goods: ProofGoods) => void;

function goodsOf(kind: ProofKind, bytes: Uint8Array, signer: string, at: string): ProofGoods {
  return { proof: { kind, digest: digestOf(bytes), size: bytes.length, signer, at }, bytes };
}

async function makeStatements(
  { identity, provenance, at }: ProverOptions,
  missing: (kind: ProofKind) => readonly Subject[],
  keep: Keep,
): Promise<void> {
  if (identity === undefined) return;
  // What others built is proved again without a word about how.
  for (const isBuilt of [true, false]) {
    const of = (kind: ProofKind): readonly Subject[] =>
      missing(kind).filter(({ built }) => (built !== undefined) === isBuilt);
    const [manifests, shown] = [of('bundle'), of('views')];
    const statements = await proveRelease({
      subjects: manifests.map(({ name, manifest }) => ({ name, manifest: manifest.digest })),
      views: shown.flatMap(({ name, views }) => views.map((digest) => ({ name, digest }))),
      provenance: isBuilt ? withBuilds(provenance, [...manifests, ...shown]) : withoutBuilds(provenance),
      identity,
    });
    for (const statement of statements) {
      const kind = statement.covers === 'manifests' ? 'bundle' : 'views';
      const goods = goodsOf(kind, statement.bundle, statement.signer, at);
      const listed = namesIn(statement);
      for (const subject of kind === 'bundle' ? manifests : shown) {
        if (listed.has(subject.name)) keep(kind, subject, goods);
      }
    }
  }
}

const withoutBuilds = (facts: BuildFacts): BuildFacts => ({ ...facts, source: { dirty: false }, artifacts: [] });

/** The facts with what is known of how each artifact was built. */
function withBuilds(facts: BuildFacts, subjects: readonly Subject[]): BuildFacts {
  const built = new Map(subjects.map((subject) => [subject.name, subject.built]));
  return { ...facts, artifacts: facts.artifacts.map((artifact) => ({ ...artifact, ...built.get(artifact.name) })) };
}

/** Names are unique in a release, and what one name shows stands in one statement. */
const namesIn = ({ subjects }: SealedStatement): ReadonlySet<string> => new Set(subjects.map(({ name }) => name));

async function makeSignatures(
  { identity, at }: ProverOptions,
  subjects: readonly Subject[],
  keep: Keep,
): Promise<void> {
  if (identity === undefined) return;
  await eachLimit(subjects, AT_ONCE, async (subject) => {
    const { layer, payload } = await signLegacy(identity, subject.repository, subject.manifest.digest, subject.name);
    const bytes = forms.signatureBytes({ payload, annotations: layer.annotations });
    keep('signature', subject, goodsOf('signature', bytes, identity.name, at));
  });
}

async function makeEnvelopes({ notation, at }: ProverOptions, subjects: readonly Subject[], keep: Keep): Promise<void> {
  if (notation === undefined) return;
  await eachLimit(subjects, AT_ONCE, async (subject) => {
    const bytes = await notation.sign(subject.manifest, { signingTime: new Date(at) }, subject.name);
    keep('notation', subject, goodsOf('notation', bytes, notation.name, at));
  });
}

const KINDS: readonly ProofKind[] = ['bundle', 'views', 'signature', 'notation'];

/** Each proof once, with those of the subjects that it is about: one that was made for others too says nothing of those. */
function handOut(subjects: readonly Subject[], made: ReadonlyMap<string, ProofGoods>): readonly MadeProof[] {
  const about = new Map<ProofGoods, { readonly name: string; readonly manifest: Digest }[]>();
  for (const kind of KINDS) {
    for (const subject of subjects) {
      const goods = lacks(subject, kind) ? made.get(keyOf(kind, subject)) : undefined;
      if (goods === undefined) continue;
      const artifact = { name: subject.name, manifest: subject.manifest.digest };
      const known = about.get(goods);
      if (known === undefined) about.set(goods, [artifact]);
      else known.push(artifact);
    }
  }
  return [...about].map(([goods, artifacts]) => ({ ...goods, artifacts }));
}

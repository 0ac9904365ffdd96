/** One signature for the whole release: statements over all subjects, each signed once, as bundles to attach. */
import { eachLimit } from '../../concurrency.ts';
import { digestOf } from '../../digest.ts';
import type { Digest } from '../../model.ts';
import { encodeBundle } from '../bundle.ts';
import { STATEMENT_TYPE } from '../envelope.ts';
import { encodeStatement, type Json, MAX_SUBJECTS, PROVENANCE_TYPE, type StatementSubject } from '../statement.ts';
import type { SigningIdentity } from './identity.ts';
import { type BuildFacts, provenancePredicate } from './provenance.ts';

/** Bytes that a bucket shows in place of a manifest: one object, by the name its verifier expects. */
export interface ViewSubject {
  readonly name: string;
  readonly digest: Digest;
}

/** An artifact by its manifest. */
export interface ManifestSubject {
  readonly name: string;
  readonly manifest: Digest;
}

/** A release whose artifacts are all there, but not named yet. */
export interface ReleaseToProve {
  readonly subjects: readonly ManifestSubject[];
  readonly views?: readonly ViewSubject[];
  readonly provenance: BuildFacts;
  readonly identity: SigningIdentity;
}

/** A bundle with what it proves. */
export interface SealedStatement {
  /** What its subjects are: manifests, which get it as referrer, or views in buckets. */
  readonly covers: 'manifests' | 'views';
  readonly signer: string;
  /** The bundle as Sigstore bundle v0.3, and its digest. */
  readonly bundle: Uint8Array;
  readonly digest: Digest;
  readonly predicateType: string;
  /** In byte order of their names, as in the statement. */
  readonly subjects: readonly ViewSubject[];
}

/** Statements signed at once: a log may take 20 s to answer. */
const AT_ONCE = 4;

/**
 * Proves a release: a statement for every {@link MAX_SUBJECTS} manifests, and others for views where there are any, each with the
 * SLSA provenance as predicate, so that one bundle is signature and provenance. What is signed depends on the arguments
 * alone. Nothing to prove: no proof. Throws what the identity throws.
 */
export async function proveRelease({
  subjects,
  views = [],
  provenance,
  identity,
}: ReleaseToProve): Promise<readonly SealedStatement[]> {
  const predicate = provenancePredicate(provenance);
  const manifests = subjects.map(({ name, manifest }) => ({ name, digest: manifest }));
  const parts = [
    ...partsOf(manifests).map((part) => ({ covers: 'manifests', part }) as const),
    ...partsOf(views).map((part) => ({ covers: 'views', part }) as const),
  ];
  return eachLimit(parts, AT_ONCE, async ({ covers, part }) => ({
    covers,
    ...(await sealStatement(part, predicate, identity)),
  }));
}

async function sealStatement(
  subjects: readonly ViewSubject[],
  predicate: Json,
  identity: SigningIdentity,
): Promise<Omit<SealedStatement, 'covers'>> {
  const statement = { subjects: subjects.map(statementSubject), predicateType: PROVENANCE_TYPE, predicate };
  const payload = { payloadType: STATEMENT_TYPE, payload: encodeStatement(statement) };
  const { signature, material } = await identity.sign({ kind: 'envelope', ...payload });
  const bundle = encodeBundle({ ...payload, signature }, material);
  return { signer: identity.name, bundle, digest: digestOf(bundle), predicateType: PROVENANCE_TYPE, subjects };
}

const statementSubject = ({ name, digest }: ViewSubject): StatementSubject => ({
  name,
  digest: { sha256: digest.slice('sha256:'.length) },
});

/** In byte order of names, then digests, in parts that verifiers read. What one name shows stays together. */
function partsOf(subjects: readonly ViewSubject[]): readonly (readonly ViewSubject[])[] {
  const key = ({ name, digest }: ViewSubject): Buffer => Buffer.from(`${name}\0${digest}`);
  const ordered = subjects
    .map((subject) => ({ subject, key: key(subject) }))
    .sort((a, b) => Buffer.compare(a.key, b.key))
    .map(({ subject }) => subject);
  const parts: ViewSubject[][] = [];
  for (const group of groupsOf(ordered)) {
    const last = parts.at(-1);
    if (last !== undefined && last.length + group.length <= MAX_SUBJECTS) last.push(...group);
    else parts.push([...group]);
  }
  return parts;
}

/** Neighbours of one name. */
function groupsOf(ordered: readonly ViewSubject[]): readonly (readonly ViewSubject[])[] {
  const groups: ViewSubject[][] = [];
  for (const subject of ordered) {
    const last = groups.at(-1);
    if (last?.[0]?.name === subject.name) last.push(subject);
    else groups.push([subject]);
  }
  return groups;
}

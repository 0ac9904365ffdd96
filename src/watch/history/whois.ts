/** Where a digest occurs in records and claims. */
import { SlipwayError } from '../../errors.ts';
import type { Digest, DigestRole, Entry, FirstSeen, ReleaseRecord, VersionClaim, WhoisVersion } from '../../model.ts';

/** What one entry has of a digest. */
export interface Hit {
  readonly digest: Digest;
  readonly role: DigestRole;
}

/** What Flux would report for an entry in some store; empty where that is not known. */
export type Revisions = (entry: Entry) => readonly string[];

/** An entry of a channel's records that has the digest. */
export interface Sighting {
  readonly channel: string;
  readonly record: ReleaseRecord;
  readonly entry: Entry;
  readonly hits: readonly Hit[];
}

/** An entry of a version that has the digest. */
export interface Claimed {
  readonly claim: VersionClaim;
  readonly entry: Entry;
  readonly hits: readonly Hit[];
}

const DIGEST = /sha256:[0-9a-f]{64}$/;

/** Everything in an entry that begins with `prefix`. */
export function hitsIn(entry: Entry, prefix: string, revisions: Revisions): readonly Hit[] {
  const { content, manifest, views, proofs } = entry;
  const all: readonly (readonly [DigestRole, string])[] = [
    ['content', content],
    ['manifest', manifest],
    ...(views.object === undefined ? [] : ([['view', views.object.digest]] as const)),
    ...proofs.map(({ digest }) => ['proof', digest] as const),
    ...revisions(entry).map((revision) => ['revision', DIGEST.exec(revision)?.[0] ?? ''] as const),
  ];
  const found = all.filter(([, digest]) => digest.startsWith(prefix)) as readonly (readonly [DigestRole, Digest])[];
  // A registry shows the manifest's digest as revision: that is no news.
  return found
    .filter(([role, digest]) => role !== 'revision' || digest !== manifest)
    .map(([role, digest]) => ({ digest, role }));
}

/** Distinct digests, in their order. */
export const digestsOf = (hits: readonly { readonly hits: readonly Hit[] }[]): readonly Digest[] =>
  [...new Set(hits.flatMap(({ hits: own }) => own.map(({ digest }) => digest)))].sort();

/** What a digest is of, each once. */
export const rolesOf = (hits: readonly Hit[], digest: Digest): readonly DigestRole[] => [
  ...new Set(hits.filter((hit) => hit.digest === digest).map(({ role }) => role)),
];

/** Where it was first: the entry in the oldest record that has it. */
export function firstOf({ record, entry }: Pick<Sighting, 'record' | 'entry'>): FirstSeen {
  const { generation, kind, at, by, job, source } = record;
  return {
    ...{ generation, kind, at },
    ...(by !== undefined && { by }),
    ...(job && { job }),
    ...(source !== undefined && { source }),
    // Of what somebody else wrote the commit only tells the order.
    ...(entry.commit !== undefined && kind !== 'adopt' && { commit: entry.commit }),
  };
}

/** A claimed entry as it is told. */
export function versionOf({ claim, entry, hits }: Claimed, digest: Digest): WhoisVersion {
  const { version, at, by, source } = claim;
  const { name, content, manifest, commit } = entry;
  return {
    ...{ artifact: name, version, roles: rolesOf(hits, digest), content, manifest, at },
    ...(by !== undefined && { by }),
    ...(source !== undefined && { source }),
    ...(commit !== undefined && { commit }),
  };
}

/**
 * The one digest that begins with `prefix`. Throws `NOT_FOUND` where there is none (`failed`: not everybody answered), and
 * `USAGE` where there are several, which are listed.
 */
export function onlyDigest(digests: readonly Digest[], prefix: string, failed: boolean): Digest {
  const [first] = digests;
  if (first === undefined) {
    const hint = failed
      ? 'not every store answered: ask again when all do'
      : 'it may belong to another project or store, have been pruned with its records, or never have been published';
    throw new SlipwayError('NOT_FOUND', `No kept release and no version has "${prefix}"`, { hint });
  }
  if (digests.length === 1) return first;
  const shown = digests.slice(0, 10).join(', ');
  const more = digests.length > 10 ? ` and ${digests.length - 10} more` : '';
  throw new SlipwayError('USAGE', `"${prefix}" is the beginning of ${digests.length} digests: ${shown}${more}`, {
    hint: 'write more of its digits',
  });
}

/** Whether what was signed speaks of what is expected. */
import type { Statement, StatementSubject } from '../statement.ts';
import { isObject, PROVENANCE_TYPE } from '../statement.ts';
import type { Check, Provenance } from './answer.ts';
import { type Expected, quoted, refusal } from './refusal.ts';

/** What was found of the subject. */
export interface SubjectFound {
  readonly checked: readonly Check[];
  readonly notes: readonly string[];
}

/** Looks for what is expected among the subjects of one statement. */
export type SubjectFinder = (expected: Expected) => SubjectFound;

/**
 * A finder, which looks at the subjects once. The digest has to be listed, and under the expected name where the statement names what it lists: all artifacts of a
 * release share one statement, so that a listed digest alone would let artifact A be served as B. Statements of
 * `cosign sign` name nothing; those hold by digest, and a note says so. Throws a bare `UNTRUSTED` reason.
 */
export function subjectFinder({ subjects }: Statement): SubjectFinder {
  const byDigest = new Map<string, StatementSubject[]>();
  for (const subject of subjects) {
    const { sha256 = '' } = subject.digest;
    byDigest.set(sha256, [...(byDigest.get(sha256) ?? []), subject]);
  }
  return (expected) => {
    const listed = byDigest.get(expected.digest.slice('sha256:'.length)) ?? [];
    return judged(expected, listed, subjects.length);
  };
}

/** What the subjects with the expected digest, of so many in all, say of it. */
function judged({ digest, name }: Expected, listed: readonly StatementSubject[], of: number): SubjectFound {
  if (listed.length === 0) {
    const about = of === 1 ? 'another artifact' : `${of} other artifacts`;
    throw refusal(
      `the signed statement is about ${about}`,
      'give the proof of this artifact, or ask whoever publishes it to run slipway publish --allow prove-again',
    );
  }
  const found: Check = { what: 'digest', detail: `${digest} is one of ${of} in the signed statement` };
  const names = [...new Set(listed.flatMap((subject) => subject.name ?? []))];
  if (name === undefined) {
    const shown = names.map(quoted).join(', ');
    return {
      checked: [found],
      notes: names.length === 0 ? [] : [`the statement lists it as ${shown}; no name was expected`],
    };
  }
  if (names.length === 0) {
    return {
      checked: [found],
      notes: ['the statement names no artifacts, as those of cosign: only the digest was checked'],
    };
  }
  if (!names.includes(name)) {
    throw refusal(
      `the signed statement lists this digest as ${names.map(quoted).join(', ')}, not as ${quoted(name)}`,
      'another artifact is served in its place: look who wrote to the store, or name the artifact that you expect (--artifact)',
    );
  }
  return { checked: [found, { what: 'name', detail: `the statement lists it as ${quoted(name)}` }], notes: [] };
}

/** The text at a path of a JSON value; undefined where there is none. */
function textAt(value: unknown, ...path: readonly (string | number)[]): string | undefined {
  let here = value;
  for (const step of path) {
    if (Array.isArray(here) && typeof step === 'number') here = here[step];
    else if (isObject(here) && typeof step === 'string' && Object.hasOwn(here, step)) here = here[step];
    else return undefined;
  }
  return typeof here === 'string' && here !== '' ? here : undefined;
}

/** What an SLSA provenance v1 says; undefined for other predicates. Its fields are the signer's word. */
export function provenanceOf({ predicateType, predicate }: Statement): Provenance | undefined {
  if (predicateType !== PROVENANCE_TYPE) return undefined;
  const said = {
    builder: textAt(predicate, 'runDetails', 'builder', 'id'),
    buildType: textAt(predicate, 'buildDefinition', 'buildType'),
    source: textAt(predicate, 'buildDefinition', 'resolvedDependencies', 0, 'uri'),
    commit: textAt(predicate, 'buildDefinition', 'resolvedDependencies', 0, 'digest', 'gitCommit'),
    run: textAt(predicate, 'runDetails', 'metadata', 'invocationId'),
  };
  return Object.fromEntries(Object.entries(said).filter(([, text]) => text !== undefined));
}

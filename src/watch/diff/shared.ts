/** Changes that many artifacts share. */

import { groupedBy } from '../../grouped.ts';
import type { ArtifactDifference, FileChange, ObjectChange, SharedChanges } from '../../model.ts';

/** Groups by what people see: of masked values nobody learns whether they are equal. */
export function sharedOf(artifacts: readonly ArtifactDifference[]): {
  readonly sets: readonly SharedChanges[];
  readonly common: readonly SharedChanges[];
} {
  const keyed = artifacts.filter(({ state }) => state !== 'unchanged').map(keyedOf);
  return { sets: setsOf(keyed), common: commonOf(keyed) };
}

interface Keyed {
  readonly artifact: ArtifactDifference;
  readonly changes: readonly (readonly [string, ObjectChange])[];
  readonly files: readonly (readonly [string, FileChange])[];
}

const keyOf = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? { bigint: String(inner) } : inner));

function keyedOf(artifact: ArtifactDifference): Keyed {
  return {
    artifact,
    changes: artifact.changes.map((change) => [keyOf(change), change]),
    files: artifact.files.map((file) => [keyOf(file), file]),
  };
}

function setsOf(keyed: readonly Keyed[]): readonly SharedChanges[] {
  const groups = groupedBy(keyed, ({ artifact, changes, files }) =>
    JSON.stringify([artifact.state, changes.map(([key]) => key).sort(), files.map(([key]) => key).sort()]),
  );
  const sets = [...groups.values()].map((members): SharedChanges => {
    const [first] = members;
    return {
      artifacts: members.map(({ artifact }) => artifact.name),
      changes: first?.artifact.changes ?? [],
      files: first?.artifact.files ?? [],
    };
  });
  return sets.sort(moreFirst);
}

/** A change with the artifacts that have it. An artifact with twins has it twice. */
interface Single {
  readonly change?: ObjectChange;
  readonly file?: FileChange;
  readonly artifacts: string[];
}

function commonOf(keyed: readonly Keyed[]): readonly SharedChanges[] {
  const singles = new Map<string, Single>();
  const add = (key: string, artifact: string, what: Omit<Single, 'artifacts'>): void => {
    const known = singles.get(key);
    if (known === undefined) singles.set(key, { ...what, artifacts: [artifact] });
    else known.artifacts.push(artifact);
  };
  for (const { artifact, changes, files } of keyed) {
    for (const [key, change] of changes) add(`object ${key}`, artifact.name, { change });
    for (const [key, file] of files) add(`file ${key}`, artifact.name, { file });
  }
  const groups = groupedBy(singles.values(), ({ artifacts }) => JSON.stringify(artifacts));
  const common = [...groups.values()].map((members): SharedChanges => {
    return {
      artifacts: [...new Set(members[0]?.artifacts)],
      changes: members.flatMap(({ change }) => change ?? []),
      files: members.flatMap(({ file }) => file ?? []),
    };
  });
  return common.sort(moreFirst);
}

/** The order of names is kept where the numbers are equal: sorting is stable. */
const moreFirst = (one: SharedChanges, other: SharedChanges): number => other.artifacts.length - one.artifacts.length;

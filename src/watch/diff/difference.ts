/** The difference between two sides of a release. */

import { groupedBy } from '../../grouped.ts';
import type { ArtifactDifference, Difference, DifferenceCounts, FormerPlace, ObjectChange } from '../../model.ts';
import { type Edit, editsOf } from './edits.ts';
import { fieldChanges, type Renames } from './fields.ts';
import { masked } from './mask.ts';
import type { Placed } from './objects.ts';
import { type ArtifactFiles, type Leftover, Reader, type ReadYaml, sameFiles } from './read.ts';
import { sharedOf } from './shared.ts';
import { withoutUnlisted } from './unlisted.ts';

/** Two sides, with what they are read by. */
export interface DifferenceInput {
  readonly before: readonly ArtifactFiles[];
  readonly after: readonly ArtifactFiles[];
  /** Artifacts that are the same on both sides, and that nobody has to read to know it. */
  readonly unchanged?: readonly { readonly name: string; readonly objects: number }[];
  readonly read: ReadYaml;
  /** Keep both sides of each object that is different, with secrets masked: for unified YAML. */
  readonly values?: boolean;
}

/** A difference, and the same with all values, which must not be shown. */
export interface Compared {
  readonly difference: Difference;
  readonly edits: readonly Edit[];
}

/** Compares two sides object by object. Artifacts with the same bytes are not read. */
export function compareSides({ before, after, read, ...input }: DifferenceInput): Compared {
  const reader = new Reader(read);
  const [old, young] = [before, after].map((side) => new Map(side.map(({ name, files }) => [name, files])));
  const names = [...new Set([...before, ...after].map(({ name }) => name))].sort();
  const pairs = names.map((name) => readArtifact(reader, { name, before: old?.get(name), after: young?.get(name) }));
  return comparedOf(pairs, input);
}

/** The two sides of one artifact; undefined where it is not there. */
export interface ArtifactPair {
  readonly name: string;
  readonly before: Files | undefined;
  readonly after: Files | undefined;
}

/**
 * The same of artifacts that come one after the other: of each only what is different is kept. What Flux deletes because no
 * kustomization lists it any longer is removed.
 */
export async function comparePairs(
  pairs: AsyncIterable<ArtifactPair>,
  { read, ...input }: Omit<DifferenceInput, 'before' | 'after'>,
): Promise<Compared> {
  const reader = new Reader(read);
  const artifacts: ReadArtifact[] = [];
  for await (const { name, before, after } of pairs) {
    const left = before && after && withoutUnlisted(before, after, read);
    artifacts.push(readArtifact(reader, { name, before, after: left ?? after }));
  }
  return comparedOf(
    artifacts.toSorted((one, other) => (one.name < other.name ? -1 : 1)),
    input,
  );
}

function comparedOf(
  artifacts: readonly ReadArtifact[],
  { unchanged = [], values = false }: Pick<DifferenceInput, 'unchanged' | 'values'>,
): Compared {
  const edits = editsOf(artifacts.map(({ leftover }) => leftover));
  const changes = changesByArtifact(edits, values);
  const compared = artifacts.map(({ name, state, leftover: { objects, files } }): ArtifactDifference => {
    const known = changes.get(name) ?? [];
    return { name, state, objects, changes: known.toSorted(byObject), files };
  });
  const differences = [...compared, ...unchanged.map(sameOnBothSides)].toSorted((one, other) =>
    one.name < other.name ? -1 : 1,
  );
  return { difference: { artifacts: differences, ...sharedOf(differences), counts: countsOf(differences) }, edits };
}

const sameOnBothSides = ({
  name,
  objects,
}: {
  readonly name: string;
  readonly objects: number;
}): ArtifactDifference => ({
  ...{ name, state: 'unchanged', changes: [], files: [] },
  objects: { before: objects, after: objects },
});

interface ReadArtifact {
  readonly name: string;
  readonly state: ArtifactDifference['state'];
  readonly leftover: Leftover;
}

type Files = ArtifactFiles['files'];

function readArtifact(reader: Reader, { name, before, after }: ArtifactPair): ReadArtifact {
  if (before !== undefined && after !== undefined && sameFiles(before, after)) {
    const count = reader.count(after);
    const leftover = { before: [], after: [], files: [], objects: { before: count, after: count } };
    return { name, state: 'unchanged', leftover };
  }
  const state = before === undefined ? 'added' : after === undefined ? 'removed' : 'changed';
  return { name, state, leftover: reader.leftover(name, before ?? [], after ?? []) };
}

type Changes = ReadonlyMap<string, readonly ObjectChange[]>;

interface InArtifact {
  readonly artifact: string;
  readonly change: ObjectChange;
}

function changesByArtifact(edits: readonly Edit[], values: boolean): Changes {
  const renames = new Map<string, Map<string, string>>();
  for (const edit of edits) {
    if (edit.change !== 'renamed') continue;
    const known = renames.get(edit.to.artifact) ?? new Map<string, string>();
    renames.set(edit.to.artifact, known.set(edit.from.name.name, edit.to.name.name));
  }
  const all = edits.flatMap((edit): readonly InArtifact[] => {
    const { artifact } = edit.change === 'removed' ? edit.from : edit.to;
    const here = { artifact, change: changeOf(edit, renames.get(artifact) ?? new Map(), values) };
    if (edit.change !== 'moved' || edit.from.artifact === artifact) return [here];
    return [here, { artifact: edit.from.artifact, change: departureOf(edit) }];
  });
  const groups = [...groupedBy(all, ({ artifact }) => artifact)];
  return new Map(groups.map(([artifact, members]) => [artifact, withReferences(members.map(({ change }) => change))]));
}

function changeOf(edit: Edit, renames: Renames, values: boolean): ObjectChange {
  const shown = values ? { values: valuesOf(edit) } : {};
  const { change } = edit;
  if (change === 'added') return { change, object: edit.to.name, file: edit.to.file, fields: [], ...shown };
  if (change === 'removed') return { change, object: edit.from.name, file: edit.from.file, fields: [], ...shown };
  const { from, to, delta } = edit;
  const place = change === 'changed' ? {} : formerPlace(from, to);
  const fields = delta === undefined ? [] : fieldChanges(from.value, to.value, delta, renames);
  // The place says it.
  const said = [
    ...(place.name === undefined ? [] : ['metadata.name']),
    ...(place.namespace === undefined ? [] : ['metadata.namespace']),
  ];
  return {
    ...{ change, object: to.name, file: to.file },
    ...(change !== 'changed' && { from: place }),
    fields: fields.filter(({ path }) => !said.includes(path)),
    ...shown,
  };
}

function valuesOf(edit: Edit): { readonly before?: unknown; readonly after?: unknown } {
  if (edit.change === 'added') return { after: masked(edit.to.value) };
  if (edit.change === 'removed') return { before: masked(edit.from.value) };
  return { before: masked(edit.from.value), after: masked(edit.to.value, edit.from.value) };
}

function formerPlace(from: Placed, to: Placed): FormerPlace {
  const namespace = from.name.namespace ?? '';
  return {
    ...(from.artifact !== to.artifact && { artifact: from.artifact }),
    ...(from.file !== to.file && { file: from.file }),
    ...(namespace !== (to.name.namespace ?? '') && { namespace }),
    ...(from.name.name !== to.name.name && { name: from.name.name }),
  };
}

const departureOf = ({ from, to }: { readonly from: Placed; readonly to: Placed }): ObjectChange => ({
  ...{ change: 'moved', object: from.name, file: from.file, fields: [] },
  to: { artifact: to.artifact, file: to.file },
});

/** Tells each generated object how many fields follow its new name. */
function withReferences(changes: readonly ObjectChange[]): readonly ObjectChange[] {
  if (!changes.some(({ change }) => change === 'renamed')) return changes;
  const following = changes.flatMap(({ fields }) => fields.filter(({ follows }) => follows === true));
  const references = groupedBy(following, ({ after }) => after);
  return changes.map((change) => {
    if (change.change !== 'renamed') return change;
    return { ...change, references: references.get(change.object.name)?.length ?? 0 };
  });
}

const orderOf = ({ object: { kind, namespace = '', name }, file }: ObjectChange): string =>
  [namespace, kind, name, file].join('\n');

function byObject(one: ObjectChange, other: ObjectChange): number {
  const [first, second] = [orderOf(one), orderOf(other)];
  return first < second ? -1 : first > second ? 1 : 0;
}

function countsOf(artifacts: readonly ArtifactDifference[]): DifferenceCounts {
  const states = { added: 0, removed: 0, changed: 0, unchanged: 0 };
  const objects = { added: 0, removed: 0, changed: 0, moved: 0, renamed: 0 };
  let [files, references] = [0, 0];
  for (const artifact of artifacts) {
    states[artifact.state] += 1;
    files += artifact.files.length;
    for (const { change, to, references: following = 0 } of artifact.changes) {
      if (to === undefined) objects[change] += 1;
      references += following;
    }
  }
  return { artifacts: states, objects, files, references };
}

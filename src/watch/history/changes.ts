/** What a generation changed, and which commits that came from. */
import type { Entry, GenerationChanges, LiveArtifact, ReleaseRecord } from '../../model.ts';
import type { Placed } from './line.ts';

const named = (entries: readonly Entry[]): readonly string[] => entries.map(({ name }) => name);

/** Against the record before it. Without that, an entry's `since` tells whether this generation brought its content. */
export function changesOf({ record, before }: Pick<Placed, 'record' | 'before'>): GenerationChanges {
  const { artifacts, generation, previous } = record;
  if (before === undefined && previous !== undefined) {
    return { added: [], changed: named(artifacts.filter(({ since }) => since === generation)), removed: [] };
  }
  const former = new Map((before?.artifacts ?? []).map((entry) => [entry.name, entry]));
  const present = new Set(named(artifacts));
  const differs = ({ name, content }: Entry): boolean => former.has(name) && former.get(name)?.content !== content;
  return {
    added: named(artifacts.filter(({ name }) => !former.has(name))),
    changed: named(artifacts.filter(differs)),
    removed: [...former.keys()].filter((name) => !present.has(name)),
    compared: true,
  };
}

/** Names that a generation touched. */
export const touched = ({ added, changed, removed }: GenerationChanges): readonly string[] => [
  ...added,
  ...changed,
  ...removed,
];

/** Commits of what a generation brought; that of its floor where it brought nothing. */
export function commitsOf({ artifacts, floor }: ReleaseRecord, changes: GenerationChanges): readonly string[] {
  const brought = new Set([...changes.added, ...changes.changed]);
  const commits = artifacts.flatMap(({ name, commit }) => (brought.has(name) && commit !== undefined ? [commit] : []));
  if (commits.length > 0 || brought.size > 0) return [...new Set(commits)];
  return floor === undefined ? [] : [floor.commit];
}

/** An entry as answers show it. */
export function artifactOf(entry: Entry): LiveArtifact {
  const { name, commit, content, manifest, size, resources, since, orphan } = entry;
  return {
    name,
    ...(commit !== undefined && { commit }),
    ...{ content, manifest, size, resources, since },
    ...(orphan && { orphan }),
  };
}

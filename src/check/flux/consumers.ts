/** Which Kustomizations of a run build which of its artifacts, as far as that is certain. */
import type { ArtifactView, PlacedObject } from '../view.ts';
import type { SyncFacts } from './facts.ts';
import { type Layout, layoutOf } from './layout.ts';
import { consumedFolder, folderOf, isBelow, isYaml } from './paths.ts';

/** A Kustomization that builds a folder of an artifact. */
export interface Consumer {
  readonly sync: SyncFacts;
  readonly object: PlacedObject;
  /** The artifact that the Kustomization itself is in. */
  readonly home: ArtifactView;
  readonly target: ArtifactView;
  readonly folder: string;
}

/** The consumers that are known. */
export function consumersIn(views: readonly ArtifactView[]): readonly Consumer[] {
  const byName = new Map(views.map((view) => [view.artifact.name, view]));
  return views.flatMap((home) => {
    const syncs = home.objects.filter(({ facts }) => facts.flux?.sync !== undefined);
    if (syncs.length === 0) return [];
    const sources = sourcesIn(home);
    return syncs.flatMap((object) => consumerOf(object, home, sources, byName) ?? []);
  });
}

const keyOf = (kind: string, namespace: string | undefined, name: string): string =>
  `${kind}/${namespace ?? ''}/${name}`;

function sourcesIn({ objects }: ArtifactView): ReadonlyMap<string, ReadonlySet<string>> {
  const sources = new Map<string, Set<string>>();
  for (const { facts } of objects) {
    const url = facts.flux?.source?.url;
    if (url === undefined) continue;
    const key = keyOf(facts.kind, facts.namespace, facts.name);
    sources.set(key, (sources.get(key) ?? new Set()).add(url));
  }
  return sources;
}

function consumerOf(
  object: PlacedObject,
  home: ArtifactView,
  sources: ReadonlyMap<string, ReadonlySet<string>>,
  byName: ReadonlyMap<string, ArtifactView>,
): Consumer | undefined {
  const sync = object.facts.flux?.sync;
  if (sync === undefined || sync.path?.includes('${') === true) return undefined;
  const folder = consumedFolder(sync.path ?? '');
  const { kind, namespace, name } = sync.source;
  const names = [...(sources.get(keyOf(kind, namespace, name)) ?? [])].map((url) =>
    url.slice(url.lastIndexOf('/') + 1),
  );
  const target = new Set(names).size === 1 ? byName.get(names[0] ?? '') : undefined;
  if (target !== undefined) return { sync, object, home, target, folder };
  // `flux bootstrap` calls the source of a fleet so, and what it applies lies in the fleet itself.
  const own = name === 'flux-system' && home.artifact.render.kind === 'source' && folder !== '';
  return own && layoutOf(home.files).isFolder(folder) ? { sync, object, home, target: home, folder } : undefined;
}

/** Whether the folder is there at all. */
export function isThere({ target, folder }: Consumer): boolean {
  return target.artifact.render.kind === 'source' ? layoutOf(target.files).isFolder(folder) : folder === '';
}

/** The files that the build of a folder reads as manifests, by path. */
export function filesBuilt({ target, folder }: Consumer): ReadonlySet<string> {
  if (target.artifact.render.kind !== 'source') return new Set(target.files.map(({ path }) => path));
  const layout = layoutOf(target.files);
  const built = new Set<string>();
  const seen = new Set<string>();
  const waiting = [folder];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    const { files, folders } =
      layout.kustomizationOf(next) === undefined ? generated(target, layout, next) : listed(layout, next);
    for (const file of files) built.add(file);
    waiting.push(...folders);
  }
  return built;
}

interface Step {
  readonly files: readonly string[];
  readonly folders: readonly string[];
}

function listed(layout: Layout, folder: string): Step {
  const names = layout.kustomizationOf(folder)?.names ?? [];
  const targets = names.flatMap(({ use, target }) =>
    target !== undefined && (use === 'resource' || use === 'component') ? [target] : [],
  );
  return {
    files: targets.filter((target) => layout.file(target) !== undefined),
    folders: targets.filter((target) => layout.kustomizationOf(target) !== undefined),
  };
}

/** All YAML files below a folder; a folder with a kustomization file of its own stands for what is in it. */
function generated({ files }: ArtifactView, layout: Layout, folder: string): Step {
  const own: string[] = [];
  const folders = new Set<string>();
  for (const { path } of files) {
    if (!isBelow(path, folder)) continue;
    const inner = outermost(layout, folder, folderOf(path));
    if (inner !== undefined) folders.add(inner);
    else if (isYaml(path)) own.push(path);
  }
  return { files: own, folders: [...folders] };
}

/** The first folder on the way down from one to another that has a kustomization file. */
function outermost(layout: Layout, from: string, to: string): string | undefined {
  const rest = from === '' ? to : to.slice(from.length + 1);
  let at = from;
  for (const segment of rest === '' ? [] : rest.split('/')) {
    at = at === '' ? segment : `${at}/${segment}`;
    if (layout.kustomizationOf(at) !== undefined) return at;
  }
  return undefined;
}

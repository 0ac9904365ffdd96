/** Objects that are applied together. Source artifacts leave that to kustomize in the cluster, which is followed here. */

import { groupedBy } from '../../grouped.ts';
import type { KustomizationFile } from '../flux/kustomization-file.ts';
import { type Layout, layoutOf } from '../flux/layout.ts';
import { folderOf } from '../flux/paths.ts';
import { fieldsOf, listOf, textOf } from '../object.ts';
import type { ArtifactView, PlacedObject } from '../view.ts';
import { namespaceOf } from './holdings.ts';

/** An object in a build, with the name and namespace that kustomize gave it so far. */
export interface Member {
  readonly object: PlacedObject;
  readonly name: string;
  readonly namespace: string;
}

/** Objects that meet in one build; of an artifact that is rendered, all. */
export interface Build {
  readonly members: readonly Member[];
  /** The kustomization file that brings them together. */
  readonly file?: string;
}

const asWritten = (object: PlacedObject): Member => ({
  object,
  name: object.facts.name,
  namespace: namespaceOf(object.facts),
});

/** The builds of an artifact. */
export function buildsOf({ artifact, files, objects }: ArtifactView): readonly Build[] {
  if (artifact.render.kind !== 'source') return [{ members: objects.map(asWritten) }];
  const layout = layoutOf(files);
  const byFile = groupedBy(objects, ({ document }) => document.file);
  const builder = new Builder(layout, byFile);
  const folders = [...groupedBy(byFile.keys(), folderOf)].filter(([folder, paths]) => isAlone(layout, folder, paths));
  return [
    ...layout.kustomizations.map((kustomization) => ({
      members: builder.accumulated(kustomization),
      file: kustomization.path,
    })),
    ...folders.map(([, paths]) => ({ members: paths.flatMap((path) => (byFile.get(path) ?? []).map(asWritten)) })),
  ];
}

/** Whether Flux generates the kustomization of a folder: then all files of it are applied, whatever folder Flux is told. */
function isAlone(layout: Layout, folder: string, paths: readonly string[]): boolean {
  return (
    layout.kustomizationOf(folder) === undefined &&
    paths.every((path) => layout.usesOf(path).size === 0 && layout.chartOf(path) === undefined)
  );
}

/** kustomize leaves the names of these as they are. */
const KEEPS_NAME: ReadonlySet<string> = new Set(['CustomResourceDefinition', 'Namespace', 'APIService']);

/** Follows kustomizations through the files of an artifact. */
class Builder {
  private readonly layout: Layout;
  private readonly byFile: ReadonlyMap<string, readonly PlacedObject[]>;
  private readonly known = new Map<KustomizationFile, readonly Member[]>();

  constructor(layout: Layout, byFile: ReadonlyMap<string, readonly PlacedObject[]>) {
    this.layout = layout;
    this.byFile = byFile;
  }

  /** What a kustomization loads, before it changes anything. */
  accumulated(kustomization: KustomizationFile): readonly Member[] {
    const known = this.known.get(kustomization);
    if (known !== undefined) return known;
    // A kustomization that loads itself is an error of its own.
    this.known.set(kustomization, []);
    // An entry that is there twice is an error of its own.
    const loaded = new Set<string>();
    const members = kustomization.names.flatMap(({ use, target, remote }) => {
      if (use !== 'resource' || remote || target === undefined || loaded.has(target)) return [];
      loaded.add(target);
      const file = this.byFile.get(target);
      if (file !== undefined) return file.map(asWritten);
      const folder = this.layout.kustomizationOf(target);
      return folder === undefined || folder.component ? [] : this.built(folder);
    });
    this.known.set(kustomization, members);
    return members;
  }

  /** What comes out of a kustomization; nothing where it changes names in ways that are not followed. */
  private built(kustomization: KustomizationFile): readonly Member[] {
    const { fields } = kustomization;
    const [namespace, prefix, suffix] = ['namespace', 'namePrefix', 'nameSuffix'].map((key) => textOf(fields[key]));
    if (this.changesNames(kustomization)) return [];
    return this.accumulated(kustomization).map(({ object, name, namespace: own }) => ({
      object,
      name: KEEPS_NAME.has(object.facts.kind) ? name : `${prefix ?? ''}${name}${suffix ?? ''}`,
      namespace: namespace === undefined || object.facts.namespaced === false ? own : namespace,
    }));
  }

  private changesNames({ fields, names }: KustomizationFile): boolean {
    if (['transformers', 'replacements', 'components', 'vars'].some((key) => fields[key] !== undefined)) return true;
    const inline = ['patches', 'patchesJson6902', 'patchesStrategicMerge'].flatMap((key) =>
      listOf(fields[key]).map((patch) => textOf(patch) ?? textOf(fieldsOf(patch).patch) ?? ''),
    );
    const files = names.flatMap(({ use, target }) => {
      const file = use === 'patch' && target !== undefined ? this.layout.file(target) : undefined;
      return file === undefined ? [] : [Buffer.from(file.bytes).toString()];
    });
    return [...inline, ...files].some((patch) => /\$patch|\/metadata\/name/.test(patch));
  }
}

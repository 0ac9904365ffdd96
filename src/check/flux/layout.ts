/** How the files of an artifact hang together for kustomize, which builds it in the cluster. */
import type { SourceFile } from '../../model.ts';
import {
  isKustomizationPath,
  type KustomizationFile,
  type NamedPath,
  readKustomization,
  type Use,
} from './kustomization-file.ts';
import { folderOf, foldersUp, isYaml } from './paths.ts';

/** The folders and kustomization files of an artifact. */
export class Layout {
  readonly kustomizations: readonly KustomizationFile[];
  private readonly files: ReadonlyMap<string, SourceFile>;
  private readonly folders = new Set<string>(['']);
  private readonly byFolder = new Map<string, KustomizationFile>();
  private readonly uses = new Map<string, Set<Use>>();

  constructor(files: readonly SourceFile[]) {
    this.files = new Map(files.map((file) => [file.path, file]));
    for (const { path } of files) for (const folder of foldersUp(folderOf(path))) this.folders.add(folder);
    this.kustomizations = files.filter(({ path }) => isKustomizationPath(path)).map(readKustomization);
    for (const file of this.kustomizations) {
      if (!this.byFolder.has(file.folder)) this.byFolder.set(file.folder, file);
      for (const named of file.names) this.note(named);
    }
  }

  /** The bytes of a file, undefined where there is none. */
  file(path: string): SourceFile | undefined {
    return this.files.get(path);
  }

  /** Whether there is a folder of that path. */
  isFolder(path: string): boolean {
    return this.folders.has(path);
  }

  /** The kustomization file that stands for a folder. */
  kustomizationOf(folder: string): KustomizationFile | undefined {
    return this.byFolder.get(folder);
  }

  /** What kustomization files use a file for. */
  usesOf(path: string): ReadonlySet<Use> {
    return this.uses.get(path) ?? new Set();
  }

  /** The folder of the Helm chart that a file belongs to. */
  chartOf(path: string): string | undefined {
    return find(foldersUp(folderOf(path)), (folder) =>
      this.files.has(folder === '' ? 'Chart.yaml' : `${folder}/Chart.yaml`),
    );
  }

  /** Whether a file is left to the kustomization that Flux generates: no folder above it has one of its own. */
  isGenerated(path: string): boolean {
    return isYaml(path) && find(foldersUp(folderOf(path)), (folder) => this.byFolder.has(folder)) === undefined;
  }

  private note({ use, target, remote }: NamedPath): void {
    if (target === undefined || remote || !this.files.has(target)) return;
    const uses = this.uses.get(target);
    if (uses === undefined) this.uses.set(target, new Set([use]));
    else uses.add(use);
  }
}

function find<Item>(items: Iterable<Item>, wanted: (item: Item) => boolean): Item | undefined {
  for (const item of items) if (wanted(item)) return item;
  return undefined;
}

const known = new WeakMap<readonly SourceFile[], Layout>();

/** The layout of an artifact's files; it is looked at once. */
export function layoutOf(files: readonly SourceFile[]): Layout {
  const layout = known.get(files) ?? new Layout(files);
  known.set(files, layout);
  return layout;
}

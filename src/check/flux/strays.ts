/** YAML files that the kustomization which Flux generates takes for manifests, and that are none. */
import { textOfFile } from '../file-text.ts';
import { objectsOf } from '../object.ts';
import type { Breach } from '../rule.ts';
import type { ArtifactView, FilePlace, ReleaseReport } from '../view.ts';
import { readDocuments } from '../yaml/documents.ts';
import { type Consumer, filesBuilt } from './consumers.ts';
import { isKustomizationPath } from './kustomization-file.ts';
import { type Layout, layoutOf } from './layout.ts';
import { folderOf, foldersUp, nameOf } from './paths.ts';
import { roleOf } from './roles.ts';

/** Looks for such files, in folders that are surely built and in those that may be. */
export function checkStrays(
  views: readonly ArtifactView[],
  consumers: readonly Consumer[],
  report: ReleaseReport,
): void {
  for (const view of views.filter(({ artifact }) => artifact.render.kind === 'source')) {
    const builders = new Map<string, Consumer>();
    for (const consumer of consumers) {
      if (consumer.target !== view || consumer.sync.changesObjects) continue;
      for (const file of filesBuilt(consumer)) builders.set(file, consumer);
    }
    checkView(view, builders, report);
    checkEmpty(view, report);
  }
}

function checkView(view: ArtifactView, builders: ReadonlyMap<string, Consumer>, report: ReleaseReport): void {
  const layout = layoutOf(view.files);
  const role = roleOf(view.artifact, view.files);
  const manifests = new Map<string, string>();
  for (const { path } of view.files) {
    const folder = folderOf(path);
    if (
      layout.isGenerated(path) &&
      role(path) === 'manifests' &&
      layout.chartOf(path) === undefined &&
      !manifests.has(folder)
    ) {
      manifests.set(folder, path);
    }
  }
  for (const { path } of view.files) {
    if (role(path) === 'manifests' || isKustomizationPath(path) || isInChart(layout, path)) continue;
    const builder = builders.get(path);
    const neighbour = layout.isGenerated(path) ? above(path, manifests) : undefined;
    if (builder === undefined && neighbour === undefined) continue;
    const stray = strayIn(layout, path);
    if (stray === undefined) continue;
    report(
      view,
      builder === undefined ? mixed(stray, path, neighbour ?? '') : built(stray, path, builder),
      stray.place,
    );
  }
}

/** A chart is told of once, at its Chart.yaml. */
const isInChart = (layout: Layout, path: string): boolean =>
  layout.chartOf(path) !== undefined && nameOf(path) !== 'Chart.yaml';

function above(path: string, manifests: ReadonlyMap<string, string>): string | undefined {
  for (const folder of foldersUp(folderOf(path))) {
    const found = manifests.get(folder);
    if (found !== undefined) return found;
  }
  return undefined;
}

interface Stray {
  readonly problem: string;
  readonly place: FilePlace;
}

/** Why a file is no manifest. A file of comments is one, with nothing in it. */
function strayIn(layout: Layout, path: string): Stray | undefined {
  const file = layout.file(path);
  if (file === undefined) return undefined;
  const { documents, findings } = readDocuments(textOfFile(file), { artifact: '', file: path });
  const broken = findings.find(({ severity }) => severity === 'error');
  if (broken !== undefined) return { problem: 'it is no YAML that kustomize can read', place: { file: path } };
  for (const { value, line } of documents) {
    const [problem] = objectsOf(value).problems;
    if (problem !== undefined) return { problem: lowered(problem.message), place: { file: path, line } };
  }
  return undefined;
}

const lowered = (text: string): string => text.replace(/^Not a/, 'it is not a');

function built({ problem }: Stray, path: string, { object, folder }: Consumer): Breach {
  const { name } = object.facts;
  return {
    rule: 'flux/not-a-manifest',
    message: `Kustomization "${name}" builds "${path}" with all YAML files below "${folder}", and ${problem}`,
    hint: 'add a kustomization.yaml that lists the manifests, or leave the file out in .sourceignore',
  };
}

function mixed({ problem }: Stray, path: string, neighbour: string): Breach {
  return {
    rule: 'flux/mixed-folder',
    message: `Whoever builds "${neighbour}" without a kustomization.yaml builds "${path}" too, and ${problem}`,
    hint: 'add a kustomization.yaml that lists the manifests, or leave the file out in .sourceignore',
  };
}

function checkEmpty(view: ArtifactView, report: ReleaseReport): void {
  const layout = layoutOf(view.files);
  if (view.objects.length > 0 || layout.kustomizations.length > 0) return;
  if (view.files.some(({ path }) => layout.chartOf(path) !== undefined)) return;
  const message = `The artifact "${view.artifact.name}" holds no Kubernetes object`;
  report(view, { rule: 'flux/empty', message, hint: 'correct the path of the artifact, or its .sourceignore' });
}

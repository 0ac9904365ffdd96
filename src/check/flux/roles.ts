/** What the YAML files of an artifact are to the consumer that builds it. */
import type { ArtifactPlan, SourceFile } from '../../model.ts';
import { isUtf8File, textOfFile } from '../file-text.ts';
import { isKustomizationPath } from './kustomization-file.ts';
import { type Layout, layoutOf } from './layout.ts';
import { isBelow, isYaml, nameOf } from './paths.ts';

/**
 * `manifests`: its documents are whole objects. `yaml`: something else in YAML (a kustomization, a patch, values). `other`:
 * not read as YAML (a chart's template, a file that nobody reads, or no YAML at all).
 */
export type Role = 'manifests' | 'yaml' | 'other';

/** The roles of an artifact's files, by path. */
export function roleOf({ render }: ArtifactPlan, files: readonly SourceFile[]): (path: string) => Role {
  if (render.kind !== 'source') return (path) => (isYaml(path) ? 'manifests' : 'other');
  const layout = layoutOf(files);
  return (path) => roleIn(layout, path);
}

function roleIn(layout: Layout, path: string): Role {
  const uses = layout.usesOf(path);
  if (uses.has('resource')) return 'manifests';
  if (isKustomizationPath(path)) return 'yaml';
  if (!isYaml(path)) return 'other';
  if (uses.has('patch') || uses.has('component') || uses.has('plugin') || uses.has('helm')) return 'yaml';
  const chart = layout.chartOf(path);
  const inChart = chart === undefined ? undefined : roleInChart(path.slice(chart === '' ? 0 : chart.length + 1));
  if (inChart !== undefined) return inChart;
  // A ConfigMap is made of the text: only Helm's values are surely read as YAML later.
  if (uses.has('data')) return isValuesFile(path) ? 'yaml' : 'other';
  const file = layout.file(path);
  if (file === undefined) return 'other';
  // What does not look like objects is no broken manifest, it is something else; unless nobody can tell how it looks.
  if (!layout.isGenerated(path)) return saysObject(file) ? 'yaml' : 'other';
  return saysObject(file) || !isUtf8File(file) ? 'manifests' : 'other';
}

/** Folders of a chart with files that only Helm reads: in templates and what they include there need be no YAML. */
const OF_HELM = ['templates', 'charts', 'files', 'ci'];

/** Undefined for what merely lies below a chart, such as the rest of a repository whose root is one. */
function roleInChart(path: string): Role | undefined {
  if (isBelow(path, 'crds')) return 'manifests';
  if (OF_HELM.some((folder) => isBelow(path, folder))) return 'other';
  if (path.includes('/')) return undefined;
  return path === 'Chart.yaml' || isValuesFile(path) ? 'yaml' : 'other';
}

/** Whether a file's name says that it holds values of a Helm release. */
const isValuesFile = (path: string): boolean => isYaml(path) && /values/i.test(nameOf(path));

const API_VERSION = /^["']?apiVersion["']?[ \t]*:|[{,]\s*"apiVersion"\s*:/m;
const KIND = /^["']?kind["']?[ \t]*:|[{,]\s*"kind"\s*:/m;
const METADATA = /^["']?metadata["']?[ \t]*:|^\{[\s\S]*"metadata"\s*:/m;

/** Whether a file looks like one or more objects: a document that has two of the three may have misspelt the third. */
export function saysObject(file: SourceFile): boolean {
  return textOfFile(file)
    .split(/^---/m)
    .some((document) => [API_VERSION, KIND, METADATA].filter((key) => key.test(document)).length > 1);
}

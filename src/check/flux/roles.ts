/** What the YAML files of an artifact are to the consumer that builds it. */
import type { ArtifactPlan, SourceFile } from '../../model.ts';

/**
 * `manifests`: its documents are whole objects. `yaml`: something else in YAML (a kustomization, a patch, values). `other`:
 * not read as YAML (a chart's template, or no YAML at all).
 */
export type Role = 'manifests' | 'yaml' | 'other';

/** The roles of an artifact's files, by path. */
export function roleOf(_artifact: ArtifactPlan, _files: readonly SourceFile[]): (path: string) => Role {
  return (path) => (path.endsWith('.yaml') || path.endsWith('.yml') ? 'manifests' : 'other');
}

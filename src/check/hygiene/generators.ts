/** Secrets that kustomize makes in the cluster from values that lie in the artifact. */
import { isKustomizationPath, readKustomization } from '../flux/kustomization-file.ts';
import { fieldsOf, listOf } from '../object.ts';
import type { ArtifactCheck } from '../view.ts';

/** Tells secretGenerators whose literals everybody can read. */
export const checkGenerators: ArtifactCheck = ({ artifact, files }, _context, report) => {
  if (artifact.render.kind !== 'source') return;
  for (const { fields, placeOf } of files.filter(({ path }) => isKustomizationPath(path)).map(readKustomization)) {
    for (const [index, generator] of listOf(fields.secretGenerator).entries()) {
      const keys = listOf(fieldsOf(generator).literals).flatMap(plainKey);
      if (keys.length === 0) continue;
      const field = ['secretGenerator', index, 'literals'];
      const message = `This secretGenerator has its values in the clear: everybody who can read the artifact can read ${keys.join(', ')}`;
      const hint = 'encrypt a Secret with SOPS and list it under resources, or let an ExternalSecret fill it in';
      report({ rule: 'hygiene/plain-secret', field, message, hint }, placeOf(field));
    }
  }
};

/** The key of `KEY=VALUE`, unless the value is empty or Flux fills it in. */
function plainKey(literal: unknown): readonly string[] {
  const [, key, value = ''] = /^([^=]+)=(.+)$/s.exec(typeof literal === 'string' ? literal : '') ?? [];
  return key === undefined || value.includes('${') ? [] : [`"${key}"`];
}

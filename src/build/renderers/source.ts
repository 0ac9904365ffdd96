import type { SourceFile } from '../../model.ts';
import { hasYamlName } from './plain.ts';
import type { Renderer } from './renderer.ts';

/** `render: source`: the files as they are. Objects are counted by their looks, since templates need not be YAML. */
export const renderSource: Renderer = async ({ files }) => ({
  files,
  resources: files.filter((file) => hasYamlName(file.path)).reduce((sum, file) => sum + countByLooks(file), 0),
});

function countByLooks({ bytes }: SourceFile): number {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString().split(/^---/m).filter(looksLikeObject)
    .length;
}

/** A file for kustomize itself is none. */
function looksLikeObject(document: string): boolean {
  return /^apiVersion:(?! *["']?kustomize\.config\.k8s\.io)/m.test(document) && /^kind:/m.test(document);
}

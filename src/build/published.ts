import type { Rendered, SourceFile } from '../model.ts';
import { countByLooks, countObjects } from './count.ts';
import { KUSTOMIZATION_FILES } from './origins/kustomization.ts';
import type { ReadYaml } from './read-yaml.ts';
import { hasYamlName } from './renderers/plain.ts';

/** Files that were fetched from a store. */
export interface PublishedFiles {
  /** The reference, as the user wrote it. */
  readonly reference: string;
  readonly files: readonly SourceFile[];
}

/**
 * What is published, as if it had just been rendered: one file of manifests, or files that Flux builds. Nothing is known of
 * what they were made of, so findings point into the files themselves.
 */
export function published({ reference, files }: PublishedFiles, read: ReadYaml): Rendered {
  const [first] = files;
  const isJoined =
    files.length === 1 &&
    first !== undefined &&
    hasYamlName(first.path) &&
    !KUSTOMIZATION_FILES.some((name) => first.path.endsWith(name));
  const count = isJoined ? countObjects : countByLooks;
  const manifests = files.filter(({ path }) => hasYamlName(path));
  return {
    artifact: {
      ...{ name: reference, root: reference, shown: reference },
      render: { kind: isJoined ? 'plain' : 'source' },
    },
    files,
    resources: manifests.reduce((sum, { bytes }) => sum + count(Buffer.from(bytes).toString(), read), 0),
    origins: ({ file, line, column }) => ({ file, ...(line > 0 && { line, column }), rendered: true }),
  };
}

/** One artifact in two forms: objects in one file on one side, in many on the other. */
import type { SourceFile } from '../../model.ts';
import { type ArtifactFiles, isManifest } from './read.ts';

interface Sides {
  readonly before: readonly ArtifactFiles[];
  readonly after: readonly ArtifactFiles[];
}

/**
 * Where one side of an artifact is a single file of manifests, and the other side has none of that path, the other's manifests
 * are joined to such a file: what is rendered and what is not differ in their objects, and not in where these are written.
 */
export function inOneForm({ before, after }: Sides): Sides {
  const young = new Map(after.map(({ name, files }) => [name, files]));
  const old = before.map(({ name, files }) => ({ name, files: formedLike(files, young.get(name)) }));
  const formed = new Map(old.map(({ name, files }) => [name, files]));
  return { before: old, after: after.map(({ name, files }) => ({ name, files: formedLike(files, formed.get(name)) })) };
}

function formedLike(files: readonly SourceFile[], other: readonly SourceFile[] = []): readonly SourceFile[] {
  const [only, ...more] = other;
  if (only === undefined || more.length > 0 || !isManifest(only.path)) return files;
  if (files.some(({ path }) => path === only.path)) return files;
  const manifests = files.filter(({ path }) => isManifest(path));
  if (manifests.length === 0) return files;
  const text = manifests.map(({ bytes }) => Buffer.from(bytes).toString()).join('\n---\n');
  return [{ path: only.path, bytes: Buffer.from(text) }, ...files.filter(({ path }) => !isManifest(path))];
}

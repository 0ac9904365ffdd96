/** Paths in an artifact: relative to its root, which is the empty path. */

/** The folder that a path lies in. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** A path's last segment. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** A folder and all folders above it, up to the root. */
export function* foldersUp(folder: string): Generator<string> {
  for (let at = folder; at !== ''; at = folderOf(at)) yield at;
  yield '';
}

/** Whether a path lies in a folder, at any depth. */
export function isBelow(path: string, folder: string): boolean {
  return folder === '' || path.startsWith(`${folder}/`);
}

/** Where a path leads that is written in a file of a folder; undefined where it leaves the artifact. */
export function resolvePath(folder: string, written: string): string | undefined {
  if (written.startsWith('/')) return undefined;
  const segments = folder === '' ? [] : folder.split('/');
  for (const segment of written.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment !== '..') segments.push(segment);
    else if (segments.pop() === undefined) return undefined;
  }
  return segments.join('/');
}

/** The folder that a Flux Kustomization's `path` means: Flux keeps it inside the artifact. */
export function consumedFolder(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(segment);
  }
  return segments.join('/');
}

/** Whether a file name says YAML, as Flux decides it. */
export function isYaml(path: string): boolean {
  return path.endsWith('.yaml') || path.endsWith('.yml');
}

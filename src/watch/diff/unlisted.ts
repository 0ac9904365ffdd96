/** What no kustomization lists any longer: Flux deletes the objects of such a file, though it is still there. */
import { posix } from 'node:path';
import type { SourceFile } from '../../model.ts';
import { fieldsOf, listOf } from '../../yaml/value.ts';
import { isManifest, type ReadYaml } from './read.ts';

type Files = readonly SourceFile[];

const KUSTOMIZATION = /(?:^|\/)(?:kustomization\.ya?ml|Kustomization)$/;
const LISTS = ['resources', 'bases', 'components'] as const;

const NOTHING = new Uint8Array();

/** Files and folders that these files list. */
function listedBy(files: Files, read: ReadYaml): ReadonlySet<string> {
  const paths = files.flatMap(({ path, bytes }) =>
    read(Buffer.from(bytes).toString()).flatMap(({ value }) =>
      LISTS.flatMap((key) => listOf(fieldsOf(value)[key]))
        .filter((entry) => typeof entry === 'string')
        .map((entry) => posix.join(posix.dirname(path), entry).replace(/\/$/, '')),
    ),
  );
  return new Set(paths);
}

const isIn = (path: string, places: ReadonlySet<string>): boolean =>
  path.split('/').some((_, index, parts) => places.has(parts.slice(0, index + 1).join('/')));

const kustomizations = (files: Files): Files => files.filter(({ path }) => KUSTOMIZATION.test(path));

/** In a folder that lost its kustomization Flux lists everything that is there. */
function implied(before: Files, after: Files): Files {
  const folders = new Set(kustomizations(after).map(({ path }) => posix.dirname(path)));
  const used = new Set(after.map(({ path }) => posix.dirname(path)));
  return kustomizations(before).filter(({ path }) => {
    const folder = posix.dirname(path);
    return used.has(folder) && !folders.has(folder);
  });
}

/** Where there was no kustomization Flux listed every manifest of the folder, and of those below it. */
function impliedBefore(before: Files, after: Files): readonly string[] {
  const folders = new Set(kustomizations(before).map(({ path }) => posix.dirname(path)));
  const young = kustomizations(after).map(({ path }) => posix.dirname(path));
  const without = new Set(young.filter((folder) => !folders.has(folder)));
  const paths = before.map(({ path }) => path).filter((path) => isManifest(path) && !KUSTOMIZATION.test(path));
  return paths.filter((path) => without.has('.') || isIn(path, without));
}

/** The files of `after`, without what is in those that a kustomization of `before` listed and none lists any longer. */
export function withoutUnlisted(before: Files, after: Files, read: ReadYaml): Files {
  const was = new Set([...listedBy(kustomizations(before), read), ...impliedBefore(before, after)]);
  const still = listedBy(implied(before, after), read);
  let files = after;
  for (;;) {
    const is = new Set([...listedBy(kustomizations(files), read), ...still]);
    const gone = new Set([...was].filter((path) => !is.has(path)));
    const empties = (path: string): boolean => isIn(path, gone) && !isIn(path, is);
    const next = files.map((file) =>
      empties(file.path) && file.bytes.length > 0 ? { ...file, bytes: NOTHING } : file,
    );
    // What was listed from there may be listed from nowhere now.
    if (next.every((file, index) => file === files[index])) return files;
    files = next;
  }
}

/** What lies below the names of a channel or a version. */
import { compareUtf8 } from '../../archive/path.ts';
import { SlipwayError } from '../../errors.ts';
import type { ObjectInfo, Objects } from '../ports.ts';
import type { NameSpace } from '../store.ts';

/** Where the names of a channel or a version lie; each artifact has a folder below. */
export const folderOf = (space: NameSpace): string =>
  space.kind === 'channel' ? `channels/${space.channel}/` : `versions/${space.version}/`;

/** Objects by artifact: what a Flux Bucket with that artifact's prefix would read, in byte order of their keys. */
export type Live = (artifact: string) => readonly ObjectInfo[];

/**
 * Lists a channel or a version, or one artifact of it, as Flux does: keys that end with a slash are no objects
 * (source-controller `internal/controller/bucket_controller.go`).
 */
export async function liveObjects(objects: Objects, space: NameSpace, only?: string): Promise<Live> {
  const home = folderOf(space);
  const { objects: found } = await objects.list(only === undefined ? home : `${home}${only}/`);
  const byArtifact = new Map<string, ObjectInfo[]>();
  for (const object of found) {
    if (object.key.endsWith('/')) continue;
    const below = object.key.slice(home.length);
    if (!below.includes('/')) continue;
    const artifact = below.slice(0, below.indexOf('/'));
    const known = byArtifact.get(artifact);
    if (known === undefined) byArtifact.set(artifact, [object]);
    else known.push(object);
  }
  for (const of of byArtifact.values()) of.sort((a, b) => compareUtf8(a.key, b.key));
  return (artifact) => byArtifact.get(artifact) ?? [];
}

/** A reader takes everything under its prefix: what else lies there would be applied for ever. Throws `REFUSED`. */
export function refuseForeign(key: string, live: readonly ObjectInfo[]): void {
  const [first, ...more] = live.filter((object) => object.key !== key);
  if (first === undefined) return;
  const others = more.length === 0 ? '' : ` (and ${more.length} more)`;
  const message = `"${first.key}"${others} lies beside "${key}": clusters would apply both`;
  throw new SlipwayError('REFUSED', message, {
    hint: 'look who wrote it: where an earlier layout left it, publish under a new artifact name, or move the consumers and delete it first',
  });
}

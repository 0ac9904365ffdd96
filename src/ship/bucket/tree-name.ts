/** What the Flux objects of a tree are called: after everything that tells two trees in one cluster apart. */
import { digestOf } from '../../digest.ts';
import type { NameSpace } from '../store.ts';

/** Whose tree it is. Bucket and endpoint are no part of it: a cluster may change over to a copy in another region. */
export interface TreePlace {
  readonly project: string;
  readonly space: NameSpace;
  readonly artifact: string;
}

/** Equal names outside would be overwritten. */
const NAME_PREFIX = 'slipway.';
/** kustomize-controller labels everything it applies with the name of its Kustomization, and labels hold 63 characters. */
const NAME_LIMIT = 63;
const HEX = 16;
/** What may stand between two dots and be told apart again. */
const LABEL = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;
/** No channel is called so. */
const VERSIONS = 'versions';

/**
 * `slipway.PROJECT.CHANNEL.ARTIFACT`, or the artifact and a digest where that is too long or could be read in two ways. All
 * versions have one name: whoever goes on to the next one keeps the objects, and with them what they applied.
 */
export function rootName({ project, space, artifact }: TreePlace): string {
  const parts = [project, space.kind === 'channel' ? space.channel : VERSIONS, artifact];
  const name = NAME_PREFIX + parts.join('.');
  if (name.length <= NAME_LIMIT && parts.every((part) => LABEL.test(part))) return name;
  const hex = digestOf(Buffer.from(JSON.stringify(parts))).slice('sha256:'.length, 'sha256:'.length + HEX);
  const begin = artifact.replace(/_+/g, '-').slice(0, NAME_LIMIT - NAME_PREFIX.length - HEX - 1);
  return `${NAME_PREFIX}${begin.replace(/[^a-z0-9]+$/, '')}-${hex}`;
}

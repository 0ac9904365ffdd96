/** What the references of `slipway verify` point at, and which artifact has to be there. */

import { resolve } from 'node:path';
import { expandArtifacts } from '../config/artifacts.ts';
import { type BucketName, bucketName } from '../config/bucket-name.ts';
import type { Config } from '../config/read.ts';
import { parseReference } from '../config/reference.ts';
import type { VerifyTarget } from '../config/resolve-verify.ts';
import type { BucketSpec, DirectorySpec, Layout } from '../config/settings.ts';
import { usage } from '../config/usage.ts';
import { SlipwayError } from '../errors.ts';
import type { Digest } from '../model.ts';
import type { NameSpace } from '../ship/store.ts';
import type { RepositoriesSpec } from './places.ts';

/** One thing to verify. `artifact` is the name that the proof has to have. */
export type Target =
  | {
      readonly kind: 'tag';
      readonly store: RepositoriesSpec;
      readonly repository: string;
      readonly tag?: string;
      readonly digest?: Digest;
      readonly artifact: string;
    }
  | {
      readonly kind: 'object';
      /** With the layout that the object's name tells. */
      readonly store: (BucketSpec | DirectorySpec) & { readonly layout: Layout };
      readonly space: NameSpace;
      /** The artifact whose place it is. */
      readonly place: string;
      readonly artifact: string;
    }
  /** Everything that a channel shows, in every store. */
  | { readonly kind: 'channel'; readonly channel: string; readonly config: Config; readonly artifact?: string }
  /** `path` is absolute. */
  | { readonly kind: 'file'; readonly path: string; readonly artifact?: string };

/** What references are read with. */
export interface TargetContext {
  readonly cwd: string;
  readonly config?: Config | undefined;
  /** `--artifact`. */
  readonly artifact?: string | undefined;
}

type RepositorySource = Extract<ReturnType<typeof parseReference>, { readonly kind: 'repository' }>;

/** Throws `USAGE` for what is no name in a store, and as `parseReference` does. */
export async function targetOf({ kind, reference }: VerifyTarget, context: TargetContext): Promise<Target> {
  const { cwd, artifact, config } = context;
  const named = artifact === undefined ? {} : { artifact };
  if (kind === 'file') return { kind, path: resolve(cwd, reference), ...named };
  if (kind === 'channel') {
    if (config === undefined) throw new SlipwayError('INTERNAL', 'A channel is to be verified without a config');
    return { kind, channel: reference, config, ...named };
  }
  const source = parseReference(reference, cwd);
  if (source.kind === 'repository') {
    return { ...source, kind: 'tag', artifact: artifact ?? (await artifactOf(source, config)) };
  }
  const key = source.kind === 'object' ? source.key : source.path;
  const { prefix, space, place, layout } = nameIn(key, reference);
  const store: BucketSpec | DirectorySpec =
    source.kind === 'object'
      ? { ...source.store, prefix }
      : { kind: 'directory', name: 'REF', url: `file:${prefix}`, root: resolve(prefix), layout };
  return { kind: 'object', store: { ...store, layout }, space, place, artifact: artifact ?? place };
}

function nameIn(key: string, reference: string): BucketName {
  const name = bucketName(key);
  if (name !== undefined) return name;
  throw usage(
    `Cannot verify "${reference}": it is not a name that slipway publishes`,
    'in buckets name …/channels/CHANNEL/ARTIFACT/manifests.yaml, manifests.tgz or root.yaml as the receipt shows it; for a file add --bundle FILE',
  );
}

const lastSegment = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** The artifact of a repository: what the config's stores say, else what publishing without a config would call it. */
async function artifactOf({ store, repository }: RepositorySource, config: Config | undefined): Promise<string> {
  if (store.kind !== 'registry' || config === undefined) return lastSegment(repository);
  for (const template of config.stores) {
    if (template.kind !== 'registry' || template.host !== store.host) continue;
    const [before = '', after] = template.repository.split('{artifact}');
    if (after === undefined) {
      const only = template.repository === repository ? await onlyArtifact(config) : undefined;
      if (only !== undefined) return only;
    } else if (repository.startsWith(before) && repository.endsWith(after)) {
      const name = repository.slice(before.length, repository.length - after.length);
      if (name !== '' && !name.includes('/')) return name;
    }
  }
  return lastSegment(repository);
}

async function onlyArtifact({ artifacts, dir }: Config): Promise<string | undefined> {
  const [first, ...others] = await expandArtifacts(artifacts, dir);
  return others.length === 0 ? first?.name : undefined;
}

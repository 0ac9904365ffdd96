/** References: what `slipway pull` reads, in the forms that receipts print. */
import { basename, dirname, resolve } from 'node:path';
import { SlipwayError } from '../errors.ts';
import type { Digest } from '../model.ts';
import { isRegistryBucket, type RegistryBucketSpec } from './registry-bucket.ts';
import { repositoryProblem } from './registry-name.ts';
import type { BucketSpec, LayoutSpec, RegistrySpec, StoreSpec } from './settings.ts';
import { parseStoreUrl } from './store-url.ts';

/** What a reference points at. */
export type PullSource =
  | {
      readonly kind: 'repository';
      readonly store: RegistrySpec | LayoutSpec | RegistryBucketSpec;
      readonly repository: string;
      readonly tag?: string;
      /** With a tag too, the digest is what is pulled. */
      readonly digest?: Digest;
    }
  /** `key` is relative to the bucket. */
  | { readonly kind: 'object'; readonly store: BucketSpec; readonly key: string }
  /** `path` is absolute. */
  | { readonly kind: 'file'; readonly path: string };

type RepositorySource = Extract<PullSource, { readonly kind: 'repository' }>;

/** What `slipway pull` works on. */
export interface PullSettings {
  readonly reference: string;
  readonly from: PullSource;
  /** Absolute folder to write to. */
  readonly out: string;
}

const FORMS = 'write oci://HOST/REPOSITORY:TAG, s3://BUCKET/KEY or file:DIR:TAG, as the receipt shows it';
const REGISTRY_FORM = 'write s3://BUCKET/REPOSITORY:TAG?layout=registry, as the receipt shows it';

/** Takes `…:TAG`, `…@sha256:HEX` or both off the end of a URL without parameters. */
function splitEnd(url: string): { readonly base: string; readonly tag?: string; readonly digest?: Digest } {
  const [, withTag = url, hex] = /^(.*)@sha256:([0-9a-f]{64})$/s.exec(url) ?? [];
  const [, base = withTag, tag] = /^(.*[^/]):([A-Za-z0-9_][A-Za-z0-9._-]{0,127})$/s.exec(withTag) ?? [];
  return {
    base,
    ...(tag === undefined ? {} : { tag }),
    ...(hex === undefined ? {} : { digest: `sha256:${hex}` as const }),
  };
}

/** `oci://host:5000` alone ends in a port, not in a tag: there has to be a path first. */
const hasPath = (url: string): boolean => /^oci:\/\/[^/]+\/[^/]/.test(url);

/** Parses a reference. Throws `USAGE` when it is none, `CONFIG` as {@link parseStoreUrl} does; never echoes credentials. */
export function parseReference(reference: string, cwd: string): PullSource {
  const [address = '', ...query] = reference.split('?');
  const parameters = query.length === 0 ? '' : `?${query.join('?')}`;
  const parse = (url: string) => parseStoreUrl(`${url}${parameters}`, { name: 'REF', cwd });
  const { base, ...end } = splitEnd(address);
  const named = end.tag !== undefined || end.digest !== undefined;
  if (address.startsWith('oci:') && named && hasPath(base)) {
    const store = parse(base);
    if (store.kind === 'registry') return { kind: 'repository', store, repository: store.repository, ...end };
  }
  if (address.startsWith('file:') && named) {
    const store = parse(base);
    if (store.kind === 'oci-layout') {
      return {
        kind: 'repository',
        store: { ...store, root: dirname(store.root) },
        repository: basename(store.root),
        ...end,
      };
    }
  }
  const store = parse(address);
  if (isRegistryBucket(store)) return inRegistryBucket(named ? parse(base) : store, end);
  if (store.kind === 's3' && store.prefix !== '')
    return { kind: 'object', store: { ...store, prefix: '' }, key: store.prefix.replace(/\/$/, '') };
  if (store.kind === 'directory' || store.kind === 'oci-layout') return { kind: 'file', path: store.root };
  throw new SlipwayError('USAGE', 'Cannot read what is published: the reference names no tag, digest or object', {
    hint: FORMS,
  });
}

/** `s3://BUCKET/REPOSITORY:TAG?layout=registry`: what would be the prefix of a store is a repository. */
function inRegistryBucket(store: StoreSpec, end: Pick<RepositorySource, 'tag' | 'digest'>): PullSource {
  const repository = store.kind === 's3' ? store.prefix.replace(/\/$/, '') : '';
  const state =
    end.tag === undefined && end.digest === undefined
      ? 'the reference names no tag or digest'
      : repositoryProblem(repository)?.replace('URL', 'reference');
  if (state !== undefined || !isRegistryBucket(store))
    throw new SlipwayError('USAGE', `Cannot read what is published: ${state}`, { hint: REGISTRY_FORM });
  return { kind: 'repository', store: { ...store, prefix: '' }, repository, ...end };
}

/** The settings of `slipway pull REF -o DIR`. Throws `USAGE` without a folder and as {@link parseReference} does. */
export function resolvePull(reference: string, out: string | undefined, cwd: string): PullSettings {
  if (out === undefined)
    throw new SlipwayError('USAGE', 'Cannot pull: no folder to write to is given', { hint: 'add -o DIR' });
  return { reference, from: parseReference(reference, cwd), out: resolve(cwd, out) };
}

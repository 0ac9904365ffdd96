/** Buckets that are registries themselves: store URLs with `layout=registry`. */
import { repositoryProblem } from './registry-name.ts';
import type { BucketSpec, Layout, StoreSpec } from './settings.ts';

/** A bucket whose keys are the paths of a registry. */
export type RegistryBucketSpec = BucketSpec & { readonly layout: 'registry' };

/** Whether a store is a bucket that is read as a registry. */
export function isRegistryBucket(store: StoreSpec): store is RegistryBucketSpec {
  return store.kind === 's3' && store.layout === 'registry';
}

/** The layout of a bucket that is read as objects; undefined where the artifact's render decides. */
export function objectLayout({ layout }: { readonly layout?: BucketSpec['layout'] }): Layout | undefined {
  return layout === 'registry' ? undefined : layout;
}

/** What keeps a prefix from being the first part of the names of repositories, or undefined. */
export function registryPrefixProblem({ prefix }: BucketSpec): string | undefined {
  return prefix === '' ? undefined : repositoryProblem(`${prefix}{artifact}`)?.replace('the repository', 'the prefix');
}

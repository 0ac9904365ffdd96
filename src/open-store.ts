/** A store's URL, parsed, becomes a store. The heavy clients are loaded only when a store of their kind is there. */
import { resolve } from 'node:path';
import type { StoreSpec } from './config/settings.ts';
import { forms } from './seal/forms.ts';
import { bucketStore } from './ship/bucket/store.ts';
import { overlayObjects, overlayRepositories } from './ship/overlay.ts';
import type { Meter, Objects, Repositories } from './ship/ports.ts';
import { registryStore } from './ship/registry/store.ts';
import type { Store } from './ship/store.ts';
import type { CredentialSource } from './wire/credentials.ts';

/** What opening a store needs from the run. */
export interface StoreContext {
  /** Absolute; what relative references are read against. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly credentials: CredentialSource;
  readonly signal?: AbortSignal | undefined;
}

/** How a run uses its stores. */
export interface StoreUse {
  readonly project: string;
  /** Writes stay in memory. */
  readonly dryRun: boolean;
  readonly meter: Meter;
}

type Spec<K extends StoreSpec['kind']> = Extract<StoreSpec, { readonly kind: K }>;

/** The registry or the image layouts behind a store. */
export async function openRepositories(
  spec: Spec<'registry' | 'oci-layout'>,
  meter: Meter,
  { credentials, signal }: StoreContext,
): Promise<Repositories> {
  if (spec.kind === 'oci-layout') return (await import('./ship/disk/oci-layout.ts')).ociLayout(spec.root, { meter });
  const { openRegistry } = await import('./wire/registry.ts');
  return openRegistry({ host: spec.host, insecure: spec.insecure, ca: spec.ca, credentials, meter, signal });
}

/** The bucket or the directory behind a store. */
export async function openObjects(
  spec: Spec<'s3' | 'directory'>,
  meter: Meter,
  { env, signal }: StoreContext,
): Promise<Objects> {
  if (spec.kind === 'directory') return (await import('./ship/disk/directory.ts')).directory(spec.root, { meter });
  const { openBucket } = await import('./wire/s3.ts');
  const { bucket, prefix, region, endpoint, profile, ca } = spec;
  return openBucket({ bucket, prefix, region, endpoint, profile, ca, env, meter, signal });
}

/** The store's folder as a reference names it: as configured where that works from here, else absolute. */
function folderUrl({ url, root }: Spec<'directory' | 'oci-layout'>, cwd: string): string {
  const [base = ''] = url.split('?');
  const shown = base.replace(/\/$/, '');
  return resolve(cwd, shown.replace(/^file:(?:\/\/)?/, '')) === root ? shown : `file:${root}`;
}

/** `s3://bucket/KEY?region=…` for a full key, so that a receipt's reference can be pulled as it stands. */
function referenceToKey(spec: Spec<'s3' | 'directory'>, cwd: string): (key: string) => string {
  if (spec.kind === 'directory') return (key) => `${folderUrl(spec, cwd)}/${key}`;
  const [, query] = spec.url.split('?');
  const parameters = (query ?? '').split('&').filter((pair) => pair !== '' && !pair.startsWith('layout='));
  return (key) => `s3://${spec.bucket}/${key}${parameters.length === 0 ? '' : `?${parameters.join('&')}`}`;
}

/** Opens one store. Nothing is sent yet. Throws `CONFIG` for a region or CA file that is missing. */
export async function openStore(spec: StoreSpec, use: StoreUse, context: StoreContext): Promise<Store> {
  const { name, url } = spec;
  const { project, dryRun, meter } = use;
  if (spec.kind === 's3' || spec.kind === 'directory') {
    const real = await openObjects(spec, meter, context);
    const objects = dryRun ? overlayObjects(real) : real;
    const keyPrefix = spec.kind === 's3' ? spec.prefix : '';
    return bucketStore({
      name,
      url,
      project,
      layout: spec.layout,
      keyPrefix,
      referenceTo: referenceToKey(spec, context.cwd),
      objects,
      forms,
    });
  }
  const real = await openRepositories(spec, meter, context);
  const repositories = dryRun ? overlayRepositories(real) : real;
  const repository = spec.kind === 'registry' ? spec.repository : '{artifact}';
  const referencePrefix = spec.kind === 'registry' ? `oci://${spec.host}/` : `${folderUrl(spec, context.cwd)}/`;
  return registryStore({ name, url, project, repository, referencePrefix, repositories, forms });
}

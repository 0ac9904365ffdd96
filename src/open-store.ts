/** A store's URL, parsed, becomes a store. The heavy clients are loaded only when a store of their kind is there. */
import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { accessOf } from './config/consumer.ts';
import { endpointIn } from './config/endpoint.ts';
import { isRegistryBucket, objectLayout, type RegistryBucketSpec } from './config/registry-bucket.ts';
import type { StoreSpec } from './config/settings.ts';
import { forms } from './seal/forms.ts';
import type { CapabilityOptions } from './ship/bucket/capability.ts';
import { bucketStore } from './ship/bucket/store.ts';
import { foreseenObjects, foreseenRepositories } from './ship/counting.ts';
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
  readonly now: () => Date;
  readonly signal?: AbortSignal | undefined;
}

/** How a run uses its stores. */
export interface StoreUse {
  readonly project: string;
  /** Writes stay in memory. */
  readonly dryRun: boolean;
  /** What is sent; in a dry run what would be. */
  readonly meter: Meter;
}

type Spec<K extends StoreSpec['kind']> = Extract<StoreSpec, { readonly kind: K }>;

/** The registry, the image layouts or the bucket that is a registry behind a store. */
export async function openRepositories(
  spec: Spec<'registry' | 'oci-layout'> | RegistryBucketSpec,
  meter: Meter,
  context: StoreContext,
): Promise<Repositories> {
  const { credentials, env, signal } = context;
  if (spec.kind === 's3') {
    const { staticRegistry } = await import('./ship/bucket/static-registry.ts');
    return staticRegistry(await openObjects({ ...spec, prefix: '' }, meter, context));
  }
  if (spec.kind === 'oci-layout') return (await import('./ship/disk/oci-layout.ts')).ociLayout(spec.root, { meter });
  const { openRegistry } = await import('./wire/registry.ts');
  return openRegistry({ host: spec.host, insecure: spec.insecure, ca: spec.ca, credentials, env, meter, signal });
}

/** The bucket or the directory behind a store. */
export async function openObjects(
  spec: Spec<'s3' | 'directory'>,
  meter: Meter,
  { env, signal }: StoreContext,
): Promise<Objects> {
  if (spec.kind === 'directory') return (await import('./ship/disk/directory.ts')).directory(spec.root, { meter });
  const { openBucket } = await import('./wire/s3.ts');
  const { bucket, prefix, region, profile, ca, owner, sse, kmsKey } = spec;
  const endpoint = endpointIn(spec, env);
  return openBucket({ bucket, prefix, region, endpoint, profile, ca, owner, sse, kmsKey, env, meter, signal });
}

/** The store's folder as a reference names it: as configured where that works from here, else absolute. */
function folderUrl({ url, root }: Spec<'directory' | 'oci-layout'>, cwd: string): string {
  const [base = ''] = url.split('?');
  const shown = base.replace(/\/$/, '');
  return resolve(cwd, shown.replace(/^file:(?:\/\/)?/, '')) === root ? shown : `file:${root}`;
}

/** Parameters that say nothing to a reader. */
const WRITERS = /^(?:layout|sse|kms-key|accept-unsafe)(?:=|$)/;

/** What a bucket's references end with: what a reader needs of the URL's parameters, after those that are always there. */
function queryOf({ url }: Spec<'s3'>, ...always: readonly string[]): string {
  const [, query = ''] = url.split('?');
  const parameters = [...always, ...query.split('&').filter((pair) => pair !== '' && !WRITERS.test(pair))];
  return parameters.length === 0 ? '' : `?${parameters.join('&')}`;
}

/** `s3://bucket/KEY?region=…` for a full key, so that a receipt's reference can be pulled as it stands. */
function referenceToKey(spec: Spec<'s3' | 'directory'>, cwd: string): (key: string) => string {
  if (spec.kind === 'directory') return (key) => `${folderUrl(spec, cwd)}/${key}`;
  return (key) => `s3://${spec.bucket}/${key}${queryOf(spec)}`;
}

/** What is to be known of a bucket before it is published to. `objects` are those below the store's prefix. */
export async function capabilityOptions(
  spec: Spec<'s3' | 'directory'>,
  objects: Objects,
  { dryRun, meter }: Pick<StoreUse, 'dryRun' | 'meter'>,
  context: StoreContext,
): Promise<CapabilityOptions> {
  if (spec.kind === 'directory') return { objects, keyPrefix: '', root: objects };
  const root = spec.prefix === '' ? objects : await openObjects({ ...spec, prefix: '' }, meter, context);
  const at = `${context.now().toISOString().slice(0, 19)}Z`;
  const probe = dryRun ? 'withheld' : () => ({ run: randomBytes(8).toString('hex'), at });
  return { objects, keyPrefix: spec.prefix, root, probe, acceptUnsafe: spec.acceptUnsafe };
}

/** A bucket that is a registry: its marker lies below the store's prefix, everything else where clients look for it. */
async function openRegistryBucket(spec: RegistryBucketSpec, use: StoreUse, context: StoreContext): Promise<Store> {
  const overlaid = (real: Objects): Objects => (use.dryRun ? foreseenObjects(real, use.meter, 'server') : real);
  const below = await openObjects(spec, use.meter, context);
  const capability = await capabilityOptions(spec, overlaid(below), use, context);
  const { registryBucketStore } = await import('./ship/bucket/static-registry/store.ts');
  return registryBucketStore({
    ...capability,
    root: overlaid(capability.root ?? below),
    name: spec.name,
    url: spec.url,
    project: use.project,
    referencePrefix: `s3://${spec.bucket}/`,
    referenceQuery: queryOf(spec, 'layout=registry'),
    forms,
  });
}

/** Opens one store. Nothing is sent yet. Throws `CONFIG` for a region or CA file that is missing. */
export async function openStore(spec: StoreSpec, use: StoreUse, context: StoreContext): Promise<Store> {
  const { name, url } = spec;
  const { project, dryRun, meter } = use;
  if (isRegistryBucket(spec)) return openRegistryBucket(spec, use, context);
  if (spec.kind === 's3' || spec.kind === 'directory') {
    const real = await openObjects(spec, meter, context);
    const objects = dryRun ? foreseenObjects(real, meter, spec.kind === 's3' ? 'server' : 'folder') : real;
    return bucketStore({
      ...(await capabilityOptions(spec, objects, use, context)),
      name,
      url,
      project,
      layout: objectLayout(spec),
      referenceTo: referenceToKey(spec, context.cwd),
      access: () => accessOf(spec),
      forms,
    });
  }
  const real = await openRepositories(spec, meter, context);
  const kind = spec.kind === 'registry' ? 'server' : 'folder';
  const repositories = dryRun ? foreseenRepositories(real, meter, kind) : real;
  const repository = spec.kind === 'registry' ? spec.repository : '{artifact}';
  const referencePrefix = spec.kind === 'registry' ? `oci://${spec.host}/` : `${folderUrl(spec, context.cwd)}/`;
  return registryStore({ name, url, project, repository, referencePrefix, repositories, forms });
}

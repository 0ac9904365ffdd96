/** How clusters reach a store: what `consumer:` says over what the store's URL says. */
import { SlipwayError } from '../errors.ts';
import type { BucketAccess } from '../model.ts';
import type { Environment } from './environment.ts';
import type { ConsumerFile } from './file.ts';
import { splitHost } from './registry-name.ts';
import type { BucketSpec, DirectorySpec, StoreSpec } from './settings.ts';

/** `consumer:` of the config with that of the store over it; the schema has accepted both. */
export type ConsumerSettings = ConsumerFile;

/** A store with what the config says about reaching it; registries have no such thing. */
export function withConsumer(store: StoreSpec, consumer: ConsumerSettings | undefined): StoreSpec {
  if (consumer === undefined || (store.kind !== 's3' && store.kind !== 'directory')) return store;
  return { ...store, consumer: { ...consumer, ...store.consumer } };
}

interface Endpoint {
  readonly host: string;
  readonly insecure: boolean | undefined;
}

/** `HOST[:PORT]` of an endpoint; undefined where its URL has a path, which Flux cannot be told. */
function endpointOf(written: string): Endpoint | undefined {
  if (!/^https?:\/\//.test(written)) return { host: written.replace(/\/$/, ''), insecure: undefined };
  const { host, pathname, protocol } = new URL(written);
  return pathname === '/' ? { host, insecure: protocol === 'http:' } : undefined;
}

/** AWS General Reference, "Amazon S3 endpoints": China is a partition of its own. */
const awsHost = (region: string): string => `s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;

type Where = Pick<BucketAccess, 'endpoint' | 'insecure' | 'region'>;

/**
 * How clusters reach the bucket behind a store of layout `tree`, whose object says so. Throws `CONFIG` with the key to write
 * where that cannot be told.
 */
export function accessOf(spec: BucketSpec | DirectorySpec, env: Environment): BucketAccess {
  const { consumer = {} } = spec;
  const refuse = (state: string, hint: string): SlipwayError =>
    new SlipwayError('CONFIG', `Cannot publish to store "${spec.name}" as layout "tree": ${state}`, { hint });
  const bucket = consumer.bucket ?? (spec.kind === 's3' ? spec.bucket : undefined);
  if (bucket === undefined) {
    throw refuse('a folder has no bucket that clusters read', 'write consumer: { bucket: NAME } in slipway.yaml');
  }
  const { provider = isAws(spec, env) ? 'aws' : 'generic', secretRef } = consumer;
  if (provider === 'azure') {
    throw refuse(
      'consumer.provider is "azure", with which Flux reads the whole container',
      'use another layout, or a provider that knows prefixes',
    );
  }
  return {
    ...{ provider, bucket, ...whereOf(spec, env, refuse) },
    ...(secretRef === undefined ? {} : { secretRef }),
    namespace: consumer.namespace ?? 'flux-system',
    // What lies under a digest never changes, and a changed Bucket is read at once.
    interval: consumer.interval ?? '1h',
  };
}

const endpointIn = (env: Environment): string | undefined => env.AWS_ENDPOINT_URL_S3 ?? env.AWS_ENDPOINT_URL;

const isAws = (spec: BucketSpec | DirectorySpec, env: Environment): boolean =>
  spec.kind === 's3' && spec.endpoint === undefined && endpointIn(env) === undefined;

function whereOf(
  spec: BucketSpec | DirectorySpec,
  env: Environment,
  refuse: (state: string, hint: string) => SlipwayError,
): Where {
  const { consumer = {} } = spec;
  const own = spec.kind === 's3' ? spec : undefined;
  const known = consumer.region ?? own?.region;
  const written = consumer.endpoint ?? own?.endpoint ?? (own && endpointIn(env));
  if (written === undefined) {
    if (own === undefined) {
      throw refuse(
        'a folder has no endpoint that clusters reach',
        'write consumer: { endpoint: HOST } in slipway.yaml',
      );
    }
    const region = known ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION;
    if (region === undefined) {
      throw refuse("the bucket's region is not known", 'write consumer: { region: REGION } in slipway.yaml');
    }
    return { endpoint: awsHost(region), insecure: false, region };
  }
  const endpoint = endpointOf(written);
  if (endpoint === undefined || splitHost(endpoint.host) === undefined) {
    throw refuse(
      'its endpoint is more than HOST[:PORT], which is all that Flux can be told',
      'write consumer: { endpoint: HOST[:PORT] } in slipway.yaml',
    );
  }
  if (consumer.insecure === true && endpoint.insecure === false) {
    throw refuse('consumer.insecure is true and the endpoint begins with "https://"', 'remove one of them');
  }
  const insecure = consumer.insecure ?? endpoint.insecure ?? false;
  return { endpoint: endpoint.host, insecure, ...(known === undefined ? {} : { region: known }) };
}

/** Refuses stores of layout `tree` that clusters could not be told to read. Throws `CONFIG`. */
export function checkAccess(stores: readonly StoreSpec[], env: Environment): void {
  for (const store of stores) {
    if ((store.kind === 's3' || store.kind === 'directory') && store.layout === 'tree') accessOf(store, env);
  }
}

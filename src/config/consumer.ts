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
type Refuse = (state: string, hint: string) => SlipwayError;

const refusal =
  ({ name }: BucketSpec | DirectorySpec): Refuse =>
  (state, hint) =>
    new SlipwayError('CONFIG', `Cannot use store "${name}" as layout "tree": ${state}`, { hint });

const WRITE_ENDPOINT = 'write consumer: { endpoint: HOST[:PORT] } in slipway.yaml';

/**
 * How clusters reach the bucket behind a store of layout `tree`, whose object says so. The environment of the run says nothing
 * here: every run writes the same bytes. Throws `CONFIG` with the key to write where it cannot be told.
 */
export function accessOf(spec: BucketSpec | DirectorySpec): BucketAccess {
  const { consumer = {} } = spec;
  const refuse = refusal(spec);
  const bucket = consumer.bucket ?? (spec.kind === 's3' ? spec.bucket : undefined);
  if (bucket === undefined) {
    throw refuse('a folder has no bucket that clusters read', 'write consumer: { bucket: NAME } in slipway.yaml');
  }
  const { provider = isAws(spec) ? 'aws' : 'generic', secretRef } = consumer;
  if (provider === 'azure') {
    throw refuse(
      'consumer.provider is "azure", with which Flux reads the whole container',
      'use another layout, or a provider that knows prefixes',
    );
  }
  return {
    ...{ provider, bucket, ...whereOf(spec, refuse) },
    ...(secretRef === undefined ? {} : { secretRef }),
    namespace: consumer.namespace ?? 'flux-system',
    // What lies under a digest never changes, and a changed Bucket is read at once.
    interval: consumer.interval ?? '1h',
  };
}

/** AWS has many endpoints, and all of them end alike. */
function isAws(spec: BucketSpec | DirectorySpec): boolean {
  if (spec.kind !== 's3' || spec.endpoint !== undefined) return false;
  const told = spec.consumer?.endpoint;
  return told === undefined || /\.amazonaws\.com(?:\.cn)?$/.test(endpointOf(told)?.host ?? '');
}

/** Where the region alone says it. */
function awsOf(spec: BucketSpec | DirectorySpec, refuse: Refuse): Where {
  if (spec.kind === 'directory') throw refuse('a folder has no endpoint that clusters reach', WRITE_ENDPOINT);
  const region = spec.consumer?.region ?? spec.region;
  if (region === undefined) {
    throw refuse(
      "neither the bucket's region nor its endpoint is in the config",
      'write consumer: { region: REGION } for AWS, consumer: { endpoint: HOST[:PORT] } for others in slipway.yaml',
    );
  }
  return { endpoint: awsHost(region), insecure: false, region };
}

function whereOf(spec: BucketSpec | DirectorySpec, refuse: Refuse): Where {
  const { consumer = {} } = spec;
  const own = spec.kind === 's3' ? spec : undefined;
  const written = consumer.endpoint ?? own?.endpoint;
  if (written === undefined) return awsOf(spec, refuse);
  const endpoint = endpointOf(written);
  const host = endpoint && splitHost(endpoint.host);
  if (endpoint === undefined || host === undefined) {
    throw refuse('its endpoint is more than HOST[:PORT], which is all that Flux can be told', WRITE_ENDPOINT);
  }
  if (host.loopback && consumer.endpoint === undefined) {
    throw refuse(`its endpoint "${endpoint.host}" is this machine, which no cluster reaches`, WRITE_ENDPOINT);
  }
  if (consumer.insecure === true && endpoint.insecure === false) {
    throw refuse('consumer.insecure is true and the endpoint begins with "https://"', 'remove one of them');
  }
  const insecure = consumer.insecure ?? endpoint.insecure ?? false;
  const region = consumer.region ?? own?.region;
  return { endpoint: endpoint.host, insecure, ...(region === undefined ? {} : { region }) };
}

/**
 * Refuses stores of layout `tree` that clusters could not be told to read, also those whose endpoint only the environment knows.
 * Throws `CONFIG`.
 */
export function checkAccess(stores: readonly StoreSpec[], env: Environment): void {
  const from = env.AWS_ENDPOINT_URL_S3 || env.AWS_ENDPOINT_URL || undefined;
  for (const store of stores) {
    if ((store.kind !== 's3' && store.kind !== 'directory') || store.layout !== 'tree') continue;
    const isTold = store.kind === 'directory' || (store.consumer?.endpoint ?? store.endpoint) !== undefined;
    if (from !== undefined && !isTold) throw refusal(store)('only the environment names its endpoint', WRITE_ENDPOINT);
    accessOf(store);
  }
}

/** Whether clusters with such an access read the very bucket that a URL names, where it names it: AWS is reached by its regions. */
export function isReadAt(spec: BucketSpec, { bucket, endpoint, insecure, region = '' }: BucketAccess): boolean {
  if (bucket !== spec.bucket) return false;
  const own = spec.endpoint === undefined ? undefined : endpointOf(spec.endpoint);
  if (spec.endpoint !== undefined) return own?.host === endpoint && (own.insecure ?? false) === insecure;
  return endpoint === awsHost(spec.region ?? region) && !insecure;
}

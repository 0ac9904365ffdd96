/** Store URLs: `oci://HOST/REPOSITORY`, `s3://BUCKET/PREFIX` and `file:DIR`, with parameters after `?`. */
import { resolve } from 'node:path';
import { SlipwayError } from '../errors.ts';
import { checkedEndpoint } from './endpoint.ts';
import { repositoryProblem, splitHost } from './registry-name.ts';
import type {
  BucketLayout,
  BucketSpec,
  DirectorySpec,
  Layout,
  LayoutSpec,
  RegistrySpec,
  StoreSpec,
} from './settings.ts';
import { flagOf, type Parameters, parametersOf } from './store-parameters.ts';

const LAYOUTS: readonly Layout[] = ['object', 'tarball', 'tree'];
const BUCKET_LAYOUTS: readonly BucketLayout[] = [...LAYOUTS, 'registry'];
const FORMS = 'write oci://HOST/REPOSITORY, s3://BUCKET/PREFIX or file:DIR';

/** Name and URL of the store that is there without being configured. */
export const DEFAULT_STORE = 'file:.slipway/store';

/** Where a store URL came from. */
export interface StoreUrlOptions {
  /** The store's name, for messages and the spec. */
  readonly name: string;
  /** Absolute folder that relative paths start from. */
  readonly cwd: string;
}

/** What every form needs: the URL's middle part, its parameters, and how to refuse. */
interface Parts {
  readonly name: string;
  readonly url: string;
  readonly cwd: string;
  readonly body: string;
  readonly parameters: Parameters;
  /** Never given the URL itself: whoever wrote a password into it must not find it in a log. */
  readonly refuse: (state: string, hint?: string) => SlipwayError;
}

function registry({ name, url, cwd, body, parameters, refuse }: Parts): RegistrySpec {
  const [, authority = '', path = ''] = /^\/\/([^/]*)\/?(.*)$/s.exec(body) ?? [];
  const host = splitHost(authority);
  if (host === undefined) throw refuse('the URL has no valid registry host', 'write oci://HOST[:PORT]/REPOSITORY');
  const last = path.slice(path.lastIndexOf('/') + 1);
  if (last.includes(':'))
    throw refuse('a store URL carries no tag or digest', 'remove ":TAG" and name the channel with --channel');
  const problem = repositoryProblem(path);
  if (problem !== undefined) throw refuse(problem, 'write oci://HOST[:PORT]/REPOSITORY');
  const insecure = flagOf(parameters, 'insecure', refuse) ?? host.loopback;
  const ca = parameters.ca === undefined ? {} : { ca: resolve(cwd, parameters.ca) };
  return { kind: 'registry', name, url, host: authority, repository: path, insecure, ...ca };
}

function layoutOf<L extends BucketLayout>({ parameters, refuse }: Parts, known: readonly L[]): L | undefined {
  const layout = known.find((name) => name === parameters.layout);
  if (layout !== undefined || parameters.layout === undefined) return layout;
  if (parameters.layout === 'registry') {
    throw refuse(
      'the layout "registry" is for buckets: nothing answers the requests of OCI clients from a folder',
      'write s3://BUCKET, or file:DIR without a layout for OCI image layouts',
    );
  }
  throw refuse('the layout is unknown', `known are ${known.map((name) => `"${name}"`).join(', ')}`);
}

type Protection = Pick<BucketSpec, 'owner' | 'sse' | 'kmsKey' | 'acceptUnsafe'>;

/** What a bucket is asked to make sure of with every request, and what it is excused from. */
function protectionOf({ parameters, refuse }: Parts): Protection {
  const { owner, sse, 'kms-key': kmsKey } = parameters;
  if (owner !== undefined && !/^\d{12}$/.test(owner)) {
    throw refuse('the owner is no AWS account', 'write owner=ACCOUNT with its twelve digits, in YAML in quotes');
  }
  if (sse !== undefined && sse !== 'AES256' && sse !== 'aws:kms') {
    throw refuse('the encryption is unknown', 'write sse=AES256 or sse=aws:kms');
  }
  if (kmsKey !== undefined && sse !== 'aws:kms') {
    throw refuse('parameter "kms-key" has no use without "sse=aws:kms"', 'add sse=aws:kms or remove it');
  }
  if (kmsKey !== undefined && !/^[A-Za-z0-9:/_-]{1,2048}$/.test(kmsKey)) {
    throw refuse('the KMS key is no id and no ARN', 'write kms-key=arn:aws:kms:REGION:ACCOUNT:key/ID');
  }
  const acceptUnsafe = flagOf(parameters, 'accept-unsafe', refuse);
  return {
    ...(owner === undefined ? {} : { owner }),
    ...(sse === undefined ? {} : { sse }),
    ...(kmsKey === undefined ? {} : { kmsKey }),
    ...(acceptUnsafe === undefined ? {} : { acceptUnsafe }),
  };
}

/** The service's URL; without one, whether plain HTTP is allowed to an endpoint that the environment names. */
function endpointOf({ parameters, refuse }: Parts): Pick<BucketSpec, 'endpoint' | 'insecure'> {
  const insecure = flagOf(parameters, 'insecure', refuse);
  if (parameters.endpoint === undefined) return insecure === undefined ? {} : { insecure };
  const form = 'write endpoint=https://HOST[:PORT]';
  const rules = { what: 'the endpoint', form, allow: 'insecure=true', insecure, refuse };
  return { endpoint: checkedEndpoint(parameters.endpoint, rules) };
}

function bucket(parts: Parts): BucketSpec {
  const { name, url, cwd, body, parameters, refuse } = parts;
  const [, bucketName = '', path = ''] = /^\/\/([^/]*)\/?(.*)$/s.exec(body) ?? [];
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]$/.test(bucketName)) {
    throw refuse('the URL has no valid bucket name', 'write s3://BUCKET/PREFIX');
  }
  const prefix = path.replace(/\/$/, '');
  if (
    prefix !== '' &&
    !prefix.split('/').every((segment) => /^[A-Za-z0-9!_.*'()+=,:@ -]+$/.test(segment) && !/^\.+$/.test(segment))
  ) {
    throw refuse(
      'the prefix has an empty segment or a character that object keys should not have',
      'write s3://BUCKET/PREFIX',
    );
  }
  const layout = layoutOf(parts, BUCKET_LAYOUTS);
  return {
    kind: 's3',
    name,
    url,
    bucket: bucketName,
    prefix: prefix === '' ? '' : `${prefix}/`,
    ...(layout === undefined ? {} : { layout }),
    ...(parameters.region === undefined ? {} : { region: parameters.region }),
    ...endpointOf(parts),
    ...(parameters.profile === undefined ? {} : { profile: parameters.profile }),
    ...(parameters.ca === undefined ? {} : { ca: resolve(cwd, parameters.ca) }),
    ...protectionOf(parts),
  };
}

function directory(parts: Parts): LayoutSpec | DirectorySpec {
  const { name, url, cwd, body, refuse } = parts;
  if (/^\/\/[^/]/.test(body)) throw refuse('a file URL has no host', 'write file:DIR or file:///DIR');
  const path = body.replace(/^\/\/(?=\/)/, '');
  if (path === '' || path.includes('\0')) throw refuse('the URL has no folder', 'write file:DIR');
  const layout = layoutOf(parts, LAYOUTS);
  const root = resolve(cwd, path);
  return layout === undefined
    ? { kind: 'oci-layout', name, url, root }
    : { kind: 'directory', name, url, root, layout };
}

const KINDS: Readonly<
  Record<
    string,
    { readonly what: string; readonly allowed: readonly string[]; readonly parse: (parts: Parts) => StoreSpec }
  >
> = {
  oci: { what: 'a registry', allowed: ['insecure', 'ca'], parse: registry },
  s3: {
    what: 'a bucket',
    allowed: [
      ...['region', 'endpoint', 'layout', 'insecure', 'profile', 'ca'],
      ...['owner', 'sse', 'kms-key', 'accept-unsafe'],
    ],
    parse: bucket,
  },
  file: { what: 'a folder', allowed: ['layout'], parse: directory },
};

/**
 * Reads a store URL. Throws `CONFIG` for an unknown scheme or parameter, credentials (which are never echoed, not even
 * in a cause), a tag, a malformed host, repository, bucket or endpoint. Relative paths start from `cwd`.
 */
export function parseStoreUrl(url: string, { name, cwd }: StoreUrlOptions): StoreSpec {
  const refuse = (state: string, hint?: string): SlipwayError =>
    new SlipwayError('CONFIG', `Cannot use store "${name}": ${state}`, { hint: hint ?? FORMS });
  const [, scheme = '', rest = ''] = /^([A-Za-z][A-Za-z0-9+.-]{0,15}):(.*)$/s.exec(url) ?? [];
  const kind = Object.hasOwn(KINDS, scheme) ? KINDS[scheme] : undefined;
  if (holdsCredentials(scheme, rest)) {
    throw refuse('the URL holds credentials', 'remove them: registries use the Docker config, buckets the AWS chain');
  }
  if (kind === undefined) throw refuse(/^\/\//.test(rest) ? `scheme "${scheme}" is unknown` : 'it is not a store URL');
  const [body = '', ...query] = rest.split('?');
  const parameters = parametersOf(query.join('?'), { ...kind, refuse });
  return kind.parse({ name, url, cwd, body, parameters, refuse });
}

/** Anything before an `@` in the authority, and in a registry also in the path: a password may hold a slash. */
function holdsCredentials(scheme: string, rest: string): boolean {
  const [beforeQuery = ''] = rest.split('?');
  const path = scheme === 'oci' ? beforeQuery.replace(/@sha256:[0-9a-f]{64}$/, '') : beforeQuery;
  if (!path.startsWith('//')) return false;
  return scheme === 's3' || scheme === 'file' ? /^\/\/[^/]*@/.test(path) : path.includes('@');
}

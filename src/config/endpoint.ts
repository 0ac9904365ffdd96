/** Endpoints of S3 services, wherever they are written. */
import { SlipwayError } from '../errors.ts';
import type { Environment } from './environment.ts';
import { splitHost } from './registry-name.ts';
import type { BucketSpec } from './settings.ts';

/** How an endpoint is judged. */
export interface EndpointRules {
  /** What a message calls it. */
  readonly what: string;
  /** An instruction, without a dot at its end. */
  readonly form: string;
  /** What allows plain HTTP, completing "or add …". */
  readonly allow: string;
  /** Whether plain HTTP was asked for; undefined where nobody said so. */
  readonly insecure: boolean | undefined;
  readonly refuse: (state: string, hint: string) => SlipwayError;
}

/** The service's URL, checked. Plain HTTP has to be asked for, except on loopback, where nobody listens in. */
export function checkedEndpoint(endpoint: string, { what, form, allow, insecure, refuse }: EndpointRules): string {
  if (!/^https?:\/\//.test(endpoint) || !URL.canParse(endpoint)) throw refuse(`${what} is not an http(s) URL`, form);
  const { protocol, host, username, password, search, hash } = new URL(endpoint);
  if (`${username}${password}` !== '')
    throw refuse(`${what} holds credentials`, `${form}; credentials come from the AWS chain`);
  if (`${search}${hash}` !== '') throw refuse(`${what} has a query or fragment`, form);
  if (protocol === 'http:' && !(insecure ?? splitHost(host)?.loopback)) {
    throw refuse(`${what} is plain HTTP`, `${form.replace('HOST[:PORT]', '…')}, or add ${allow}`);
  }
  return endpoint;
}

/**
 * Where a bucket is: the store's own endpoint, else the one of `AWS_ENDPOINT_URL_S3` or `AWS_ENDPOINT_URL`, checked alike; an
 * empty variable counts as none. Throws `CONFIG`, which names the variable and not its value.
 */
export function endpointIn({ name, endpoint, insecure }: BucketSpec, env: Environment): string | undefined {
  if (endpoint !== undefined) return endpoint;
  const variable = env.AWS_ENDPOINT_URL_S3 ? 'AWS_ENDPOINT_URL_S3' : 'AWS_ENDPOINT_URL';
  const value = env[variable];
  if (!value) return undefined;
  return checkedEndpoint(value, {
    what: `the endpoint in "${variable}"`,
    form: `set ${variable}=https://HOST[:PORT]`,
    allow: 'insecure=true to the store URL',
    insecure,
    refuse: (state, hint) => new SlipwayError('CONFIG', `Cannot use store "${name}": ${state}`, { hint }),
  });
}

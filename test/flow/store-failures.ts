/** What can go wrong with a store, as faults of the stand-ins and as what a user is told. */
import { selfSigned } from '../fakes/certificate.ts';
import type { Fleet } from './fleet.ts';
import type { StageOptions, StoreName } from './stage.ts';

const errors = (code: string): string => JSON.stringify({ errors: [{ code, message: 'the words of the registry' }] });
const answered = (status: number, headers: Record<string, string> = {}) => ({ status, headers, body: errors('ANY') });
const login = (host: string, password: string): Record<string, string> => ({
  DOCKER_AUTH_CONFIG: JSON.stringify({
    auths: { [host]: { auth: Buffer.from(`ci:${password}`).toString('base64') } },
  }),
});
const CI = { username: 'ci', password: 'right' } as const;
const certificate = selfSigned();
const withTls = ({ EU = '', US = '' }: Readonly<Record<string, string>>): Record<string, string> => ({
  EU: `${EU}?insecure=false`,
  US,
});

/** A fault that ends a run. */
export interface Failure {
  readonly what: string;
  readonly store: StoreName;
  readonly code: string;
  readonly message: RegExp;
  readonly hint: RegExp;
  readonly stage?: StageOptions;
  /** Seconds go by until the client gives up. */
  readonly waits?: true;
  /** Sets a fault up and answers what the environment says besides. */
  readonly fault?: (by: Fleet) => Readonly<Record<string, string>> | undefined;
}

/** All of them; those of the registry first. */
export const FAILURES: readonly Failure[] = [
  {
    what: 'a wrong password (Basic)',
    store: 'eu',
    code: 'AUTH',
    message: /answered 401/,
    hint: /docker login/,
    stage: { registry: { auth: { kind: 'basic', ...CI } } },
    fault: (by) => login(by.stage.registry.host, 'wrong'),
  },
  {
    what: 'a wrong password (Bearer)',
    store: 'eu',
    code: 'AUTH',
    message: /401/,
    hint: /docker login/,
    stage: { registry: { auth: { kind: 'bearer', user: CI } } },
    fault: (by) => login(by.stage.registry.host, 'wrong'),
  },
  {
    what: 'an unknown host',
    store: 'eu',
    code: 'NETWORK',
    message: /Cannot resolve host "registry\.invalid": .* \((?:ENOTFOUND|EAI_AGAIN)\)/,
    hint: /check the (?:host|network)/,
    fault: () => ({ EU: 'oci://registry.invalid/fleet/{artifact}' }),
  },
  {
    what: 'a 401 for every token',
    store: 'eu',
    code: 'AUTH',
    message: /answered 401/,
    hint: /docker login|credentials/,
    stage: { registry: { auth: { kind: 'bearer', anonymous: ['pull', 'push'] } } },
    fault: ({ stage: { registry } }) => {
      const challenge = { 'www-authenticate': `Bearer realm="${registry.url}/token",service="x"` };
      registry.hooks.onRequest = ({ path }) => (path === '/token' ? 'serve' : answered(401, challenge));
      return undefined;
    },
  },
  {
    what: 'a 403',
    store: 'eu',
    code: 'DENIED',
    message: /answered 403 \(ANY: the words of the registry\)/,
    hint: /right/,
    fault: ({ stage: { registry } }) => {
      registry.hooks.onRequest = ({ write }) => (write ? answered(403) : 'serve');
      return undefined;
    },
  },
  {
    what: 'a repository that does not exist',
    store: 'eu',
    code: 'NOT_FOUND',
    message: /answered 404 \(NAME_UNKNOWN/,
    hint: /create the repository/,
    stage: { registry: { createsRepositories: false } },
  },
  {
    what: 'a 413',
    store: 'eu',
    code: 'TOO_LARGE',
    message: /answered 413/,
    hint: /limit/,
    fault: ({ stage: { registry } }) => {
      registry.hooks.onRequest = ({ method, path }) =>
        method === 'PUT' && path.includes('/blobs/') ? answered(413) : 'serve';
      return undefined;
    },
  },
  {
    what: 'a 429 with Retry-After that does not end',
    store: 'eu',
    code: 'RATE_LIMITED',
    message: /answered 429/,
    hint: /wait/,
    fault: ({ stage: { registry } }) => {
      registry.hooks.onRequest = ({ write }) => (write ? answered(429, { 'retry-after': '0' }) : 'serve');
      return undefined;
    },
  },
  {
    what: 'connections reset in the middle of every upload',
    waits: true,
    store: 'eu',
    code: 'NETWORK',
    message: /closed the connection/,
    hint: /reach/,
    fault: ({ stage: { registry } }) => {
      registry.hooks.onRequest = ({ method, path }) =>
        method === 'PUT' && path.includes('/blobs/') ? 'reset' : 'serve';
      return undefined;
    },
  },
  {
    what: 'a certificate that nobody vouches for',
    store: 'eu',
    code: 'TLS',
    message: /certificate is not trusted/,
    hint: /"ca"/,
    stage: { registry: { tls: certificate } },
    fault: ({ stage: { env } }) => withTls(env),
  },
  {
    what: 'a wrong secret key',
    store: 'us',
    code: 'AUTH',
    message: /403 SignatureDoesNotMatch/,
    hint: /secret key/,
    fault: () => ({ AWS_SECRET_ACCESS_KEY: 'wrong' }),
  },
  {
    what: 'a bucket that does not exist',
    store: 'us',
    code: 'NOT_FOUND',
    message: /404 NoSuchBucket/,
    hint: /create the bucket/,
    fault: ({ stage: { env } }) => ({ US: (env.US ?? '').replace('s3://fleet/', 's3://gone/') }),
  },
  {
    what: 'a bucket that refuses writes',
    store: 'us',
    code: 'DENIED',
    message: /403/,
    hint: /s3:PutObject/,
    stage: { bucket: { onRequest: ({ write }) => (write ? { status: 403, body: '' } : 'serve') } },
  },
  {
    what: 'a bucket behind a certificate that nobody vouches for',
    store: 'us',
    code: 'TLS',
    message: /certificate/,
    hint: /"ca"/,
    stage: { bucket: { tls: certificate } },
  },
];

/** Faults that end by themselves. */
export const PASSING: readonly { readonly what: string; readonly fault: (by: Fleet) => void }[] = [
  ...([500, 429] as const).map((status) => ({
    what: `a ${status} of the registry`,
    fault: ({ stage: { registry } }: Fleet) => {
      const hit = new Set<string>();
      registry.hooks.onRequest = ({ method, path }) => {
        const first = !hit.has('hit') && method === 'PUT' && path.includes('/manifests/');
        if (first) hit.add('hit');
        return first ? answered(status, { 'retry-after': '0' }) : 'serve';
      };
    },
  })),
  {
    what: 'a connection reset in the middle of an upload to the registry',
    fault: ({ stage }) => {
      let hit = false;
      stage.watch(({ store, method, when, path }) => {
        const first = !hit && store === 'eu' && method === 'PUT' && when === 'before' && path.includes('/blobs/');
        hit ||= first;
        return first ? 'reset' : 'serve';
      });
    },
  },
  {
    what: 'a lost answer of the bucket to the record',
    fault: ({ stage }) => {
      let hit = false;
      stage.watch(({ store, method, when, path }) => {
        const first = !hit && store === 'us' && method === 'PUT' && when === 'after' && path.includes('/releases/');
        hit ||= first;
        return first ? 'reset' : 'serve';
      });
    },
  },
];

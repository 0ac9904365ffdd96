/** The AWS SDK's client, set up for the stores that slipway publishes to. */
import { existsSync, readFileSync } from 'node:fs';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as tls from 'node:tls';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { SlipwayError } from '../errors.ts';
import type { Meter } from '../ship/ports.ts';
import { MAX_CONNECTIONS } from './agents.ts';
import { proxyAgents, throughProxies } from './proxy.ts';
import { boundExchanges } from './s3-exchange.ts';
import { hearingOf } from './s3-silence.ts';

/** Where a bucket is and how to get in. */
export interface BucketOptions {
  readonly bucket: string;
  /** Empty or with a slash at its end; all keys are relative to it. */
  readonly prefix: string;
  /** Default: `AWS_REGION`, `AWS_DEFAULT_REGION`, `us-east-1` with a custom endpoint, the profile's. */
  readonly region?: string | undefined;
  /** Base URL of a store that is not AWS. Default: `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL`. */
  readonly endpoint?: string | undefined;
  /** Default: `AWS_PROFILE`. With a profile the key pair in `env` is not used. */
  readonly profile?: string | undefined;
  /** Absolute path of a PEM bundle to trust besides the system's. */
  readonly ca?: string | undefined;
  /** Account that has to own the bucket; AWS answers 403 to everything where another one does. */
  readonly owner?: string | undefined;
  /** How the store is asked to encrypt what is written. */
  readonly sse?: 'AES256' | 'aws:kms' | undefined;
  /** With `sse` `aws:kms`: id or ARN of the key. */
  readonly kmsKey?: string | undefined;
  /**
   * Region, endpoint, profile, key pair and proxies are read from here. Where it has no key pair, the SDK's own chain looks for
   * credentials (profile files, web identity, container, instance), and that chain reads `process.env` by itself.
   */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly meter: Meter;
  readonly signal?: AbortSignal | undefined;
  /** How often a request is sent before its failure counts; without an answer at most twice. Default 5. */
  readonly attempts?: number | undefined;
  /** Milliseconds without a byte after which a connection counts as dead. Default 30,000. */
  readonly idleTimeout?: number | undefined;
  /** Seconds for one exchange that moves no bytes; each 50,000 bytes allow for one more. Default 60. */
  readonly exchangeSeconds?: number | undefined;
  /** Milliseconds to connect in. Default 10,000. */
  readonly connectTimeout?: number | undefined;
}

const NO_REGION_HINT = 'add region=… to the store URL, or set AWS_REGION';

/**
 * Makes the client; opens no connection. `noted` gets what the SDK says about credentials. Throws `CONFIG` when no region can be
 * known, `ca` cannot be read or a proxy is no URL.
 */
export function createClient(options: BucketOptions, noted: (line: string) => void = () => undefined): S3Client {
  const { env } = options;
  // CI systems pass variables that are not set as empty ones.
  const endpoint = options.endpoint || env.AWS_ENDPOINT_URL_S3 || env.AWS_ENDPOINT_URL || undefined;
  const profile = profileOf(options);
  const region = options.region || env.AWS_REGION || env.AWS_DEFAULT_REGION || (endpoint && 'us-east-1');
  if (region === undefined && profile === undefined && !hasAwsFile(env)) {
    const message = `Cannot open bucket "${options.bucket}": its region is not known`;
    throw new SlipwayError('CONFIG', message, { hint: NO_REGION_HINT });
  }
  const credentials = profile === undefined ? keyPair(env) : undefined;
  const client = new S3Client({
    ...(region !== undefined && { region }),
    ...(profile !== undefined && { profile }),
    ...(credentials !== undefined && { credentials }),
    ...(endpoint !== undefined && { endpoint, ...CUSTOM_ENDPOINT }),
    ...transport(options),
    logger: { ...SILENT, debug: (line: unknown) => noted(String(line)) },
    // Putting the middleware together anew takes longer than signing.
    cacheMiddleware: true,
  });
  for (const name of NEEDLESS) client.middlewareStack.remove(name);
  countRequests(client, options.meter);
  const { signal, exchangeSeconds: seconds = 60, meter } = options;
  boundExchanges(client, { seconds, signal, hearing: hearingOf(meter) });
  return client;
}

/** The profile whose credentials are used, where one is named. */
export function profileOf({ profile, env }: BucketOptions): string | undefined {
  return profile || env.AWS_PROFILE || undefined;
}

/** Whether the SDK may find a region by itself: that of the profile `default`. */
function hasAwsFile({ AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE }: BucketOptions['env']): boolean {
  const aws = join(homedir(), '.aws');
  const files = [AWS_CONFIG_FILE || join(aws, 'config'), AWS_SHARED_CREDENTIALS_FILE || join(aws, 'credentials')];
  return files.some((file) => existsSync(file));
}

/** Other stores answer 501 to checksums they do not know (aws-sdk-js-v3 issue 6810); ours are sent explicitly. */
const CUSTOM_ENDPOINT = {
  forcePathStyle: true,
  requestChecksumCalculation: 'WHEN_REQUIRED',
  responseChecksumValidation: 'WHEN_REQUIRED',
} as const;

/** The SDK writes warnings to the console when it has no logger; what matters of them is in the errors. */
const SILENT = { info() {}, warn() {}, error() {} };

/** Middleware that takes time on every request and changes nothing that a store looks at. */
const NEEDLESS = ['loggerMiddleware', 'recursionDetectionMiddleware', 'getUserAgentMiddleware'];

function transport(options: BucketOptions): S3ClientConfig {
  const agent = { keepAlive: true, maxSockets: MAX_CONNECTIONS };
  const ca = options.ca === undefined ? {} : { ca: trusted(options.ca) };
  const proxied = proxyAgents(options.env, { ...agent, ...ca });
  return {
    maxAttempts: options.attempts ?? 5,
    retryMode: 'standard',
    expectContinueHeader: false,
    requestHandler: {
      httpAgent: throughProxies(new HttpAgent(agent), false, proxied),
      httpsAgent: throughProxies(new HttpsAgent({ ...agent, ...ca }), true, proxied),
      connectionTimeout: options.connectTimeout ?? 10_000,
      socketTimeout: options.idleTimeout ?? 30_000,
    },
  };
}

function keyPair(env: BucketOptions['env']): S3ClientConfig['credentials'] {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = env;
  if (!accessKeyId || !secretAccessKey) return undefined;
  return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
}

/** The roots this process trusts, and the bundle: Node takes `ca` instead of its roots and not besides them. */
function trusted(path: string): string[] {
  // Only Node 22.15 and newer list the roots of NODE_EXTRA_CA_CERTS too.
  const modern: typeof tls & { getCACertificates?: (kind: 'default') => string[] } = tls;
  const roots = modern.getCACertificates?.('default') ?? tls.rootCertificates;
  try {
    return [...roots, readFileSync(path, 'utf8')];
  } catch (cause) {
    const hint = 'set the store parameter "ca" to a readable PEM file';
    throw new SlipwayError('CONFIG', `Cannot read certificates "${path}"`, { cause, hint });
  }
}

/** Stands behind the retry middleware, so that every attempt counts, and behind the signature, which omits this header. */
function countRequests(client: S3Client, meter: Meter): void {
  client.middlewareStack.add(
    (next) => (args) => {
      const { method, headers } = args.request as { method: string; headers: Record<string, string> };
      if (method === 'GET' || method === 'HEAD') meter.reads += 1;
      else meter.writes += 1;
      // Firewalls refuse requests without one.
      headers['user-agent'] = 'slipway';
      return next(args);
    },
    { step: 'deserialize', priority: 'low', name: 'slipwayMeter' },
  );
}

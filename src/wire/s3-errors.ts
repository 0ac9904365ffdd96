/** What an S3 request can fail with, as the errors users see. */
import { type Code, SlipwayError } from '../errors.ts';
import { NotAsked } from './hearing.ts';
import { ProxyFailure } from './proxy.ts';
import { redact } from './redact.ts';
import { foreignAnswer, isRegionError } from './s3-answer.ts';
import type { ProfileTrouble } from './s3-profile.ts';
import { SILENCE } from './s3-silence.ts';

/** What is done with an object, or with the bucket: `list`, `setup`. */
export type Action = 'read' | 'write' | 'list' | 'delete' | 'setup';

/** What was attempted; `doing` completes the sentence `Cannot …`. */
export interface Attempt {
  /** For example `write "channels/prod/app/manifests.yaml" to bucket "fleet"`. */
  readonly doing: string;
  readonly action: Action;
  readonly bucket: string;
  /** The account that the request asks for as the bucket's owner. */
  readonly owner?: string | undefined;
  /** What is to be told where the named profile gave no credentials. */
  readonly ofProfile?: ProfileTrouble | undefined;
  /** Whether the request carried `If-None-Match` or `If-Match`. */
  readonly conditional?: boolean;
  /** Strings that a server may echo and that no message may show. */
  readonly secrets: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

/** The parts of an SDK or system error that are looked at. Everything else may hold a credential and is dropped. */
interface Facts {
  readonly name: string;
  readonly message: string;
  readonly status?: number;
  /** A system error's code, such as `ECONNREFUSED`. */
  readonly system?: string;
  /** The region that the bucket is in, where the error is about that; empty where the store does not say which. */
  readonly region?: string;
  /** What answered in place of an S3 store. */
  readonly foreign?: string;
}

interface Verdict {
  readonly code: Code;
  readonly hint: string;
}

const UNTRUSTED_BY_ROLE: Verdict = {
  code: 'AUTH',
  hint: 'the role does not trust this identity: check AWS_ROLE_ARN and the trust policy of the role',
};

const OVER: Verdict = {
  code: 'AUTH',
  hint: 'the session is over: get new credentials, or use a role (CI OIDC), whose session is renewed by itself',
};

/** Error codes of the S3 API by what they mean here (AWS S3 API reference, error responses; MinIO's SlowDown variants). */
const BY_NAME: Readonly<Record<string, Verdict>> = {
  InvalidAccessKeyId: { code: 'AUTH', hint: 'the store does not know this access key: check AWS_ACCESS_KEY_ID' },
  SignatureDoesNotMatch: { code: 'AUTH', hint: 'the secret key does not belong to the access key: check it' },
  ExpiredToken: OVER,
  TokenRefreshRequired: OVER,
  ExpiredTokenException: {
    code: 'AUTH',
    hint: 'the identity token of this CI job is over: run the job again, or ask for the token later in it',
  },
  InvalidToken: { code: 'AUTH', hint: 'check AWS_SESSION_TOKEN: it does not belong to these keys' },
  InvalidIdentityToken: UNTRUSTED_BY_ROLE,
  RequestTimeTooSkewed: { code: 'AUTH', hint: 'set the clock of this machine' },
  CredentialsProviderError: {
    code: 'AUTH',
    hint: 'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile, or a role (CI OIDC)',
  },
  NoSuchBucket: { code: 'NOT_FOUND', hint: 'create the bucket, or check its name, the region and the endpoint' },
  InvalidBucketName: { code: 'CONFIG', hint: 'use a valid bucket name' },
  EntityTooLarge: { code: 'TOO_LARGE', hint: 'split the artifact: the store refuses an object of this size' },
  BadDigest: { code: 'CORRUPT', hint: 'the bytes changed on the way: try again, and look for a proxy in between' },
  XAmzContentSHA256Mismatch: { code: 'CORRUPT', hint: 'the bytes changed on the way: look for a proxy in between' },
};

const RATE_LIMITED: Verdict = { code: 'RATE_LIMITED', hint: 'the store asks to slow down: try again later' };
const NETWORK: Verdict = { code: 'NETWORK', hint: 'check the endpoint and that this machine can reach it' };
const FOREIGN: Verdict = {
  code: 'STORE',
  hint: 'check the endpoint, and what may answer in its place: a proxy, a firewall, a sign-in page',
};
const TLS: Verdict = {
  code: 'TLS',
  hint: 'use a certificate that this machine trusts, or name its issuer with the store parameter "ca"',
};

const TLS_CODES =
  /^(ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH$|INVALID_CA$|EPROTO$)/;
const NETWORK_CODES =
  /^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|HPE_.*|UND_ERR.*)$/;

/** The region that the bucket is in, where an error of any kind tells. */
export function regionOf(thrown: unknown): string | undefined {
  const headers = (thrown as Answer | undefined)?.$response?.headers;
  return headers?.['x-amz-bucket-region'] ?? (factsOf(thrown).region || undefined);
}

/** Whether the session of the credentials is over (AWS S3 API reference, error responses). */
export function isExpired(thrown: unknown): boolean {
  const { name } = factsOf(thrown);
  return name === 'ExpiredToken' || name === 'TokenRefreshRequired';
}

/** The S3 error code (or class name) and the HTTP status of a thrown value. */
export function answerOf(thrown: unknown): { readonly name: string; readonly status: number | undefined } {
  const { name, status } = factsOf(thrown);
  return { name, status };
}

/**
 * Any error of the SDK as a {@link SlipwayError}. The SDK's own error is not kept as cause: on a wrong signature S3
 * echoes the canonical request with the session token in it. The cause has its name and its redacted message.
 */
export function bucketError(thrown: unknown, attempt: Attempt): SlipwayError {
  if (thrown instanceof SlipwayError) return thrown;
  const facts = factsOf(thrown);
  const message = redact(facts.message, attempt.secrets);
  const cause = Object.assign(new Error(message), { name: facts.name });
  if (attempt.signal?.aborted) {
    return new SlipwayError('INTERRUPTED', `Cannot ${attempt.doing}: interrupted`, { cause });
  }
  const fail = ({ code, hint }: Verdict, state: string): SlipwayError =>
    new SlipwayError(code, `Cannot ${attempt.doing}: ${state.replace(/[:\s.]+$/, '')}`, { cause, hint });
  if (thrown instanceof ProxyFailure) return fail(thrown.verdict, message);
  if (thrown instanceof NotAsked) return fail(NETWORK, `the store ${message}`);
  if (facts.foreign !== undefined) return fail(FOREIGN, `the answer (${facts.foreign}) is not one of S3`);
  if (facts.name === 'CredentialsProviderError' && attempt.ofProfile !== undefined) {
    const { state, hint } = attempt.ofProfile;
    return fail({ code: 'AUTH', hint }, /from any providers/.test(message) ? state : message);
  }
  const state = facts.status === undefined ? message : [`${facts.status} ${facts.name}`, message].join(': ');
  return fail(verdictOf(facts, attempt), state);
}

function verdictOf(facts: Facts, attempt: Attempt): Verdict {
  const { name, status, region } = facts;
  if (region !== undefined) {
    const where = region === '' ? 'the bucket\'s region as "region=…"' : `"region=${region}"`;
    return { code: 'STORE', hint: `the bucket is in another region: add ${where} to the store URL` };
  }
  const known = BY_NAME[name];
  if (known !== undefined) return known;
  if (facts.message.startsWith('Region is missing')) {
    return { code: 'CONFIG', hint: 'add region=… to the store URL, or set AWS_REGION' };
  }
  return status === undefined ? connectionVerdict(facts) : statusVerdict({ ...facts, status }, attempt);
}

function connectionVerdict({ name, system = '' }: Facts): Verdict {
  if (TLS_CODES.test(system)) return TLS;
  if (name === SILENCE || name === 'TimeoutError' || NETWORK_CODES.test(system)) return NETWORK;
  return { code: 'STORE', hint: 'check that the endpoint is an S3 store' };
}

/** Rights by what they are needed for. S3 says 403 for a missing key to whoever may not list. */
const RIGHTS: Readonly<Record<Action, string>> = {
  read: 'allow s3:GetObject on the keys, and s3:ListBucket on the bucket: without it a missing key answers 403 too',
  write: 'allow s3:PutObject on the keys: these credentials may only read, or only write elsewhere',
  list: 'allow s3:ListBucket on the bucket itself, without the "/*" that stands for its keys',
  delete: 'allow s3:DeleteObject on the keys',
  setup: 'allow the action that reads it, such as s3:GetBucketVersioning: without it slipway only knows less',
};

/** MinIO and AWS say so of objects that nobody may delete yet. */
const LOCKED = /object lock|WORM|retention|legal hold/i;
const KMS = /\bKMS\b|kms:/i;

function refusal({ name, message }: Facts, { action, owner, bucket }: Attempt): Verdict {
  if (message.includes('sts:AssumeRole')) return UNTRUSTED_BY_ROLE;
  if (LOCKED.test(message) || name === 'ObjectLocked') return PROTECTED;
  if (KMS.test(message) || KMS.test(name)) {
    const hint = 'allow kms:GenerateDataKey and kms:Decrypt on the key, or check the store parameter "kms-key"';
    return { code: 'DENIED', hint };
  }
  const hint = RIGHTS[action];
  if (owner === undefined) return { code: 'DENIED', hint };
  return { code: 'DENIED', hint: `${hint}; and check that account "${owner}" owns bucket "${bucket}"` };
}

const PROTECTED: Verdict = {
  code: 'DENIED',
  hint: 'Object Lock keeps this object: wait until its retention ends, then run again; nothing else is wrong',
};

function statusVerdict(facts: Facts & { readonly status: number }, attempt: Attempt): Verdict {
  const { status, name, message } = facts;
  if (status === 401) return { code: 'AUTH', hint: 'check the credentials of this store' };
  if (status === 403) return refusal(facts, attempt);
  if (status === 404) return { code: 'NOT_FOUND', hint: 'check the bucket and the endpoint' };
  if (status === 413)
    return { code: 'TOO_LARGE', hint: 'split the artifact: the store refuses an object of this size' };
  if (status === 429 || name.startsWith('SlowDown')) return RATE_LIMITED;
  if (status === 400 && attempt.action === 'delete' && LOCKED.test(message)) return PROTECTED;
  if (KMS.test(name) || KMS.test(message)) {
    return { code: 'STORE', hint: 'check the store parameters "sse" and "kms-key", and that the key is enabled' };
  }
  if (status === 501 && attempt.conditional) {
    const hint = 'this store has no create-only writes (If-None-Match): order releases by another store with --primary';
    return { code: 'STORE', hint };
  }
  if (status >= 500) return { code: 'STORE', hint: 'the store failed: try again' };
  return { code: 'STORE', hint: 'check that the endpoint is an S3 store and that it supports this request' };
}

/** What errors of the SDK and of Node may have; nothing of it is sure. */
interface Answer {
  name?: unknown;
  message?: unknown;
  code?: unknown;
  Code?: unknown;
  Region?: unknown;
  errors?: unknown;
  $metadata?: { httpStatusCode?: number };
  $response?: { statusCode?: number; headers?: Record<string, string> };
}

function factsOf(thrown: unknown): Facts {
  if (typeof thrown !== 'object' || thrown === null) return { name: 'Error', message: String(thrown) };
  const error: Answer = thrown;
  // Node reports a host with several addresses as one AggregateError without a message.
  const first: unknown = Array.isArray(error.errors) ? error.errors[0] : undefined;
  const message = String(error.message || (first instanceof Error ? first.message : '') || 'no details');
  const status = error.$metadata?.httpStatusCode ?? error.$response?.statusCode;
  const headers = error.$response?.headers ?? {};
  const head = { status, name: error.name, hasCode: error.Code !== undefined, headers };
  const region = headers['x-amz-bucket-region'] ?? error.Region;
  const foreign = foreignAnswer(head);
  return {
    name: String(error.name ?? 'Error'),
    message,
    ...(status === undefined ? {} : { status }),
    ...(typeof error.code === 'string' && { system: error.code }),
    ...(isRegionError(head) && { region: typeof region === 'string' ? region : '' }),
    ...(foreign !== undefined && { foreign }),
  };
}

/** The fault matrix as data: where a request can fail, how, and what the run has to say of it. */

import { s3Error } from '../fakes/bucket-operations.ts';
import type { Fault, ProxiedRequest } from '../fakes/fault-proxy.ts';
import type { StoreName } from './stage.ts';

/**
 * When a step happens: until `put`, nothing is promised; `claim` and `record` are the writes that promise; what comes after
 * them is rolled forward.
 */
export type Phase = 'before' | 'claim' | 'record' | 'after';

/** A request of a run that can fail. */
export interface Step {
  readonly store: StoreName;
  readonly what: string;
  readonly phase: Phase;
  readonly write: boolean;
  /** With `If-None-Match` or `If-Match`. */
  readonly conditional?: true;
  /** A store that nobody published to before. */
  readonly fresh?: true;
  /** `METHOD path`, decoded. */
  readonly match: RegExp;
}

const bucketStep = (what: string, phase: Phase, match: RegExp, more: Partial<Step> = {}): Step => {
  const write = match.source.startsWith('^PUT');
  return { store: 'us', what, phase, write, ...(write && { conditional: true }), match, ...more };
};
const registryStep = (what: string, phase: Phase, match: RegExp): Step => ({
  store: 'eu',
  what,
  phase,
  write: /^\^P(?:U|OS)T/.test(match.source),
  match,
});

/** The steps of a publish with a version to the bucket and to the registry, in their order. */
export const STEPS: readonly Step[] = [
  bucketStep('marker read', 'before', /^GET \/fleet\/gitops\/slipway\.json/),
  bucketStep('list of records', 'before', /^GET \/fleet\/\?.*prefix=gitops\/releases\/default\/prod\//),
  bucketStep('record read', 'before', /^GET \/fleet\/gitops\/releases\/default\/prod\//),
  bucketStep('list of names', 'before', /^GET \/fleet\/\?.*prefix=gitops\/channels\/prod\//),
  bucketStep('probe', 'before', /^PUT \/fleet\/gitops\/probes\//, { fresh: true }),
  bucketStep('marker', 'before', /^PUT \/fleet\/gitops\/slipway\.json/, { fresh: true }),
  bucketStep('content', 'before', /^PUT \/fleet\/gitops\/content\/.*\.tgz/),
  bucketStep('view', 'before', /^PUT \/fleet\/gitops\/content\/.*\.yaml/),
  bucketStep('manifest', 'before', /^PUT \/fleet\/gitops\/manifests\//),
  bucketStep('proof', 'before', /^PUT \/fleet\/gitops\/proofs\//),
  bucketStep('content read back', 'before', /^GET \/fleet\/gitops\/content\/.*\.tgz/),
  bucketStep('claim', 'claim', /^PUT \/fleet\/gitops\/releases\/default\/versions\//),
  bucketStep('record', 'record', /^PUT \/fleet\/gitops\/releases\/default\/prod\//),
  bucketStep('name', 'after', /^PUT \/fleet\/gitops\/channels\/prod\//),
  bucketStep('version name', 'after', /^PUT \/fleet\/gitops\/versions\//),
  registryStep('list of records', 'before', /^GET \/v2\/fleet\/releases\/tags\/list/),
  registryStep('record read', 'before', /^GET \/v2\/fleet\/releases\/manifests\/slipway\.default\.prod\./),
  registryStep('name read', 'before', /^GET \/v2\/fleet\/east\/manifests\/prod/),
  registryStep('upload', 'before', /^POST \/v2\/fleet\/east\/blobs\/uploads\//),
  registryStep('blob', 'before', /^PUT \/v2\/fleet\/east\/blobs\/uploads\//),
  registryStep('manifest', 'before', /^PUT \/v2\/fleet\/east\/manifests\/content-/),
  registryStep('proof', 'before', /^PUT \/v2\/fleet\/east\/manifests\/sha256:/),
  registryStep('fallback list', 'before', /^PUT \/v2\/fleet\/east\/manifests\/sha256-/),
  registryStep('content read back', 'before', /^GET \/v2\/fleet\/east\/blobs\/sha256:/),
  registryStep('claim', 'claim', /^PUT \/v2\/fleet\/releases\/manifests\/slipway\.default\.versions\./),
  registryStep('record', 'record', /^PUT \/v2\/fleet\/releases\/manifests\/slipway\.default\.prod\./),
  registryStep('name', 'after', /^PUT \/v2\/fleet\/east\/manifests\/prod/),
  registryStep('version name', 'after', /^PUT \/v2\/fleet\/east\/manifests\/1\.2\.0/),
];

const s3 = (status: number, code: string, kind: 'answer' | 'serve-then-answer' = 'answer'): Fault => {
  const { headers = {}, body = '' } = s3Error(status, code);
  return { kind, answer: { status, headers, body: String(body) } };
};
const oci = (status: number, code: string): Fault => {
  const body = JSON.stringify({ errors: [{ code, message: 'the words of the registry' }] });
  return { kind: 'answer', answer: { status, headers: { 'content-type': 'application/json' }, body } };
};

/** One way of failing. */
export interface FaultKind {
  readonly what: string;
  readonly store: StoreName | 'both';
  /** Whether a run gets over it when it happened once, or however often. */
  readonly passes: 'once' | 'always' | 'never';
  /** The error that the store is failed with where it lasts, or does not pass. */
  readonly code: string;
  /** Where it cannot happen, or means nothing. */
  readonly applies?: (step: Step) => boolean;
  readonly fault: Fault;
}

const writes = ({ write }: Step): boolean => write;
const reads = ({ write }: Step): boolean => !write;

const contentRead = ({ what }: Step): boolean => what === 'content read back';
/** Where bytes are checked against a digest. */
const hashed = (step: Step): boolean =>
  contentRead(step) || (step.store === 'eu' && ['record read', 'name read'].includes(step.what));

/** What the probe finds out about a store instead of failing with it is shown by its own tests. */
const failsProbe = ({ what }: Step, { code, passes }: FaultKind): boolean =>
  what !== 'probe' || (code !== 'STORE' && passes !== 'always');

/** Everything that a server, or the way to it, can do to one request. */
export const FAULTS: readonly FaultKind[] = [
  { what: 'connection refused', store: 'both', passes: 'once', code: 'NETWORK', fault: { kind: 'down', forMs: 15 } },
  { what: 'timeout', store: 'both', passes: 'once', code: 'NETWORK', fault: { kind: 'hang' } },
  {
    what: 'reset in the body of the request',
    store: 'both',
    passes: 'once',
    code: 'NETWORK',
    applies: writes,
    fault: { kind: 'cut-request' },
  },
  {
    what: 'reset in the body of the answer',
    store: 'both',
    passes: 'once',
    code: 'NETWORK',
    applies: reads,
    fault: { kind: 'cut-answer' },
  },
  { what: 'answer lost', store: 'both', passes: 'once', code: 'NETWORK', fault: { kind: 'lose-answer' } },
  { what: '503 SlowDown', store: 'us', passes: 'once', code: 'RATE_LIMITED', fault: s3(503, 'SlowDown') },
  { what: '429', store: 'eu', passes: 'once', code: 'RATE_LIMITED', fault: oci(429, 'TOOMANYREQUESTS') },
  { what: '503', store: 'eu', passes: 'once', code: 'STORE', fault: oci(503, 'UNAVAILABLE') },
  { what: '500', store: 'us', passes: 'once', code: 'STORE', fault: s3(500, 'InternalError') },
  { what: '500', store: 'eu', passes: 'once', code: 'STORE', fault: oci(500, 'UNKNOWN') },
  {
    what: '409',
    store: 'us',
    passes: 'once',
    code: 'STORE',
    applies: writes,
    fault: s3(409, 'ConditionalRequestConflict'),
  },
  { what: '501', store: 'us', passes: 'never', code: 'STORE', applies: writes, fault: s3(501, 'NotImplemented') },
  { what: '403', store: 'us', passes: 'never', code: 'DENIED', fault: s3(403, 'AccessDenied') },
  { what: '403', store: 'eu', passes: 'never', code: 'DENIED', fault: oci(403, 'DENIED') },
  { what: '404 bucket', store: 'us', passes: 'never', code: 'NOT_FOUND', fault: s3(404, 'NoSuchBucket') },
  {
    what: '404 repository',
    store: 'eu',
    passes: 'never',
    code: 'NOT_FOUND',
    applies: writes,
    fault: oci(404, 'NAME_UNKNOWN'),
  },
  {
    what: '412 for our own write',
    store: 'us',
    passes: 'always',
    code: '',
    applies: ({ write, what }) => write && what !== 'name',
    fault: s3(412, 'PreconditionFailed', 'serve-then-answer'),
  },
  {
    what: 'one bit of the answer',
    store: 'both',
    passes: 'never',
    code: 'CORRUPT',
    applies: hashed,
    fault: { kind: 'corrupt' },
  },
  { what: 'clock skew', store: 'us', passes: 'never', code: 'AUTH', fault: s3(403, 'RequestTimeTooSkewed') },
];

/** Matches a step's requests. */
export function isAt({ match }: Step, { method, path }: ProxiedRequest): boolean {
  return match.test(`${method} ${decodeURIComponent(path)}`);
}

/** One cell of the matrix. */
export interface FaultCase {
  readonly step: Step;
  readonly kind: FaultKind;
  readonly lasting: boolean;
  /** Whether the store with the fault orders the releases. */
  readonly isPrimary: boolean;
  readonly quorum: 1 | 2;
}

/** `us primary, record: 500, lasting` and so on. */
export function titleOf({ step, kind, lasting, isPrimary, quorum }: FaultCase): string {
  const role = isPrimary ? 'primary' : `other, quorum ${quorum}`;
  return `${step.store} (${role}), ${step.what}: ${kind.what}, ${lasting ? 'lasting' : 'once'}`;
}

const ROLES: readonly Pick<FaultCase, 'isPrimary' | 'quorum'>[] = [
  { isPrimary: true, quorum: 2 },
  { isPrimary: false, quorum: 2 },
  { isPrimary: false, quorum: 1 },
];

const roleAt = (i: number): Pick<FaultCase, 'isPrimary' | 'quorum'> =>
  ROLES[i % ROLES.length] ?? { isPrimary: true, quorum: 2 };

/** Every fault at every step where it means something. */
const CELLS: readonly Pick<FaultCase, 'step' | 'kind'>[] = STEPS.flatMap((step) =>
  FAULTS.filter(({ store, applies }) => [step.store, 'both'].includes(store) && (applies?.(step) ?? true))
    .filter((kind) => failsProbe(step, kind))
    .map((kind) => ({
      step,
      kind,
    })),
);

/** The whole matrix. */
export const ALL_CASES: readonly FaultCase[] = CELLS.flatMap((cell) =>
  [false, true].flatMap((lasting) => ROLES.map((role) => ({ ...cell, lasting, ...role }))),
);

/**
 * Every fault at every step, in one of the roles: lasting where trying again helps, and once in a third of them; once or
 * lasting where it does not.
 */
export const CASES: readonly FaultCase[] = CELLS.flatMap((cell, i) => {
  const both = cell.kind.passes === 'once' && i % 3 === 0;
  const times = both ? [false, true] : [cell.kind.passes === 'once' || i % 2 === 0];
  return times.map((lasting, j) => ({ ...cell, lasting, ...roleAt(i + j) }));
});

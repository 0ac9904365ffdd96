/** What went wrong on the wire, in words: one code, one sentence, one thing to do. URLs and queries are never shown. */
import { type Code, SlipwayError } from '../errors.ts';
import { Silence } from './allowance.ts';
import { NotAsked } from './hearing.ts';
import { ProxyFailure } from './proxy.ts';
import { AnswerTooLong } from './transport.ts';

/** What an error needs to know of a request. `headers` and `body` serve only to keep their secrets out of messages. */
export interface Sent {
  /** Continues "Cannot …": `read tag "prod" of "fleet/app"`. */
  readonly task: string;
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

/** What an error needs to know of an answer. */
export interface Answered {
  readonly status: number;
  readonly bytes: Uint8Array;
}

/** An error, and whether the same request may succeed a little later. */
export interface Trouble {
  readonly error: SlipwayError;
  readonly transient: boolean;
  /** Nothing came for long. */
  readonly silent?: boolean;
}

const lookupCodes: readonly string[] = ['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_NODATA', 'EAI_NONAME'];
const closedCodes: readonly string[] = ['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'HPE_INVALID_EOF_STATE'];
const certificateCode = /CERT|^UNABLE_TO_|^INVALID_CA$|^HOSTNAME_MISMATCH$/;
const reachable = 'check that the server runs and that this machine can reach it, then run again';

/** Explains what Node threw in place of an answer: `NETWORK`, `TLS`, `STORE`, or the error itself when it is ours. */
export function networkTrouble(cause: unknown, sent: Sent): Trouble {
  if (cause instanceof SlipwayError) return { error: cause, transient: false };
  const code = codeOf(cause);
  const { host, hostname } = sent.url;
  const network = (message: string, hint: string, transient = true): Trouble => {
    return { error: new SlipwayError('NETWORK', message, { cause, hint }), transient };
  };
  if (cause instanceof AnswerTooLong) {
    const message = `Cannot ${sent.task}: the answer of "${host}" is longer than ${cause.maxBytes} bytes`;
    return { error: new SlipwayError('STORE', message, { cause, hint: wrongServer }), transient: false };
  }
  if (cause instanceof ProxyFailure) {
    const { verdict, transient } = cause;
    const message = `Cannot ${sent.task} at "${host}": ${cause.message}`;
    return { error: new SlipwayError(verdict.code, message, { cause, hint: verdict.hint }), transient };
  }
  if (cause instanceof Silence)
    return { ...network(`Cannot ${sent.task}: "${host}" gave ${cause.message}`, reachable), silent: true };
  if (cause instanceof NotAsked) return network(`Cannot ${sent.task}: "${host}" ${cause.message}`, reachable, false);
  if (code === 'EAI_AGAIN') {
    const hint = 'check the network and the name servers of this machine, then run again';
    return network(`Cannot resolve host "${hostname}": the name server did not answer (EAI_AGAIN)`, hint);
  }
  if (lookupCodes.includes(code)) {
    const hint = "check the host in the store's URL; a private name needs this machine to be in its network";
    return network(`Cannot resolve host "${hostname}": no such name (${code})`, hint, false);
  }
  if (code === 'ECONNREFUSED') return network(`Cannot ${sent.task}: "${host}" refused the connection`, reachable);
  if (closedCodes.includes(code)) return network(`Cannot ${sent.task}: "${host}" closed the connection`, reachable);
  if (isTls(code)) return { error: tlsError(cause, code, sent), transient: false };
  return network(`Cannot ${sent.task}: the connection to "${host}" failed (${code})`, reachable);
}

const wrongServer = "check that the store's URL names the server itself, not a page or proxy in front of it";

function codeOf(thrown: unknown): string {
  const code: unknown = thrown instanceof Error ? Reflect.get(thrown, 'code') : undefined;
  return typeof code === 'string' ? code : 'no error code';
}

function isTls(code: string): boolean {
  return certificateCode.test(code) || code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_') || code === 'EPROTO';
}

function tlsError(cause: unknown, code: string, { task, url }: Sent): SlipwayError {
  const isCertificate = certificateCode.test(code);
  const state = isCertificate ? 'its certificate is not trusted' : 'it does not speak TLS as expected';
  const hint = isCertificate
    ? 'name the PEM file of its authority with the URL parameter "ca" or in NODE_EXTRA_CA_CERTS'
    : 'check the port; a server without TLS needs the URL parameter "insecure"';
  return new SlipwayError('TLS', `Cannot ${task} at "${url.host}": ${state} (${code})`, { cause, hint });
}

/** Statuses after which the same request may be sent again. */
export function isTransient(status: number): boolean {
  return [408, 429, 500, 502, 503, 504].includes(status);
}

const statusCodes: Readonly<Record<number, Code>> = {
  401: 'AUTH',
  403: 'DENIED',
  404: 'NOT_FOUND',
  413: 'TOO_LARGE',
  429: 'RATE_LIMITED',
};

const statusHints: Readonly<Record<number, string>> = {
  401: 'check the user and password stored for this host, for example with "docker login"',
  403: 'give the credentials the right to do this, or check the repository name',
  404: 'create the repository first, or check its name; some registries do not create repositories on push',
  413: "raise the server's limit for uploads, or publish less: an ignore file keeps files out",
  429: 'wait and run again, or ask for a higher limit; signed-in users often have one',
};

/** Explains an answer nobody expected, with the registry's own words (bounded, without control characters). */
export function statusError(answered: Answered, sent: Sent, hint?: string): SlipwayError {
  const { status } = answered;
  const words = serverWords(answered.bytes, sent);
  const message = `Cannot ${sent.task}: "${sent.url.host}" answered ${status}${words === '' ? '' : ` (${words})`}`;
  const unknownHint = status >= 500 ? "run again later; the server's log says more" : wrongServer;
  return new SlipwayError(statusCodes[status] ?? 'STORE', message, {
    hint: hint ?? statusHints[status] ?? unknownHint,
  });
}

// Distribution-spec v1.1.1 "Error Codes": {"errors": [{"code", "message", "detail"}]}. Anything else is not shown.
function serverWords(bytes: Uint8Array, sent: Sent): string {
  const errors = registryErrors(bytes.subarray(0, 16_384));
  const words = errors.map(({ code, message }) => [code, message].filter((part) => part !== '').join(': '));
  const shown = words.slice(0, 3).join('; ');
  const concealed = secretsOf(sent).reduce((text, secret) => text.replaceAll(secret, '***'), shown);
  const clean = concealed.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return clean.length > 300 ? `${clean.slice(0, 300)}…` : clean;
}

function registryErrors(bytes: Uint8Array): { readonly code: string; readonly message: string }[] {
  let body: unknown;
  try {
    body = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return [];
  }
  const errors: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'errors') : undefined;
  if (!Array.isArray(errors)) return [];
  return errors.filter(isObject).map((error) => ({ code: text(error.code), message: text(error.message) }));
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

// A server that echoes what it was sent must not bring a secret into a message.
function secretsOf({ headers, body }: Sent): readonly string[] {
  const [scheme = '', sentValue = ''] = (headers?.authorization ?? '').split(' ');
  const secrets = [sentValue];
  if (scheme === 'Basic') {
    const pair = Buffer.from(sentValue, 'base64').toString('utf8');
    secrets.push(pair.slice(pair.indexOf(':') + 1));
  }
  if (headers?.['content-type'] === 'application/x-www-form-urlencoded' && body !== undefined) {
    secrets.push(new URLSearchParams(Buffer.from(body).toString('utf8')).get('refresh_token') ?? '');
  }
  return secrets.filter((secret) => secret !== '');
}

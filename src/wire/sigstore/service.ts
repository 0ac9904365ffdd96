/** One question to a Sigstore service over our own transport: retried while that may help, refusals handed back in words. */
import * as v from 'valibot';
import { SlipwayError } from '../../errors.ts';
import type { Http, HttpResponse } from '../http.ts';

/** What is asked, and of whom. */
export interface Question {
  readonly http: Http;
  /** Who is asked, as messages call it: `certificate authority`. */
  readonly service: string;
  /** Continues "Cannot …": `log the signature`. */
  readonly task: string;
  readonly url: URL;
  /** `POST` unless told. */
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** What must not come back in a message, should the service echo it. */
  readonly secrets?: readonly string[];
  /** What the user can do when the service refuses, where that is not about Sigstore. */
  readonly hint?: string;
}

/** What the service said: what was asked for, or why not (`words` is bounded, on one line, and holds no secret). */
export type Reply =
  | { readonly ok: true; readonly response: HttpResponse }
  | { readonly ok: false; readonly response: HttpResponse; readonly words: string };

/** Refusals that no repetition changes. The service explains them better than the transport's advice for registries. */
const REFUSALS: readonly number[] = [400, 401, 403, 404, 405, 406, 409, 410, 413, 415, 422];
const SUCCESSES: readonly number[] = [200, 201];
/** No answer of these services is longer; a log entry echoes the envelope's hashes, not the envelope. */
const maxBytes = 4_194_304;

/**
 * Asks, and again after 408, 429, 5xx and broken connections, at the pace of `http`. Throws `NETWORK`, `TLS`,
 * `RATE_LIMITED`, `STORE` or `INTERRUPTED` when there was no answer.
 */
export async function ask(question: Question): Promise<Reply> {
  const { http, service, task, url, method = 'POST', headers, body, secrets = [] } = question;
  try {
    const response = await http.send({
      method,
      task,
      url,
      expect: [...SUCCESSES, ...REFUSALS],
      maxBytes,
      ...(headers === undefined ? {} : { headers }),
      ...(body === undefined ? {} : { body }),
    });
    if (SUCCESSES.includes(response.status)) return { ok: true, response };
    return { ok: false, response, words: wordsOf(response.bytes, secrets) };
  } catch (thrown) {
    throw withHint(thrown, service);
  }
}

/** A path under a base URL, which may have a path of its own. */
export function endpoint(base: URL, path: string): URL {
  return new URL(path, base.href.endsWith('/') ? base : `${base.href}/`);
}

/** The error for a refusal that the caller has no better words for. */
export function refused(question: Question, reply: Extract<Reply, { ok: false }>): SlipwayError {
  const { task, url, service, hint } = question;
  const { status } = reply.response;
  const words = reply.words === '' ? '' : ` (${reply.words})`;
  const ours =
    status === 404 || status === 405
      ? `check the URL of the ${service}, or take a newer signing config: this one may have been retired`
      : `check that "${url.host}" is a ${service} of the Sigstore in use`;
  const code = status === 401 ? 'AUTH' : status === 403 ? 'DENIED' : 'STORE';
  return new SlipwayError(code, `Cannot ${task}: "${url.host}" answered ${status}${words}`, { hint: hint ?? ours });
}

/** The error for an answer that is not what the protocol says. `state` continues the sentence. */
export function unusable({ task, url, service, hint }: Question, state: string): SlipwayError {
  const ours = `check that "${url.host}" is a ${service} of the Sigstore in use, not a page or proxy in front of it`;
  return new SlipwayError('STORE', `Cannot ${task}: "${url.host}" ${state}`, { hint: hint ?? ours });
}

/** The JSON of an answer in its checked shape, or undefined. The parser's own error would quote the answer. */
export function readJson<const S extends v.GenericSchema>(schema: S, bytes: Uint8Array): v.InferOutput<S> | undefined {
  try {
    const parsed = v.safeParse(schema, JSON.parse(Buffer.from(bytes).toString('utf8')));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}

// The transport's hints speak of registries and of parameters in a store's URL.
function withHint(thrown: unknown, service: string): unknown {
  if (!(thrown instanceof SlipwayError)) return thrown;
  const hints: Readonly<Record<string, string>> = {
    NETWORK: `check that this machine can reach the ${service}; nothing was named yet, so run again`,
    TLS: `name the PEM file of the ${service}'s own authority in NODE_EXTRA_CA_CERTS`,
    RATE_LIMITED: `wait and run again: the ${service} limits how often it is asked`,
    STORE: `the ${service} is out of order; nothing was named yet, so run again later`,
  };
  const hint = hints[thrown.code];
  return hint === undefined ? thrown : new SlipwayError(thrown.code, thrown.message, { hint, cause: thrown.cause });
}

const refusal = v.object({ message: v.string() });

// Fulcio and Rekor v2 answer {"code", "message", "details"} (grpc-gateway), Rekor v1 {"code", "message"}.
function wordsOf(bytes: Uint8Array, secrets: readonly string[]): string {
  const said = readJson(refusal, bytes.subarray(0, 16_384))?.message ?? '';
  const known = secrets.reduce((text, secret) => (secret === '' ? text : text.replaceAll(secret, '***')), said);
  // Whoever runs one of these services may run them all behind one door: what looks like a token is one.
  const concealed = known.replace(/\beyJ[\w-]*\.[\w-]+\.[\w-]+/g, '***');
  const clean = concealed.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
  return clean.length > 300 ? `${clean.slice(0, 300)}…` : clean;
}

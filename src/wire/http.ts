/** HTTP as stores need it: retried, redirected without leaking credentials, counted, and explained when it fails. */
import type { IncomingHttpHeaders } from 'node:http';
import type { LookupFunction } from 'node:net';
import { SlipwayError, throwIfInterrupted } from '../errors.ts';
import type { Meter, StillMay } from '../ship/ports.ts';
import { Silence } from './allowance.ts';
import { type Hearing, hearing, NotAsked } from './hearing.ts';
import { isTransient, networkTrouble, type Sent, statusError, type Trouble } from './http-errors.ts';
import type { ProxyEnv } from './proxy.ts';
import { type Pace, patient, retrying, type Tried } from './retry.ts';
import { Stopped } from './stopped.ts';
import { type Incoming, openTransport, type Transport } from './transport.ts';

/** One request. Only statuses in `expect` are handed back, all others are thrown. */
export interface HttpRequest extends Sent {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  readonly expect: readonly number[];
  /** Longest acceptable body of the answer in bytes; 1 MiB unless told. */
  readonly maxBytes?: number;
  /** Counts as a read whatever its method: signing in writes nothing. */
  readonly countAsRead?: true;
  /** Asked before every attempt; what it throws is thrown. */
  readonly still?: StillMay | undefined;
}

/** An expected answer. `url` is where it came from, after redirects. */
export interface HttpResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Uint8Array;
  readonly url: URL;
}

/** How a client behaves; tests replace its clock, its waits and its name resolution. */
export interface HttpOptions {
  readonly meter: Meter;
  readonly signal?: AbortSignal | undefined;
  /** Absolute path of a PEM bundle to trust besides the built-in authorities. */
  readonly ca?: string | undefined;
  /** Where proxies are named; none unless given. */
  readonly env?: ProxyEnv | undefined;
  /** Longest silence on a connection; 60 unless told. */
  readonly idleSeconds?: number | undefined;
  /** Longest exchange that moves no bytes; 60 unless told. */
  readonly exchangeSeconds?: number | undefined;
  readonly pace?: Partial<Pace> | undefined;
  readonly lookup?: LookupFunction | undefined;
  /** Milliseconds since 1970, to read a `Retry-After` date against. */
  readonly now?: (() => number) | undefined;
}

/** A client with a pool of connections. */
export interface Http {
  /**
   * Sends a request that may be repeated, again and again while that may help. Throws `NETWORK`, `TLS`, `AUTH` (401),
   * `DENIED` (403), `NOT_FOUND` (404), `TOO_LARGE` (413), `RATE_LIMITED` (429), `STORE` (anything else unexpected),
   * `CONFIG` (unreadable `ca`) or `INTERRUPTED`. A server that twice left a request without an answer is not asked again.
   */
  send(request: HttpRequest): Promise<HttpResponse>;
  /** One attempt, for callers who repeat more than the request. Throws like `send` what no repetition can change. */
  once(request: HttpRequest): Promise<Tried<HttpResponse>>;
  /** Repeats `attempt` at this client's pace. */
  repeat<T>(attempt: () => Promise<Tried<T>>): Promise<T>;
}

const defaultMaxBytes = 1_048_576;
const maxRedirects = 5;

/** Opens a client. Nothing is sent until it is used. */
export function openHttp(options: HttpOptions): Http {
  const { ca, env, signal, lookup, idleSeconds = 60, exchangeSeconds = 60 } = options;
  const hearingOf = hearings();
  const transport = openTransport({ ca, env, signal, lookup, idleSeconds, exchangeSeconds, hearingOf });
  const pace = { ...patient, ...options.pace };
  const unanswered = new WeakMap<Error, Hearing>();
  const once = async (request: HttpRequest): Promise<Tried<HttpResponse>> => {
    const hearing = hearingOf(request.url.origin);
    if (hearing.isLost()) throw networkTrouble(new NotAsked(), request).error;
    const tried = await attempt(request, transport, options);
    if (!tried.done && tried.silent) unanswered.set(tried.error, hearing);
    return tried;
  };
  const repeat = async <T>(again: () => Promise<Tried<T>>): Promise<T> => {
    try {
      return await retrying(again, { pace, signal });
    } catch (thrown) {
      if (thrown instanceof Error) unanswered.get(thrown)?.lose();
      throw thrown;
    }
  };
  return { once, repeat, send: (request) => repeat(() => once(request)) };
}

function hearings(): (origin: string) => Hearing {
  const known = new Map<string, Hearing>();
  return (origin) => {
    const found = known.get(origin) ?? hearing((thrown) => thrown instanceof Silence);
    known.set(origin, found);
    return found;
  };
}

async function attempt(request: HttpRequest, transport: Transport, options: HttpOptions): Promise<Tried<HttpResponse>> {
  throwIfInterrupted(options.signal);
  const response = await follow(request, transport, options.meter);
  if ('transient' in response) {
    throwIfInterrupted(options.signal);
    if (!response.transient) throw response.error;
    return { done: false, error: response.error, silent: response.silent === true };
  }
  if (request.expect.includes(response.status)) return { done: true, value: response };
  const error = statusError(response, { ...request, url: response.url });
  if (!isTransient(response.status)) throw error;
  const afterSeconds = retryAfterSeconds(response.headers['retry-after'], options.now ?? Date.now);
  return { done: false, error, ...(afterSeconds === undefined ? {} : { afterSeconds }) };
}

/** Seconds to wait by a `Retry-After` header (RFC 9110 §10.2.3: seconds or a date), or undefined when it says neither. */
export function retryAfterSeconds(header: string | undefined, now: () => number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header);
  // A date has a name of a day or month in it; Date.parse would also take "-5" for a year.
  const date = /[a-z]{3}/i.test(header) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, (date - now()) / 1000);
}

async function follow(request: HttpRequest, transport: Transport, meter: Meter): Promise<HttpResponse | Trouble> {
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  let { url, headers = {} } = request;
  for (let hop = 0; ; hop++) {
    if (isRead || request.countAsRead === true) meter.reads += 1;
    else meter.writes += 1;
    const { method, body, maxBytes = defaultMaxBytes, still } = request;
    const incoming = await transport({ method, url, headers, body, maxBytes, still }).catch((thrown: unknown) => {
      if (thrown instanceof Stopped) throw thrown.reason;
      return networkTrouble(thrown, { ...request, url });
    });
    if ('transient' in incoming) return incoming;
    const target = redirectTarget(incoming, url);
    if (target === undefined || request.expect.includes(incoming.status)) return { ...incoming, url };
    refuseRedirect(target, { ...request, url }, { status: incoming.status, isRead, hop });
    // Blobs often live on another host, which must not see the registry's credentials.
    if (target.origin !== url.origin) headers = withoutCredentials(headers);
    url = target;
  }
}

function redirectTarget({ status, headers }: Incoming, url: URL): URL | undefined {
  if (![301, 302, 303, 307, 308].includes(status) || headers.location === undefined) return undefined;
  return URL.canParse(headers.location, url.href) ? new URL(headers.location, url) : undefined;
}

interface Hop {
  readonly status: number;
  readonly isRead: boolean;
  readonly hop: number;
}

function refuseRedirect(target: URL, { task, url }: Sent, { status, isRead, hop }: Hop): void {
  const refuse = (state: string): never => {
    const hint = "set the store's URL to the address that the server redirects to, if it is the right one";
    throw new SlipwayError('STORE', `Cannot ${task}: "${url.host}" redirects ${state}`, { hint });
  };
  if (hop >= maxRedirects) refuse(`more than ${maxRedirects} times`);
  if (target.protocol !== 'http:' && target.protocol !== 'https:') refuse(`to "${target.protocol}"`);
  if (url.protocol === 'https:' && target.protocol === 'http:') refuse(`to "${target.host}" without TLS`);
  // 301, 302 and 303 turn a write into a GET in most clients (RFC 9110 §15.4), which would look like success.
  if (!isRead && status !== 307 && status !== 308) refuse(`a write to "${target.host}" (${status})`);
}

function withoutCredentials(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'authorization'));
}

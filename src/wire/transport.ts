/**
 * One HTTP exchange over kept-alive connections of `node:http` and `node:https`. Not `fetch`: that opens a connection for
 * every HEAD, takes no private CA, and 3,000 small requests took it three to seven times as long.
 */
import {
  type Agent as HttpAgent,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from 'node:http';
import { type Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { StillMay } from '../ship/ports.ts';
import { type AgentsOptions, agents, MAX_CONNECTIONS } from './agents.ts';
import { allowance, Silence } from './allowance.ts';
import type { Hearing, NotAsked } from './hearing.ts';
import { slots } from './slots.ts';
import { askWhether } from './stopped.ts';
import { endingWith, type UnderWay } from './under-way.ts';

/** How the connections are made. */
export interface TransportOptions extends AgentsOptions {
  /** Longest silence in seconds, while connecting, sending or receiving. */
  readonly idleSeconds: number;
  /** Longest time in seconds for one exchange without bytes; bytes allow for more (see {@link allowance}). */
  readonly exchangeSeconds: number;
  /** What is known of a server. */
  readonly hearingOf: (origin: string) => Hearing;
  readonly signal?: AbortSignal | undefined;
  /** Replaces the system's name resolution. */
  readonly lookup?: LookupFunction | undefined;
}

/** What goes out. */
export interface Outgoing {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | undefined;
  /** A longer answer is cut off and thrown as {@link AnswerTooLong}. */
  readonly maxBytes: number;
  /** Asked when it has its turn. */
  readonly still?: StillMay | undefined;
}

/** What came back, read to its end. */
export interface Incoming {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Uint8Array;
}

/** Sends one request and reads its whole answer; rejects with what Node reports, {@link Silence}, {@link NotAsked} or {@link AnswerTooLong}. */
export type Transport = (outgoing: Outgoing) => Promise<Incoming>;

/** The answer's body exceeds `maxBytes`. */
export class AnswerTooLong extends Error {
  override readonly name = 'AnswerTooLong';
  readonly maxBytes: number;

  constructor(maxBytes: number) {
    super(`the answer is longer than ${maxBytes} bytes`);
    this.maxBytes = maxBytes;
  }
}

/**
 * Opens a pool of connections; idle ones do not keep the process alive. Throws `CONFIG` (on use) when `ca` is unreadable, or a
 * proxy is no URL.
 */
export function openTransport(options: TransportOptions): Transport {
  const underWay = endingWith(options.signal);
  const inTurn = slots(MAX_CONNECTIONS);
  const agentFor = agents(options);
  return async (outgoing) => {
    const agent = await agentFor(outgoing.url);
    const hearing = options.hearingOf(outgoing.url.origin);
    return inTurn(() =>
      hearing.listen(async () => {
        askWhether(outgoing.still);
        return exchange(outgoing, agent, { ...options, underWay });
      }),
    );
  };
}

interface ExchangeOptions extends TransportOptions {
  readonly underWay: UnderWay;
}

function exchange(outgoing: Outgoing, agent: HttpAgent | HttpsAgent, options: ExchangeOptions): Promise<Incoming> {
  const { idleSeconds, exchangeSeconds, lookup, underWay } = options;
  return new Promise((resolve, reject) => {
    const send = outgoing.url.protocol === 'https:' ? httpsRequest : httpRequest;
    const request = send(outgoing.url, {
      method: outgoing.method,
      headers: headersOf(outgoing),
      agent,
      timeout: idleSeconds * 1000,
      ...(lookup === undefined ? {} : { lookup }),
    });
    const settle = (): void => {
      clock.stop();
      underWay.delete(request);
    };
    const fail = (error: unknown): void => {
      settle();
      request.destroy();
      reject(error);
    };
    const clock = allowance({ seconds: exchangeSeconds, sent: outgoing.body?.length ?? 0, late: fail });
    request.on('timeout', () => fail(new Silence(idleSeconds)));
    request.on('error', fail);
    request.on('response', (response) => {
      response.on('data', (chunk: Buffer) => clock.received(chunk.length));
      receive(response, outgoing.maxBytes).then((incoming) => {
        settle();
        resolve(incoming);
      }, fail);
    });
    underWay.add(request);
    request.end(outgoing.body);
  });
}

function headersOf({ method, headers, body }: Outgoing): Record<string, string | number> {
  // Always a length, never chunks: some registries refuse a body of unknown length.
  const hasBody = method !== 'GET' && method !== 'HEAD';
  return { 'user-agent': 'slipway', ...headers, ...(hasBody ? { 'content-length': body?.length ?? 0 } : {}) };
}

function receive(response: IncomingMessage, maxBytes: number): Promise<Incoming> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    response.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > maxBytes) reject(new AnswerTooLong(maxBytes));
      else chunks.push(chunk);
    });
    response.on('error', reject);
    response.on('end', () => {
      resolve({ status: response.statusCode ?? 0, headers: response.headers, bytes: Buffer.concat(chunks, length) });
    });
  });
}

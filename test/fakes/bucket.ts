/** An S3 store in this process: path-style over node:http on a free loopback port, with faults on demand. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { type FakeObjects, operate, type S3Response, type StoreTraits, s3Error } from './bucket-operations.ts';
import { type BucketSetup, refuse, refuseByClock, tellSetup, withRegion } from './bucket-policy.ts';
import { type Credentials, checkSignature } from './sigv4.ts';

export interface RequestInfo {
  /** 0 for the first request of the store's life. */
  readonly index: number;
  readonly method: string;
  /** As sent: encoded, with the query. */
  readonly path: string;
  readonly write: boolean;
  /** Numbers the connections: equal for requests over the same one. */
  readonly connection: number;
}

/** A response to give instead of serving. */
export interface CannedResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export type Verdict = 'serve' | 'reset' | CannedResponse | undefined;
/** `reset` drops the response, `cut` drops the connection in the middle of its body. */
export type AfterVerdict = 'serve' | 'reset' | 'cut' | undefined;

export interface FakeBucketOptions extends Partial<StoreTraits> {
  /** Names of the buckets; the first is the one that {@link FakeBucket.objects} shows. Default `fleet`. */
  readonly buckets?: readonly string[];
  readonly credentials?: Credentials;
  /** Further credentials, asked for with every request. */
  readonly sessions?: () => readonly Credentials[];
  readonly setup?: BucketSetup;
  /** Serve HTTPS with this PEM key and certificate. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Called when the headers are in, before the body is read and before any effect. */
  readonly onRequest?: (info: RequestInfo) => Verdict | Promise<Verdict>;
  /** Called after the effect and before the response; a promise delays the response. */
  readonly afterRequest?: (info: RequestInfo) => AfterVerdict | Promise<AfterVerdict>;
}

export interface LoggedRequest extends RequestInfo {
  readonly headers: IncomingMessage['headers'];
  /** 0 when the connection was dropped. */
  readonly status: number;
}

export interface FakeBucket {
  /** `http://127.0.0.1:<port>`, for `endpoint`. */
  readonly endpoint: string;
  /** The environment a client needs: key pair and nothing else. */
  readonly env: Readonly<Record<string, string>>;
  readonly buckets: ReadonlyMap<string, FakeObjects>;
  /** What the first bucket holds. */
  readonly objects: FakeObjects;
  /** Every request in the order of arrival; entries appear when the request is finished. */
  readonly requests: readonly LoggedRequest[];
  stop(): Promise<void>;
}

/** The key pair a fake bucket accepts when none is given. */
export const FAKE_CREDENTIALS: Credentials = { accessKey: 'AKIAFAKEFAKEFAKEFAKE', secretKey: 'fake+secret/key' };

interface State {
  readonly options: FakeBucketOptions;
  readonly traits: StoreTraits;
  readonly buckets: Map<string, FakeObjects>;
  readonly credentials: Credentials;
  readonly requests: LoggedRequest[];
  next: number;
}

/** Starts the store. The caller stops it. */
export async function startFakeBucket(options: FakeBucketOptions = {}): Promise<FakeBucket> {
  const names = options.buckets ?? ['fleet'];
  const state: State = {
    options,
    traits: {
      conditions: options.conditions ?? 'atomic',
      etags: options.etags ?? 'md5',
      pageSize: options.pageSize ?? 1000,
      now: options.now ?? Date.now,
    },
    buckets: new Map(names.map((name) => [name, new Map()])),
    credentials: options.credentials ?? FAKE_CREDENTIALS,
    requests: [],
    next: 0,
  };
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    // A connection that the client dropped half-way is no fault of the store.
    handle(state, request, response).catch(() => request.socket.destroy());
  };
  const server = options.tls ? createTlsServer(options.tls, listener) : createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    env: { AWS_ACCESS_KEY_ID: state.credentials.accessKey, AWS_SECRET_ACCESS_KEY: state.credentials.secretKey },
    buckets: state.buckets,
    objects: state.buckets.get(names[0] ?? '') ?? new Map(),
    requests: state.requests,
    stop: () => stop(server),
  };
}

async function stop(server: Server & { closeAllConnections(): void }): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}

async function handle(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const method = request.method ?? '';
  const info: RequestInfo = {
    index: state.next++,
    method,
    path: request.url ?? '',
    write: method !== 'GET' && method !== 'HEAD',
    connection: request.socket.remotePort ?? 0,
  };
  const verdict = await state.options.onRequest?.(info);
  const log = (status: number) => state.requests.push({ ...info, headers: request.headers, status });
  if (verdict === 'reset') return drop(request, log);
  const traits = state.traits.conditions === 'racy' ? await raced(state, request) : state.traits;
  const body = await readAll(request);
  if (typeof verdict === 'object') {
    log(verdict.status);
    return respond(state, response, { method, answer: verdict });
  }
  const answer = serve({ ...state, traits }, request, body);
  const after = await state.options.afterRequest?.(info);
  if (after === 'reset') return drop(request, log);
  log(after === 'cut' ? 0 : answer.status);
  if (after === 'cut') return cut(response, answer);
  respond(state, response, { method, answer });
}

/** Writes of one moment see the same: where there was nothing, none of them finds an object. */
async function raced({ traits, buckets }: State, request: IncomingMessage): Promise<StoreTraits> {
  const [, bucket = '', ...rest] = new URL(request.url ?? '', 'http://fake.invalid').pathname.split('/');
  const there = buckets.get(bucket)?.has(rest.map(decodeURIComponent).join('/')) === true;
  await new Promise((done) => setTimeout(done, 2));
  return { ...traits, conditions: there ? 'atomic' : 'ignored' };
}

function serve(state: State, request: IncomingMessage, body: Buffer): S3Response {
  const url = new URL(request.url ?? '', 'http://fake.invalid');
  const [, bucket = '', ...rest] = url.pathname.split('/');
  const { setup = {}, sessions = () => [] } = state.options;
  const late = setup.checksClock === true && refuseByClock(String(request.headers['x-amz-date']), clockOf(state));
  if (late) return late;
  const signature = checkSignature(request, [state.credentials, ...sessions()]);
  if (!signature.ok) {
    const status = signature.code === 'ExpiredToken' || signature.code === 'InvalidToken' ? 400 : 403;
    // S3 echoes the canonical request, session token and all: a client must not pass it on.
    return s3Error(status, signature.code, 'canonical' in signature ? { CanonicalRequest: signature.canonical } : {});
  }
  const objects = state.buckets.get(bucket);
  if (objects === undefined) return s3Error(404, 'NoSuchBucket', { BucketName: bucket });
  const key = rest.map(decodeURIComponent).join('/');
  const { method = '', headers } = request;
  const asked = { method, key, query: url.searchParams, headers, body };
  const answer = refuse(objects, asked, setup) ?? tellSetup(asked, setup) ?? operate(objects, asked, state.traits);
  return withRegion(answer, asked, setup);
}

const clockOf = ({ traits }: State): number => (traits.now ?? Date.now)();

interface Answered {
  readonly method: string;
  readonly answer: CannedResponse | S3Response;
}

function respond(state: State, response: ServerResponse, { method, answer }: Answered): void {
  const body = Buffer.from(answer.body ?? '');
  // A 204 has no body and, by RFC 9110 section 8.6, no length.
  const length = answer.status === 204 ? {} : { 'content-length': String(body.length) };
  const date = new Date(clockOf(state)).toUTCString();
  response.writeHead(answer.status, { 'x-amz-request-id': 'FAKE', date, ...length, ...answer.headers });
  response.end(method === 'HEAD' || answer.status === 204 ? undefined : body);
}

function cut(response: ServerResponse, answer: S3Response): void {
  const body = Buffer.from(answer.body ?? '');
  response.writeHead(answer.status, { 'content-length': String(body.length), ...answer.headers });
  response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.socket?.destroy());
}

function drop(request: IncomingMessage, log: (status: number) => void): void {
  log(0);
  request.socket.resetAndDestroy();
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

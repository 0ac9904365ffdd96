/** An OCI registry (distribution-spec v1.1.1) in this process, on loopback, with faults on demand. crane can push to it. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import {
  emptyContents,
  type FakeRepository,
  type Reply,
  type RequestInfo,
  type RouteOptions,
  route,
} from './registry-routes.ts';
import { type FakeAuth, type Gate, openGate } from './registry-tokens.ts';

export type { RequestInfo } from './registry-routes.ts';

export interface LoggedRequest extends RequestInfo {
  /** Undefined while unanswered, and for ever when the connection was reset. */
  readonly status: number | undefined;
}

/** What to do with a request: serve it, cut the connection, or answer this in its place. */
export type Verdict = 'serve' | 'reset' | Pick<Reply, 'status' | 'headers' | 'body'>;
export type Hook = (info: RequestInfo) => Verdict | Promise<Verdict>;

export interface FakeRegistryOptions extends Partial<RouteOptions> {
  readonly auth?: FakeAuth;
  /** Called before anything happens, also before the body is read. A pending promise freezes the request. */
  readonly onRequest?: Hook;
  /** Called after the effect and before the answer. */
  readonly afterRequest?: (info: LoggedRequest) => Verdict | Promise<Verdict>;
  /** Serve HTTPS with this key and certificate (PEM). */
  readonly tls?: { readonly key: string; readonly cert: string };
}

export interface FakeRegistry {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  /** `http://127.0.0.1:PORT`, or https. */
  readonly url: string;
  /** What it holds, by repository name: look, and change at will. */
  readonly repositories: Map<string, FakeRepository>;
  /** All requests, in the order of their arrival. */
  readonly requests: readonly LoggedRequest[];
  /** How many connections were opened. */
  readonly connections: () => number;
  /** Makes all tokens given out so far worthless. */
  readonly revokeTokens: () => void;
  /** Replaces the hooks. */
  readonly hooks: { onRequest: Hook; afterRequest: (info: LoggedRequest) => Verdict | Promise<Verdict> };
  /** Ends the server and all its connections. */
  readonly stop: () => Promise<void>;
}

/** Starts an empty registry. */
export async function startFakeRegistry(options: FakeRegistryOptions = {}): Promise<FakeRegistry> {
  const contents = emptyContents();
  const requests: (RequestInfo & { status: number | undefined })[] = [];
  const { onRequest = () => 'serve', afterRequest = () => 'serve' } = options;
  const hooks: FakeRegistry['hooks'] = { onRequest, afterRequest };
  let gate: Gate | undefined;
  let connections = 0;

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const logged = describe(request, requests.length);
    requests.push(logged);
    const before = await hooks.onRequest(logged);
    const reply = before === 'serve' ? await serve(request, logged) : before;
    if (reply === 'reset') return void request.socket.destroy();
    logged.status = reply.status;
    const after = await hooks.afterRequest({ ...logged });
    if (after === 'reset') logged.status = undefined;
    if (after === 'reset') return void request.socket.destroy();
    answer(response, after === 'serve' ? reply : after, logged.method);
  };
  const serve = async (request: IncomingMessage, info: RequestInfo): Promise<Reply> => {
    const body = await readBody(request);
    return gate?.check(info, body) ?? route({ ...info, body }, contents, { ...routeDefaults, ...options, origin: url });
  };
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    // A client that goes away in the middle of its request changes nothing.
    handle(request, response).catch(() => request.socket.destroy());
  };
  const server = options.tls === undefined ? createServer(listener) : createTlsServer(options.tls, listener);
  server.on(options.tls === undefined ? 'connection' : 'secureConnection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const url = `${options.tls === undefined ? 'http' : 'https'}://${host}`;
  gate = options.auth === undefined ? undefined : openGate(options.auth, url);

  return {
    host,
    url,
    repositories: contents.repositories,
    requests,
    connections: () => connections,
    revokeTokens: () => gate?.revoke(),
    hooks,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const routeDefaults: Omit<RouteOptions, 'origin'> = {
  referrers: false,
  forgetsUntagged: false,
  mounts: true,
  createsRepositories: true,
  absoluteLocations: false,
  pageSize: 1000,
};

function describe(request: IncomingMessage, index: number): RequestInfo & { status: number | undefined } {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://registry');
  const method = request.method ?? 'GET';
  const write = !['GET', 'HEAD'].includes(method) && pathname !== '/token';
  return { index, method, path: pathname, query: searchParams, headers: request.headers, write, status: undefined };
}

function readBody(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', reject);
    request.on('close', () => reject(new Error('the client went away')));
  });
}

function answer(response: ServerResponse, reply: Exclude<Verdict, string>, method: string): void {
  const body = Buffer.from(reply.body ?? '');
  response.writeHead(reply.status, { 'content-length': body.length, ...reply.headers });
  response.end(method === 'HEAD' ? undefined : body);
}

/** A TCP proxy before an HTTP server on loopback that breaks the requests it is told to break, the same way each time. */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A request as the proxy sees it. */
export interface ProxiedRequest {
  readonly method: string;
  /** As sent: encoded, with the query. */
  readonly path: string;
  /** Lower-case names. */
  readonly headers: ReadonlyMap<string, string>;
}

/** An answer to give in place of the server's. */
export interface GivenAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * What happens to a request. `down`: the connection ends and nobody listens any more, until {@link FaultProxy.up} or after
 * `forMs`. `hang`: no answer. `cut-request`: the server gets one half. `lose-answer`: served, and the answer is lost.
 * `cut-answer`: one half of the answer. `corrupt`: one byte of the answer's body is another. `answer`: not served, answered
 * all the same. `serve-then-answer`: served, and answered otherwise. `elsewhere`: served by the server on another port.
 * `dated`: served, with another time in the answer's `Date`.
 */
export type Fault =
  | { readonly kind: 'down'; readonly forMs?: number }
  | { readonly kind: 'hang' | 'cut-request' | 'lose-answer' | 'cut-answer' | 'corrupt' }
  | { readonly kind: 'answer' | 'serve-then-answer'; readonly answer: GivenAnswer }
  | { readonly kind: 'elsewhere'; readonly port: number }
  | { readonly kind: 'dated'; readonly date: string };

/** Decides on each request; undefined lets it through. */
export type Choose = (request: ProxiedRequest) => Fault | undefined | Promise<Fault | undefined>;

export interface FaultProxy {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  /** Replaces what decides. */
  choose(choose: Choose): void;
  /** Listens again on the same port. */
  up(): Promise<void>;
  stop(): Promise<void>;
}

const END = Buffer.from('\r\n\r\n');

/** A message of HTTP/1.1 with a known length, as all of ours are. */
interface Message {
  readonly bytes: Buffer;
  /** Length of the head with its empty line. */
  readonly head: number;
}

const headOf = ({ bytes, head }: Message): readonly string[] => bytes.toString('latin1', 0, head).split('\r\n');

function headersOf(lines: readonly string[]): ReadonlyMap<string, string> {
  const pairs = lines.slice(1).map((line) => /^([^:]+):\s*(.*)$/.exec(line));
  return new Map(pairs.flatMap((pair) => (pair === null ? [] : [[(pair[1] ?? '').toLowerCase(), pair[2] ?? '']])));
}

/** The first message in the bytes, once it is there whole. `bodiless` is an answer to HEAD. */
function messageIn(bytes: Buffer, bodiless = false): Message | undefined {
  const at = bytes.indexOf(END);
  if (at < 0) return undefined;
  const head = at + END.length;
  const length = bodiless ? 0 : Number(headersOf(headOf({ bytes, head })).get('content-length') ?? 0);
  return bytes.length < head + length ? undefined : { bytes: bytes.subarray(0, head + length), head };
}

function requestIn(message: Message): ProxiedRequest {
  const lines = headOf(message);
  const [method = '', path = ''] = (lines[0] ?? '').split(' ');
  return { method, path, headers: headersOf(lines) };
}

/** Sends a request to the server and waits for its whole answer. */
function exchange(port: number, request: Message, { method }: ProxiedRequest): Promise<Message> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(request.bytes));
    let bytes = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      const answer = messageIn(bytes, method === 'HEAD');
      if (answer === undefined) return;
      socket.destroy();
      resolve(answer);
    });
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('the server closed the connection')));
  });
}

/** Lets the server see a part of a request and then a broken connection. */
function sendHalf(port: number, half: Buffer): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(half, () => socket.resetAndDestroy()));
    socket.once('error', () => resolve());
    socket.once('close', () => resolve());
  });
}

function written({ status, headers = {}, body = '' }: GivenAnswer, method: string): Buffer {
  const lines = Object.entries({ 'content-length': String(Buffer.byteLength(body)), ...headers });
  const head = [`HTTP/1.1 ${status} Given`, ...lines.map(([name, value]) => `${name}: ${value}`), '', ''].join('\r\n');
  return Buffer.from(method === 'HEAD' ? head : head + body);
}

/** The same with one bit in the middle of its body changed. */
function corrupted({ bytes, head }: Message): Buffer {
  const damaged = Buffer.from(bytes);
  const middle = head + Math.floor((bytes.length - head) / 2);
  if (middle < damaged.length) damaged[middle] = (damaged[middle] ?? 0) ^ 1;
  return damaged;
}

function dated({ bytes, head }: Message, date: string): Buffer {
  const lines = bytes.toString('latin1', 0, head).replace(/^date: .*\r$/im, `date: ${date}\r`);
  return Buffer.concat([Buffer.from(lines, 'latin1'), bytes.subarray(head)]);
}

interface State {
  readonly target: number;
  readonly server: Server;
  readonly clients: Set<Socket>;
  choose: Choose;
  port: number;
  reopening: Promise<void> | undefined;
}

const listen = (state: State): Promise<void> =>
  new Promise((resolve, reject) => {
    state.server.once('error', reject);
    state.server.listen(state.port, '127.0.0.1', () => {
      state.server.off('error', reject);
      resolve();
    });
  });

function goDown(state: State, forMs: number | undefined): void {
  if (!state.server.listening) return;
  state.server.close();
  for (const client of state.clients) client.resetAndDestroy();
  if (forMs !== undefined) state.reopening = sleep(forMs).then(() => listen(state));
}

/** What the client gets: bytes, bytes before the connection breaks, only the break, or nothing. */
type Reply = { readonly bytes: Buffer; readonly cut?: true } | 'reset' | 'silence';

const halfOf = ({ bytes, head }: Message): Buffer => bytes.subarray(0, head + Math.floor((bytes.length - head) / 2));

async function replyTo(state: State, message: Message): Promise<Reply> {
  const request = requestIn(message);
  const fault = await state.choose(request);
  const ask = (port = state.target): Promise<Message> => exchange(port, message, request);
  switch (fault?.kind) {
    case undefined:
      return { bytes: (await ask()).bytes };
    case 'down':
      goDown(state, fault.forMs);
      return 'silence';
    case 'hang':
      return 'silence';
    case 'cut-request':
      await sendHalf(state.target, halfOf(message));
      return 'reset';
    case 'lose-answer':
      await ask();
      return 'reset';
    case 'cut-answer':
      return { bytes: halfOf(await ask()), cut: true };
    case 'corrupt':
      return { bytes: corrupted(await ask()) };
    case 'elsewhere':
      return { bytes: (await ask(fault.port)).bytes };
    case 'dated':
      return { bytes: dated(await ask(), fault.date) };
    case 'serve-then-answer':
      await ask();
      return { bytes: written(fault.answer, request.method) };
    case 'answer':
      return { bytes: written(fault.answer, request.method) };
  }
}

async function serve(state: State, client: Socket, message: Message): Promise<void> {
  const reply = await replyTo(state, message);
  if (reply === 'reset') client.resetAndDestroy();
  else if (reply !== 'silence') client.write(reply.bytes, () => void (reply.cut && client.resetAndDestroy()));
}

function accept(state: State, client: Socket): void {
  state.clients.add(client);
  client.on('error', () => undefined);
  client.once('close', () => state.clients.delete(client));
  let bytes = Buffer.alloc(0);
  client.on('data', (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk]);
    // Our clients wait for an answer before they ask again, so that there is never a second message behind the first.
    const message = messageIn(bytes);
    if (message === undefined) return;
    bytes = Buffer.alloc(0);
    serve(state, client, message).catch(() => client.resetAndDestroy());
  });
}

/** Starts a proxy before the server on this port of loopback. The caller stops it. */
export async function startFaultProxy(target: number): Promise<FaultProxy> {
  const server = createServer();
  const state: State = { target, server, clients: new Set(), choose: () => undefined, port: 0, reopening: undefined };
  server.on('connection', (client) => accept(state, client));
  await listen(state);
  const address = server.address();
  state.port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    host: `127.0.0.1:${state.port}`,
    choose(choose) {
      state.choose = choose;
    },
    async up() {
      await state.reopening;
      if (!server.listening) await listen(state);
    },
    async stop() {
      await state.reopening;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const client of state.clients) client.destroy();
      await closed;
    },
  };
}

/** An HTTP proxy in this process that only tunnels (CONNECT): every name leads to one server on loopback. */
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

export interface FakeProxyOptions {
  /** The port on 127.0.0.1 that every tunnel leads to. */
  readonly to: number;
  /** Whom it lets through; everybody unless told. */
  readonly user?: { readonly name: string; readonly password: string };
  /** Answers the tunnel with this number (from 0) by a status in place of opening it. */
  readonly refuse?: (index: number) => number | undefined;
}

export interface FakeProxy {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  /** The tunnels asked for: `HOST:PORT`. */
  readonly tunnels: readonly string[];
  /** Requests that came without a tunnel. */
  readonly others: readonly string[];
  stop(): Promise<void>;
}

/** Starts it. The caller stops it. */
export async function startFakeProxy({ to, user, refuse }: FakeProxyOptions): Promise<FakeProxy> {
  const tunnels: string[] = [];
  const others: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    others.push(`${request.method} ${request.url}`);
    response.writeHead(501).end();
  });
  const wanted = user && `Basic ${Buffer.from(`${user.name}:${user.password}`).toString('base64')}`;
  server.on('connect', (request, client: Socket) => {
    const status = refuse?.(tunnels.length);
    tunnels.push(request.url ?? '');
    client.on('error', () => client.destroy());
    if (wanted !== undefined && request.headers['proxy-authorization'] !== wanted) {
      return void client.end(
        'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="fake"\r\n\r\n',
      );
    }
    if (status !== undefined) return void client.end(`HTTP/1.1 ${status} Refused\r\n\r\n`);
    const upstream = connect(to, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    upstream.on('error', () => client.destroy());
    sockets.add(upstream).add(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    host: `127.0.0.1:${port}`,
    tunnels,
    others,
    stop: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A way to MinIO on which a test may end a prune after any write, and let half an hour pass for its claims. */
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

const HALF_AN_HOUR = 31 * 60_000;

/** A server in front of another one, with the same signatures: the host that clients ask by is passed on. */
export interface Gateway {
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
  /** Called with the number of each write since the last call of this, from 1, before its answer is passed on. */
  watch(after: (write: number) => Promise<void>): void;
  /** From now on the claims of prunes look as old as those of dead ones. */
  age(isOld: boolean): void;
  stop(): Promise<void>;
}

/** Claims as a LIST shows them. The notes by which a run learns the time are left alone. */
const CLAIM = /(prune\/\d{9}\.json<\/Key><LastModified>)([^<]+)/g;

const older = (xml: string): string =>
  xml.replace(
    CLAIM,
    (_, before: string, time: string) => before + new Date(Date.parse(time) - HALF_AN_HOUR).toISOString(),
  );

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Starts a gateway to a port of this machine. Its host is a registry too, whose objects the bucket `registry` holds. */
export async function startGateway(port: number, registry: string): Promise<Gateway> {
  let after: (write: number) => Promise<void> = async () => {};
  let writes = 0;
  let isOld = false;
  const server: Server = createServer((incoming, response) => {
    const { method = 'GET', url: asked = '/', headers } = incoming;
    const url = asked.startsWith('/v2/') ? `/${registry}${asked}` : asked;
    const outgoing = request({ port, host: '127.0.0.1', method, path: url, headers }, async (answer) => {
      try {
        const bytes = await bodyOf(answer);
        if (method === 'PUT' || method === 'DELETE') {
          writes += 1;
          await after(writes);
        }
        const isList = isOld && url.includes('list-type=2');
        const body = isList ? Buffer.from(older(bytes.toString('utf8'))) : bytes;
        const { 'transfer-encoding': _, ...told } = answer.headers;
        const length = method === 'HEAD' ? told['content-length'] : body.length;
        response.writeHead(answer.statusCode ?? 500, {
          ...told,
          ...(length !== undefined && { 'content-length': length }),
        });
        response.end(body);
      } catch (error) {
        response.destroy(error as Error);
      }
    });
    outgoing.on('error', (error) => response.destroy(error));
    incoming.pipe(outgoing);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port: own } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${own}`,
    watch(next) {
      after = next;
      writes = 0;
    },
    age(next) {
      isOld = next;
    },
    stop: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

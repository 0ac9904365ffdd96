/** A bare HTTP server that answers as told: for redirects, slow answers and other things that registries do not do. */
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface AnswerServer {
  readonly host: string;
  readonly url: string;
  /** All requests, in the order of their arrival. */
  readonly requests: readonly IncomingMessage[];
  readonly stop: () => Promise<void>;
}

/** Starts a server on loopback; with `tls` (PEM) over HTTPS. */
export async function startAnswers(
  answer: RequestListener,
  tls?: { readonly key: string; readonly cert: string },
): Promise<AnswerServer> {
  const requests: IncomingMessage[] = [];
  const listener: RequestListener = (request, response) => {
    requests.push(request);
    answer(request, response);
  };
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { host, url: `${tls === undefined ? 'http' : 'https'}://${host}`, requests, stop };
}

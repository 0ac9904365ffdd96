/** A gate that is a server: the question as the body of a POST, the answer as the body of what comes back. */
import { SlipwayError } from '../errors.ts';
import { type Given, MAX_ANSWER, noAnswer } from './gate-answer.ts';
import { hearing } from './hearing.ts';
import { networkTrouble } from './http-errors.ts';
import type { ProxyEnv } from './proxy.ts';
import { openTransport } from './transport.ts';

/** Which server, and what it is told. */
export interface GateServer {
  readonly gate: string;
  readonly url: URL;
  /** Sent as bearer token. */
  readonly token?: string | undefined;
  /** Where proxies are named. */
  readonly env: ProxyEnv;
  readonly timeoutSeconds: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Asks the server, once: a question may open a ticket. Redirects are not followed, for nobody said that the question may go
 * there. Throws `REFUSED`, `INTERRUPTED`.
 */
export async function askServer(server: GateServer, question: string): Promise<Omit<Given, 'secrets'>> {
  const { gate, url, token, env, timeoutSeconds, signal } = server;
  const late = AbortSignal.timeout(timeoutSeconds * 1000);
  const transport = openTransport({
    env,
    signal: signal === undefined ? late : AbortSignal.any([signal, late]),
    idleSeconds: timeoutSeconds,
    exchangeSeconds: timeoutSeconds,
    hearingOf: () => hearing(() => false),
  });
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
  try {
    const body = Buffer.from(question);
    const { status, bytes } = await transport({ method: 'POST', url, headers, body, maxBytes: MAX_ANSWER });
    const said = Buffer.from(bytes).toString();
    return { gate, text: said, ...(status !== 200 && { failure: `"${url.host}" answered ${status}` }) };
  } catch (thrown) {
    if (signal?.aborted) throw new SlipwayError('INTERRUPTED', `Stopped gate "${gate}": interrupted`);
    if (late.aborted) throw noAnswer(gate, `"${url.host}" did not answer within ${timeoutSeconds} s`);
    const { error } = networkTrouble(thrown, { task: 'ask it', url });
    throw noAnswer(gate, error.message.replace(/^Cannot/, 'cannot'), error);
  }
}

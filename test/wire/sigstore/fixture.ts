/** A server that answers as told, with a client that never waits, for the tests of single services. */
import type { RequestListener } from 'node:http';
import { type Http, openHttp } from '../../../src/wire/http.ts';
import { type AnswerServer, startAnswers } from '../../fakes/answers.ts';

/** Stands in secrets: this must never be seen. */
export const CANARY = 'canary-secret-part';

/** A client that writes its waits down in place of waiting. */
export function quickHttp(waits: number[] = []): Http {
  const sleep = async (seconds: number): Promise<void> => void waits.push(seconds);
  return openHttp({ meter: { reads: 0, writes: 0 }, pace: { sleep, random: () => 0 } });
}

/** Runs `work` against a server that gives the same answer to everything. */
export async function answering<T>(
  status: number,
  body: string | Uint8Array,
  work: (url: URL, server: AnswerServer) => Promise<T>,
  headers: Readonly<Record<string, string>> = {},
): Promise<T> {
  return serving((_, response) => response.writeHead(status, headers).end(body), work);
}

/** Runs `work` against a server. */
export async function serving<T>(
  answer: RequestListener,
  work: (url: URL, server: AnswerServer) => Promise<T>,
): Promise<T> {
  const server = await startAnswers(answer);
  try {
    return await work(new URL(server.url), server);
  } finally {
    await server.stop();
  }
}

/** A token with these claims, not signed. */
export function tokenText(claims: Readonly<Record<string, unknown>> = {}): string {
  const all = { iss: 'https://token.example', aud: 'sigstore', sub: 'repo:team/app', ...claims };
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part(all)}.${CANARY}`;
}

/** Everything that an error would show anybody: message, hint, stack and all causes. */
export function everythingIn(error: unknown): string {
  const parts: string[] = [];
  for (let current = error; current instanceof Error; current = current.cause) {
    parts.push(current.message, current.stack ?? '', JSON.stringify(current, Object.getOwnPropertyNames(current)));
  }
  return parts.join('\n');
}

/** Fetching identity tokens from where a CI system keeps them. */
import * as v from 'valibot';
import { SlipwayError } from '../../errors.ts';
import { exec, minimalEnv } from '../exec.ts';
import type { Http } from '../http.ts';
import { type IdentityToken, readIdentityToken, type TokenSource } from './identity-token.ts';
import { ask, type Question, readJson, refused, unusable } from './service.ts';

/** Where a token comes from. `name` says so in messages: `GitHub Actions`. */
export type TokenOrigin =
  | { readonly kind: 'value'; readonly name: string; readonly reveal: () => string }
  | {
      /** A GET answered with `{"value": TOKEN}`. */
      readonly kind: 'request';
      readonly name: string;
      readonly url: URL;
      /** The token that allows to ask for one. */
      readonly revealBearer: () => string;
    }
  | {
      /** A program that prints one. */
      readonly kind: 'command';
      readonly name: string;
      readonly command: readonly string[];
      /** What the program gets besides paths, proxy and locale; may hold credentials. */
      readonly revealEnvironment: () => Readonly<Record<string, string>>;
    };

/** What fetching needs. */
export interface TokenSourceOptions {
  readonly http: Http;
  /** Absolute folder for programs to run in. */
  readonly cwd: string;
  /** The process's variables. Programs get only what {@link minimalEnv} passes on, and what the origin adds. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal | undefined;
}

const answer = v.object({ value: v.pipe(v.string(), v.minLength(1)) });
const timeoutSeconds = 60;
const maxOutputBytes = 65_536;

/**
 * A source that fetches a fresh token each time. It throws `AUTH` when there is none or it is not a token, `DENIED` when the
 * CI system refuses, `TOOL_MISSING` for a missing program, and the network's codes. Neither tokens nor what a program
 * printed come into a message.
 */
export function openTokenSource(origin: TokenOrigin, options: TokenSourceOptions): TokenSource {
  return async (): Promise<IdentityToken> => {
    if (origin.kind === 'value') return readIdentityToken(origin.reveal(), origin.name);
    const text = await (origin.kind === 'request' ? request(origin, options) : run(origin, options));
    return readIdentityToken(text, origin.name);
  };
}

async function request(
  { name, url, revealBearer }: Extract<TokenOrigin, { kind: 'request' }>,
  { http }: TokenSourceOptions,
): Promise<string> {
  const bearer = revealBearer();
  const question: Question = {
    http,
    service: 'token service',
    task: `get an identity token from ${name}`,
    method: 'GET',
    url,
    headers: { accept: 'application/json', authorization: `Bearer ${bearer}` },
    secrets: [bearer],
    hint: 'run the job again: the permission to request tokens ends with the job',
  };
  const reply = await ask(question);
  if (!reply.ok) throw refused(question, reply);
  const token = readJson(answer, reply.response.bytes)?.value;
  if (token === undefined) throw unusable(question, 'sent no identity token');
  return token;
}

async function run(
  { name, command, revealEnvironment }: Extract<TokenOrigin, { kind: 'command' }>,
  { cwd, env, signal }: TokenSourceOptions,
): Promise<string> {
  const [program = ''] = command;
  const { stdout, exitCode } = await exec(command, {
    cwd,
    env: { ...minimalEnv(env), ...revealEnvironment() },
    timeoutSeconds,
    maxOutputBytes,
    signal,
    code: 'AUTH',
    missingHint: `run inside a job of ${name}, or set SIGSTORE_ID_TOKEN to an identity token`,
  });
  if (exitCode === 0) return Buffer.from(stdout).toString('utf8');
  // Its output is not shown: programs like to print what they were given.
  const hint = `run "${program}" in a step of its own to see what it says`;
  throw new SlipwayError(
    'AUTH',
    `Cannot get an identity token from ${name}: "${program}" ended with code ${exitCode}`,
    {
      hint,
    },
  );
}

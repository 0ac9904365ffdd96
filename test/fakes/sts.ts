/** AWS STS in this process: gives out sessions for a web identity or a role (AWS STS API 2011-06-15). */
import { randomBytes } from 'node:crypto';
import { type AnswerServer, startAnswers } from './answers.ts';
import type { Credentials } from './sigv4.ts';

export interface FakeStsOptions {
  /** What a caller must show: the web identity token, or the access key that signs. */
  readonly trusts: { readonly token?: string; readonly accessKey?: string };
  /** Seconds that a session says it lasts. Default 3,600. */
  readonly lifeSeconds?: number;
  /** Answers in place of a session; gets the number of the request, from 0. */
  readonly fault?: (
    index: number,
  ) => { readonly status: number; readonly code: string; readonly message: string } | undefined;
}

export interface FakeSts {
  /** For `AWS_ENDPOINT_URL_STS`. */
  readonly endpoint: string;
  /** Sessions in the order they were given out; change `expired` at will. */
  readonly sessions: (Credentials & { readonly sessionToken: string; expired: boolean })[];
  /** The actions asked for. */
  readonly actions: readonly string[];
  stop(): Promise<void>;
}

/** Starts it. The caller stops it. */
export async function startFakeSts({ trusts, lifeSeconds = 3_600, fault }: FakeStsOptions): Promise<FakeSts> {
  const sessions: FakeSts['sessions'] = [];
  const actions: string[] = [];
  const answer = (form: URLSearchParams, authorization: string): { readonly status: number; readonly body: string } => {
    const action = form.get('Action') ?? '';
    const failure = fault?.(actions.length);
    actions.push(action);
    if (failure !== undefined) return refusal(failure.status, failure.code, failure.message);
    const isTrusted =
      action === 'AssumeRoleWithWebIdentity'
        ? form.get('WebIdentityToken') === trusts.token
        : trusts.accessKey !== undefined && authorization.includes(`Credential=${trusts.accessKey}/`);
    if (!isTrusted) return refusal(403, 'AccessDenied', `Not authorized to perform sts:${action}`);
    const session = { accessKey: `ASIA${sessions.length}`, secretKey: `secret ${sessions.length}`, expired: false };
    sessions.push({ ...session, sessionToken: randomBytes(16).toString('hex') });
    return { status: 200, body: granted(action, sessions.at(-1) as FakeSts['sessions'][number], lifeSeconds) };
  };
  const server: AnswerServer = await startAnswers((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const form = new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
      const { status, body } = answer(form, request.headers.authorization ?? '');
      response.writeHead(status, { 'content-type': 'text/xml' }).end(body);
    });
  });
  return { endpoint: server.url, sessions, actions, stop: server.stop };
}

const NS = 'xmlns="https://sts.amazonaws.com/doc/2011-06-15/"';

function granted(action: string, session: FakeSts['sessions'][number], lifeSeconds: number): string {
  const { accessKey, secretKey, sessionToken } = session;
  const expiration = new Date(Date.now() + lifeSeconds * 1000).toISOString();
  const credentials = `<Credentials><AccessKeyId>${accessKey}</AccessKeyId><SecretAccessKey>${secretKey}</SecretAccessKey><SessionToken>${sessionToken}</SessionToken><Expiration>${expiration}</Expiration></Credentials>`;
  const user =
    '<AssumedRoleUser><Arn>arn:aws:sts::012345678901:assumed-role/ci/run</Arn><AssumedRoleId>A:run</AssumedRoleId></AssumedRoleUser>';
  return `<${action}Response ${NS}><${action}Result>${credentials}${user}</${action}Result></${action}Response>`;
}

function refusal(status: number, code: string, message: string): { readonly status: number; readonly body: string } {
  const body = `<ErrorResponse ${NS}><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;
  return { status, body };
}

/** Who may do what in the fake registry: Basic, or Bearer with a token service at `/token`. */
import { randomBytes } from 'node:crypto';
import { failure, type Reply, type RequestInfo } from './registry-routes.ts';

export interface FakeUser {
  readonly username: string;
  readonly password: string;
}

export type FakeAuth =
  | ({ readonly kind: 'basic' } & FakeUser)
  | {
      readonly kind: 'bearer';
      /** May do everything. */
      readonly user?: FakeUser;
      /** What people without a password may do: nothing unless told. */
      readonly anonymous?: readonly ('pull' | 'push')[];
      /** A refresh token that counts as the user. */
      readonly identityToken?: string;
      /** Whether the token service knows POST; it answers 405 otherwise. */
      readonly post?: boolean;
      /** Refuses with 403 whoever asks for more than they get, where others grant less. */
      readonly strict?: boolean;
      readonly lifeSeconds?: number;
      /** Shown in place of `/token` of this server. */
      readonly realm?: string;
    };

export interface Gate {
  /** The answer to someone who may not pass (or who asked for a token), or undefined. */
  check(info: RequestInfo, body: Buffer): Reply | undefined;
  revoke(): void;
}

type BearerAuth = Extract<FakeAuth, { kind: 'bearer' }>;

/** A gate in front of the registry at `origin`. */
export function openGate(auth: FakeAuth, origin: string): Gate {
  const granted = new Map<string, ReadonlySet<string>>();
  return {
    check(info, body) {
      if (auth.kind === 'basic') return checkBasic(auth, info);
      if (info.path === '/token') return giveToken(auth, { info, body, granted });
      return checkToken(info, granted, auth.realm ?? `${origin}/token`);
    },
    revoke: () => granted.clear(),
  };
}

function basicOf({ username, password }: FakeUser): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function checkBasic(user: FakeUser, info: RequestInfo): Reply | undefined {
  if (info.headers.authorization === basicOf(user)) return undefined;
  return failure(401, 'UNAUTHORIZED', 'authentication required', { 'www-authenticate': 'Basic realm="fake"' });
}

/** The actions a request takes, as in a token: `repository:name:pull`. */
function needed(info: RequestInfo): readonly string[] {
  const name = /^\/v2\/(.+)\/(?:blobs|manifests|tags|referrers)\//.exec(info.path)?.[1];
  if (name === undefined) return [];
  const from = info.query.get('from');
  const action = info.method === 'DELETE' ? 'delete' : 'push';
  const own = info.write ? [`repository:${name}:pull`, `repository:${name}:${action}`] : [`repository:${name}:pull`];
  return from === null ? own : [...own, `repository:${from}:pull`];
}

function checkToken(
  info: RequestInfo,
  granted: ReadonlyMap<string, ReadonlySet<string>>,
  realm: string,
): Reply | undefined {
  const rights = granted.get((info.headers.authorization ?? '').replace(/^Bearer /, ''));
  if (rights !== undefined && needed(info).every((right) => rights.has(right))) return undefined;
  // A placeholder, as one public registry sends it: clients compute the scope themselves.
  const challenge = `Bearer realm="${realm}",service="fake, registry",scope="repository:user/image:pull"`;
  return failure(401, 'UNAUTHORIZED', 'authentication required', { 'www-authenticate': challenge });
}

interface TokenAsked {
  readonly info: RequestInfo;
  readonly body: Buffer;
  readonly granted: Map<string, ReadonlySet<string>>;
}

function giveToken(auth: BearerAuth, { info, body, granted }: TokenAsked): Reply {
  const isPost = info.method === 'POST';
  if (isPost && auth.post !== true) return failure(405, 'UNSUPPORTED', 'method not allowed');
  const form = isPost ? new URLSearchParams(body.toString('utf8')) : info.query;
  const who = isPost ? refreshUser(auth, form) : basicUser(auth, info.headers.authorization);
  if (who === 'stranger') return failure(401, 'UNAUTHORIZED', 'wrong user or password');
  const asked = (isPost ? (form.get('scope') ?? '').split(' ') : form.getAll('scope')).flatMap(singleRights);
  const allowed = who === 'user' ? ['pull', 'push', 'delete'] : (auth.anonymous ?? []);
  const given = asked.filter((right) => allowed.some((action) => right.endsWith(`:${action}`)));
  if (auth.strict === true && given.length < asked.length) return failure(403, 'DENIED', 'more than you may have');
  const token = randomBytes(16).toString('hex');
  granted.set(token, new Set(given));
  const answer = isPost ? { access_token: token } : { token };
  return { status: 200, body: JSON.stringify({ ...answer, expires_in: auth.lifeSeconds ?? 300 }) };
}

function refreshUser(auth: BearerAuth, form: URLSearchParams): 'user' | 'stranger' {
  const isRefresh = form.get('grant_type') === 'refresh_token' && form.get('client_id') !== null;
  const isKnown = auth.identityToken !== undefined && form.get('refresh_token') === auth.identityToken;
  return isRefresh && isKnown ? 'user' : 'stranger';
}

function basicUser(auth: BearerAuth, authorization: string | undefined): 'user' | 'anonymous' | 'stranger' {
  if (authorization === undefined) return auth.user === undefined || auth.anonymous ? 'anonymous' : 'stranger';
  const passwords = [
    ...(auth.user === undefined ? [] : [auth.user]),
    ...(auth.identityToken === undefined ? [] : [{ username: '<token>', password: auth.identityToken }]),
  ];
  return passwords.some((user) => basicOf(user) === authorization) ? 'user' : 'stranger';
}

// `repository:a/b:pull,push` asks for two rights.
function singleRights(scope: string): readonly string[] {
  const [, name, actions] = /^repository:(.+):([a-z,]+)$/.exec(scope) ?? [];
  return actions === undefined ? [] : actions.split(',').map((action) => `repository:${name}:${action}`);
}

/** Signing in to a registry: anonymous, Basic, or Bearer tokens (distribution's token and OAuth2 specifications). */
import { SlipwayError } from '../errors.ts';
import { parseChallenges } from './auth-challenge.ts';
import type { Credential, CredentialSource } from './credentials.ts';
import type { Http } from './http.ts';
import { requestToken, type Token, type TokenService } from './registry-token.ts';

/** What a request needs a right for. The scope is always our own: the one in a challenge may be a placeholder. */
export interface Need {
  readonly repository: string;
  readonly access: 'pull' | 'push' | 'delete';
  /** Also read from this repository: a cross-repository mount. */
  readonly from?: string;
}

/** Where and how to sign in. */
export interface RegistryAuthOptions {
  readonly http: Http;
  readonly registry: URL;
  /** The host by which credentials are stored, such as `docker.io`. */
  readonly host: string;
  readonly credentials: CredentialSource;
  /** Seconds of a clock that never jumps. */
  readonly seconds: () => number;
}

/** The state of one conversation: which scheme the registry wants, and the tokens received so far. */
export interface RegistryAuth {
  /** The `Authorization` header to send, or undefined while nothing was asked for. May fetch a token; see `refused`. */
  header(need: Need): Promise<string | undefined>;
  /** Takes in a 401 answered to a request with header `spent`. Throws `AUTH` when no offered scheme can be used. */
  learn(challenge: string | undefined, spent: string | undefined): Promise<void>;
  /** What the user can do about a refusal, by whether credentials were found. */
  hint(): Promise<string>;
}

type Mode =
  | { readonly kind: 'open' }
  | { readonly kind: 'basic' }
  | { readonly kind: 'bearer'; readonly service: TokenService };

/** A new conversation with one registry. Credentials are looked up once, at the first challenge. */
export function registryAuth(options: RegistryAuthOptions): RegistryAuth {
  const { http, registry, host, seconds } = options;
  let mode: Mode = { kind: 'open' };
  let found: Promise<Credential | undefined> | undefined;
  const credential = (): Promise<Credential | undefined> => (found ??= options.credentials(host));
  const hint = async (): Promise<string> => refusalHint(await credential(), host);
  const tokens = tokenCache({
    seconds,
    fetch: async (service, scopes) => {
      return requestToken(service, scopes, { http, host, credential: await credential(), seconds, hint: await hint() });
    },
  });
  const tokenFor = tokenChooser(tokens);
  return {
    hint,
    async header(need) {
      if (mode.kind === 'open') return undefined;
      const known = await credential();
      if (mode.kind === 'basic') return basicHeader(known);
      if (known?.kind === 'bearer') return `Bearer ${known.reveal().token}`;
      return `Bearer ${(await tokenFor(mode.service, need)).reveal()}`;
    },
    async learn(challenge, spent) {
      tokens.drop(spent);
      mode = chooseMode(challenge ?? '', registry);
      if (mode.kind === 'basic' && basicHeader(await credential()) === undefined) {
        throw new SlipwayError('AUTH', `Cannot sign in to "${host}": it asks for a user and password`, {
          hint: await hint(),
        });
      }
    },
  };
}

function refusalHint(credential: Credential | undefined, host: string): string {
  return credential === undefined
    ? `no credentials are stored for "${host}": run "docker login ${host}" or set DOCKER_AUTH_CONFIG`
    : `check the credentials stored for "${host}" and their rights, or run "docker login ${host}" again`;
}

function basicHeader(credential: Credential | undefined): string | undefined {
  if (credential?.kind !== 'basic') return undefined;
  const { username, password } = credential.reveal();
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function chooseMode(header: string, registry: URL): Mode {
  const challenges = parseChallenges(header);
  const bearer = challenges.find((challenge) => challenge.scheme === 'bearer')?.parameters;
  const realm = bearer?.get('realm');
  if (realm !== undefined) {
    return { kind: 'bearer', service: { realm: trustedRealm(realm, registry), name: bearer?.get('service') } };
  }
  if (challenges.some((challenge) => challenge.scheme === 'basic')) return { kind: 'basic' };
  const offered = challenges.map((challenge) => challenge.scheme).join(', ') || 'nothing';
  throw new SlipwayError('AUTH', `Cannot sign in to "${registry.host}": it offers ${offered.slice(0, 100)}`, {
    hint: 'slipway knows Bearer and Basic; check that the URL names a registry, not a proxy that asks for a login',
  });
}

// The realm gets the password. Over plain HTTP it may only be where the user has allowed plain HTTP, or this machine.
function trustedRealm(realm: string, registry: URL): URL {
  const refused = (state: string): SlipwayError => {
    const hint = "check the registry's configuration of its token service";
    return new SlipwayError('AUTH', `Cannot sign in to "${registry.host}": its token service ${state}`, { hint });
  };
  if (!URL.canParse(realm)) throw refused('has no valid address');
  const url = new URL(realm);
  if (url.username !== '' || url.password !== '') throw refused('has credentials in its address');
  if (url.protocol === 'https:') return url;
  const mayBePlain = registry.protocol === 'http:' && (url.hostname === registry.hostname || isLoopback(url.hostname));
  if (url.protocol === 'http:' && mayBePlain) return url;
  throw refused(`"${url.host}" does not use HTTPS`);
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

interface TokenCache {
  get(service: TokenService, scopes: readonly string[]): Promise<Token>;
  /** Forgets the token that was sent in this header, so that the next `get` fetches anew. */
  drop(header: string | undefined): void;
}

interface TokenCacheOptions {
  readonly seconds: () => number;
  readonly fetch: (service: TokenService, scopes: readonly string[]) => Promise<Token>;
}

/** One request for each scope however many callers wait for it; a failure is told to all of them and not kept. */
function tokenCache({ seconds, fetch }: TokenCacheOptions): TokenCache {
  const kept = new Map<string, { readonly fetching: Promise<Token>; token?: Token }>();
  return {
    get(service, scopes) {
      const key = scopes.join(' ');
      const present = kept.get(key);
      const isFresh = present?.token === undefined || present.token.expiresAt > seconds();
      if (present !== undefined && isFresh) return present.fetching;
      const fetching = fetch(service, scopes);
      const entry: { readonly fetching: Promise<Token>; token?: Token } = { fetching };
      kept.set(key, entry);
      const settled = (token?: Token): void => {
        if (token !== undefined) entry.token = token;
        else kept.delete(key);
      };
      fetching.then(settled, () => settled());
      return fetching;
    },
    drop(header) {
      for (const [key, { token }] of kept) {
        if (token !== undefined && header === `Bearer ${token.reveal()}`) kept.delete(key);
      }
    },
  };
}

/** Chooses the scopes for a need. Most services grant less than was asked for; some refuse, and a reader may still read. */
function tokenChooser(cache: TokenCache): (service: TokenService, need: Need) => Promise<Token> {
  const readOnly = new Set<string>();
  return async (service, { repository, access, from }) => {
    const narrow = [`repository:${repository}:pull`];
    if (access === 'pull' && readOnly.has(repository)) return cache.get(service, narrow);
    const mount = from === undefined ? [] : [`repository:${from}:pull`];
    try {
      const actions = access === 'delete' ? 'pull,push,delete' : 'pull,push';
      return await cache.get(service, [`repository:${repository}:${actions}`, ...mount]);
    } catch (error) {
      const isRefusal = error instanceof SlipwayError && (error.code === 'AUTH' || error.code === 'DENIED');
      if (access !== 'pull' || !isRefusal) throw error;
      const token = await cache.get(service, narrow);
      readOnly.add(repository);
      return token;
    }
  };
}

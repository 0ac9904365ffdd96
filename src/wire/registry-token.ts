/** One request to a registry's token service (distribution's token and OAuth2 specifications). */
import { SlipwayError } from '../errors.ts';
import type { Credential } from './credentials.ts';
import type { Http, HttpRequest, HttpResponse } from './http.ts';
import { statusError } from './http-errors.ts';

/** Where tokens come from, as the registry's challenge said. */
export interface TokenService {
  readonly realm: URL;
  readonly name: string | undefined;
}

/** A token for some scopes, hidden from inspection. `expiresAt` is on the caller's clock, in seconds. */
export interface Token {
  readonly reveal: () => string;
  readonly expiresAt: number;
}

/** Who asks. */
export interface TokenRequestOptions {
  readonly http: Http;
  /** The registry's host, for messages. */
  readonly host: string;
  readonly credential: Credential | undefined;
  readonly seconds: () => number;
  /** What the user can do when the service refuses. */
  readonly hint: string;
}

const defaultLifeSeconds = 60;
const formType = 'application/x-www-form-urlencoded';

/**
 * Fetches a token for `scopes`; an identity token is exchanged by POST, and by GET where the service knows no POST.
 * Throws `AUTH` (401), `DENIED` (403), `STORE` (an answer without a token) and the network's codes.
 */
export async function requestToken(
  service: TokenService,
  scopes: readonly string[],
  options: TokenRequestOptions,
): Promise<Token> {
  const startedAt = options.seconds();
  const { http, credential, hint } = options;
  const posted = credential?.kind === 'identity' ? await postRefresh(service, scopes, options) : undefined;
  const request = posted?.request ?? getRequest(service, scopes, options);
  const response = posted?.response ?? (await http.send(request));
  if (response.status !== 200) throw statusError(response, request, hint);
  const { token, lifeSeconds } = readToken(response, options.host);
  // Renewed a little early, so that it does not run out on its way.
  return { reveal: () => token, expiresAt: startedAt + lifeSeconds - Math.min(10, lifeSeconds / 4) };
}

function base(service: TokenService, host: string): Pick<HttpRequest, 'task' | 'countAsRead'> & { readonly url: URL } {
  return { task: `sign in to "${host}"`, countAsRead: true, url: new URL(service.realm) };
}

function getRequest(service: TokenService, scopes: readonly string[], options: TokenRequestOptions): HttpRequest {
  const request = base(service, options.host);
  if (service.name !== undefined) request.url.searchParams.set('service', service.name);
  for (const scope of scopes) request.url.searchParams.append('scope', scope);
  request.url.searchParams.set('client_id', 'slipway');
  const headers = basicHeaders(options.credential);
  return { ...request, method: 'GET', headers, expect: [200, 401, 403] };
}

// A service without the POST flow takes an identity token as a password.
function basicHeaders(credential: Credential | undefined): Record<string, string> {
  if (credential === undefined || credential.kind === 'bearer') return {};
  const pair = credential.kind === 'basic' ? credential.reveal() : undefined;
  const refresh = credential.kind === 'identity' ? credential.reveal() : undefined;
  const username = pair?.username ?? (refresh?.username || '<token>');
  const password = pair?.password ?? refresh?.token ?? '';
  return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
}

async function postRefresh(
  service: TokenService,
  scopes: readonly string[],
  { http, host, credential }: TokenRequestOptions,
): Promise<{ readonly request: HttpRequest; readonly response: HttpResponse } | undefined> {
  if (credential?.kind !== 'identity') return undefined;
  const form = new URLSearchParams({ grant_type: 'refresh_token', client_id: 'slipway', scope: scopes.join(' ') });
  if (service.name !== undefined) form.set('service', service.name);
  form.set('refresh_token', credential.reveal().token);
  const request: HttpRequest = {
    ...base(service, host),
    method: 'POST',
    headers: { 'content-type': formType },
    body: Buffer.from(form.toString()),
    expect: [200, 401, 403, 404, 405],
  };
  const response = await http.send(request);
  return response.status === 404 || response.status === 405 ? undefined : { request, response };
}

function readToken(response: HttpResponse, host: string): { readonly token: string; readonly lifeSeconds: number } {
  const body = parseObject(response.bytes);
  const token = [body.token, body.access_token].find((value) => typeof value === 'string' && value !== '');
  // Only what may stand in a header (RFC 6750 b64token, and a little more): anything else is not a token.
  if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) {
    const hint = "check the registry's configuration of its token service";
    throw new SlipwayError('STORE', `Cannot sign in to "${host}": "${response.url.host}" sent no token`, { hint });
  }
  const { expires_in: life } = body;
  return { token, lifeSeconds: typeof life === 'number' && life > 0 ? life : defaultLifeSeconds };
}

function parseObject(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const body: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return typeof body === 'object' && body !== null ? { ...body } : {};
  } catch {
    // The parser's own error would quote the answer, which may hold a token.
    return {};
  }
}

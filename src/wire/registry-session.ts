/** Requests to one registry, signed in as it asks for. */
import type { SlipwayError } from '../errors.ts';
import type { Http, HttpRequest, HttpResponse } from './http.ts';
import { statusError } from './http-errors.ts';
import type { Need, RegistryAuth } from './registry-auth.ts';
import type { Tried } from './retry.ts';

/** A request to the registry; `need` says which right it takes. */
export interface RegistryRequest extends HttpRequest {
  readonly need: Need;
}

/** Sends requests, signing in on the way. Errors are those of {@link Http}, and `AUTH` for a second 401 in a row. */
export interface RegistrySession {
  send(request: RegistryRequest): Promise<HttpResponse>;
  /** One attempt, for callers who repeat more than the request. */
  once(request: RegistryRequest): Promise<Tried<HttpResponse>>;
  repeat<T>(attempt: () => Promise<Tried<T>>): Promise<T>;
}

/** What a session stands on. `registry` is the only origin that ever sees a credential. */
export interface RegistrySessionOptions {
  readonly http: Http;
  readonly auth: RegistryAuth;
  readonly registry: URL;
}

/** A session with one registry. */
export function registrySession({ http, auth, registry }: RegistrySessionOptions): RegistrySession {
  let first: Promise<unknown> | undefined;
  // The first answer teaches how to sign in; whoever would ask meanwhile would only collect a 401 as well.
  const once = async (request: RegistryRequest): Promise<Tried<HttpResponse>> => {
    // An upload may go to another host, which the registry has made ready for it.
    if (request.url.origin !== registry.origin) return http.once(request);
    if (first !== undefined) await first;
    const tried = exchange(request, http, auth);
    first ??= tried.catch(() => undefined);
    return tried;
  };
  return { once, send: (request) => http.repeat(() => once(request)), repeat: http.repeat };
}

async function exchange(request: RegistryRequest, http: Http, auth: RegistryAuth): Promise<Tried<HttpResponse>> {
  const spent = await auth.header(request.need);
  const before = await http.once(signed(request, spent));
  if (!before.done || before.value.status !== 401) return before;
  await auth.learn(before.value.headers['www-authenticate'], spent);
  const fresh = await auth.header(request.need);
  // The same header again would be refused again.
  if (fresh === spent) throw await refusal(request, before.value, auth);
  const after = await http.once(signed(request, fresh));
  if (after.done && after.value.status === 401) throw await refusal(signed(request, fresh), after.value, auth);
  return after;
}

function signed(request: HttpRequest, authorization: string | undefined): HttpRequest {
  const headers = { ...request.headers, ...(authorization === undefined ? {} : { authorization }) };
  return { ...request, headers, expect: [...request.expect, 401] };
}

async function refusal(request: HttpRequest, response: HttpResponse, auth: RegistryAuth): Promise<SlipwayError> {
  return statusError(response, request, await auth.hint());
}

/** OpenID Connect identity tokens: who the CI system says we are. A token is a secret and travels as a closure. */
import * as v from 'valibot';
import { SlipwayError } from '../../errors.ts';
import { readJson } from './service.ts';

/** What a token says. None of it is secret: Fulcio puts it into a public certificate. Times are seconds since 1970. */
export interface Claims {
  readonly issuer: string;
  readonly audience: readonly string[];
  readonly expires?: number;
  readonly notBefore?: number;
  readonly issued?: number;
}

/** A token, hidden from inspection. */
export interface IdentityToken {
  readonly reveal: () => string;
  readonly claims: Claims;
  /** Whom the certificate will name, and what its key must sign: the verified `email`, else `sub` (Fulcio `Principal.Name`). */
  readonly subject: string;
}

/** Gets a token for the audience of the certificate authority. */
export type TokenSource = () => Promise<IdentityToken>;

const time = v.optional(v.number());
const payload = v.object({
  iss: v.string(),
  aud: v.optional(v.union([v.string(), v.array(v.string())]), []),
  sub: v.optional(v.string(), ''),
  email: v.optional(v.string(), ''),
  // Some issuers write it as text.
  email_verified: v.optional(v.union([v.boolean(), v.string()]), false),
  exp: time,
  nbf: time,
  iat: time,
});

/**
 * Reads a token's claims (RFC 7519) without judging its signature: that is the certificate authority's business.
 * `origin` says where it came from. Throws `AUTH` for what is no token, and never shows it.
 */
export function readIdentityToken(text: string, origin: string): IdentityToken {
  const token = text.trim();
  const fail = (state: string): SlipwayError => {
    const hint = 'the token must be an OpenID Connect identity token (a JWT) of a CI system or identity provider';
    return new SlipwayError('AUTH', `Cannot use the identity token from ${origin}: ${state}`, { hint });
  };
  if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) throw fail('it is not a JWT');
  const claims = readJson(payload, Buffer.from(token.split('.')[1] ?? '', 'base64url'));
  if (claims === undefined) throw fail('its claims cannot be read');
  const { iss: issuer, aud, exp: expires, nbf: notBefore, iat: issued, email, email_verified } = claims;
  if (email !== '' && String(email_verified) !== 'true') throw fail('its issuer has not verified the "email" in it');
  const subject = email === '' ? claims.sub : email;
  if (subject === '') throw fail('it names neither "email" nor "sub"');
  const times = { expires, notBefore, issued };
  const known = Object.fromEntries(Object.entries(times).filter(([, value]) => value !== undefined));
  return { reveal: () => token, claims: { issuer, audience: [aud].flat(), ...known }, subject };
}

/** What speaks against a token, for one whom a service refused it. Undefined when nothing in the token does. */
export function tokenFault(claims: Claims, audience: string, now: number): Fault | undefined {
  const { expires, notBefore = claims.issued } = claims;
  const shown = claims.audience.map((name) => `"${name}"`).join(', ') || 'nobody';
  if (!claims.audience.includes(audience)) {
    return {
      state: `it is for ${shown}, not for "${audience}"`,
      hint: `request the token for the audience "${audience}"`,
    };
  }
  if (expires !== undefined && expires <= now) {
    const hint =
      'start a new job: these tokens live for minutes; request it right before it is used where the CI allows';
    return { state: `it expired ${Math.ceil(now - expires)} s ago`, hint };
  }
  if (notBefore !== undefined && notBefore > now) {
    const state = `it is valid only in ${Math.ceil(notBefore - now)} s`;
    return { state, hint: "the clocks of the token's issuer and of the certificate authority differ: set them by NTP" };
  }
  return undefined;
}

/** Why a token is refused. `state` continues a sentence about it. */
export interface Fault {
  readonly state: string;
  readonly hint: string;
}

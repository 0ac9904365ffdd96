/**
 * Credentials travel as closures: printing, inspecting or serialising one shows nothing. Only the code that writes the
 * `Authorization` header or the token request calls `reveal`.
 */

/** A user with a password or access token. */
export interface BasicCredential {
  readonly kind: 'basic';
  readonly reveal: () => { readonly username: string; readonly password: string };
}

/** A refresh token that is exchanged at the registry's token service. `username` may be empty. */
export interface IdentityCredential {
  readonly kind: 'identity';
  readonly reveal: () => { readonly username: string; readonly token: string };
}

/** A token that the registry takes as it is. */
export interface BearerCredential {
  readonly kind: 'bearer';
  readonly reveal: () => { readonly token: string };
}

export type Credential = BasicCredential | IdentityCredential | BearerCredential;

/** Finds the credential for a registry host (`host[:port]`), or undefined when nobody has stored one. */
export type CredentialSource = (host: string) => Promise<Credential | undefined>;

/** A user name with its password, hidden from inspection. */
export function basicCredential(username: string, password: string): BasicCredential {
  return { kind: 'basic', reveal: () => ({ username, password }) };
}

/** A refresh token, hidden from inspection; `username` is used where a token service takes no refresh tokens. */
export function identityCredential(username: string, token: string): IdentityCredential {
  return { kind: 'identity', reveal: () => ({ username, token }) };
}

/** A registry token, hidden from inspection. */
export function bearerCredential(token: string): BearerCredential {
  return { kind: 'bearer', reveal: () => ({ token }) };
}

/** Knows nobody: every registry is used anonymously. */
export const anonymous: CredentialSource = async () => undefined;

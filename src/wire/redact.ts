/** Texts of servers, made fit to be shown. */

/** One line of at most 300 characters without the given secrets, signatures and tokens (those of CI identities are JWTs). */
export function redact(text: string, secrets: readonly string[]): string {
  const parts = secrets.filter((secret) => secret !== '').flatMap((secret) => [secret, encodeURIComponent(secret)]);
  const bare = parts.reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
  return bare
    .replace(/\beyJ[\w-]+\.[\w-]+\.[\w-]+/g, '***')
    .replace(/((?:X-Amz-)?(?:Signature|Credential|Security-Token)=)[^\s&,"']+/gi, '$1***')
    .replace(/\s+/g, ' ')
    .slice(0, 300);
}

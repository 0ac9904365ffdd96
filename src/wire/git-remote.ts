/** A Git remote as a public address: without user, password and query, or nothing at all where it is a local path. */

const URL_FORM = /^(https?|ssh|git|git\+ssh|ssh\+git):\/\//i;

/** A port that the scheme has anyway is left out, so that one repository has one address. */
function hostOf(url: URL): string {
  return url.protocol === 'ssh:' && url.port === '22' ? url.hostname : url.host;
}

/**
 * The address of a remote for provenance: `https://host/path` or `ssh://host/path`, and `ssh://` too for the short form
 * `git@host:path`. Everything before an `@`, queries and fragments go. Undefined for local paths, `file:` and whatever
 * else is not an address that others can use, or may hold a password in the wrong place (an `@` in the path).
 */
export function publicRemote(remote: string): string | undefined {
  if (URL_FORM.test(remote)) {
    if (!URL.canParse(remote)) return undefined;
    const url = new URL(remote);
    const path = url.pathname.replace(/\/+$/, '');
    return url.hostname === '' || path === '' || path.includes('@')
      ? undefined
      : `${url.protocol.replace(/^(?:git\+ssh|ssh\+git):$/, 'ssh:')}//${hostOf(url)}${path}`;
  }
  // The short form of SSH: no slash before the colon. One letter before it is a drive on Windows.
  const [, host = '', path = ''] =
    /^(?:[^/@:\\]*(?::[^/@]*)?@)?(\[[0-9A-Fa-f:.]+\]|[^/:@\\]{2,}):(?!\/\/)(.+)$/s.exec(remote) ?? [];
  if (host === '' || path.includes('@') || /[\s\\]|^\w+::/.test(remote)) return undefined;
  return `ssh://${host}/${path.replace(/^\/+|\/+$/g, '')}`;
}

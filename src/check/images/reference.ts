/** References to images (distribution/reference v0.6, `reference.go` and `normalize.go`). */

/** A reference, as far as it is written. */
export interface ImageReference {
  /** `docker.io` where none is written. */
  readonly host: string;
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

const COMPONENT = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const LABEL = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const HOST = `(?:${LABEL}(?:\\.${LABEL})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
const DIGEST = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}';
const FORM = new RegExp(
  `^(?:(${HOST})/)?(${COMPONENT}(?:/${COMPONENT})*)(?::([A-Za-z0-9_][\\w.-]{0,127}))?(?:@(${DIGEST}))?$`,
);
const SIZES: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 };

/** What may stand before the first slash of a short name is a host only if it looks like one. */
const isHost = (word: string): boolean => /[.:[A-Z]/.test(word) || word === 'localhost';

/** Reads a reference as container runtimes do; undefined when none of them would take it. */
export function parseImage(image: string): ImageReference | undefined {
  const slash = image.indexOf('/');
  const first = slash === -1 ? '' : image.slice(0, slash);
  const written = isHost(first) ? image : `docker.io/${image}`;
  const [, host = '', path = '', tag, digest] = FORM.exec(written) ?? [];
  if (path === '' || path.length > 255 || (digest === undefined && /^[0-9a-f]{64}$/.test(image))) return undefined;
  if (digest !== undefined && !isDigest(digest)) return undefined;
  const hub = host === 'docker.io' || host === 'index.docker.io';
  const repository = hub && !path.includes('/') ? `library/${path}` : path;
  return { host: hub ? 'docker.io' : host, repository, tag, digest };
}

function isDigest(digest: string): boolean {
  const [algorithm = '', hex = ''] = digest.split(':');
  return SIZES[algorithm] === hex.length && hex === hex.toLowerCase();
}

/** A reference written out: `docker.io/library/web:1.2`, `docker.io/library/web@sha256:…`. The digest wins over the tag. */
export function fullReference({ host, repository, tag = 'latest', digest }: ImageReference): string {
  return digest === undefined ? `${host}/${repository}:${tag}` : `${host}/${repository}@${digest}`;
}

/** Hosts and repositories of registries (OCI distribution-spec v1.1.1). */

const NAME = /^[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?(?:\.[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?)*$/;

/** A `HOST[:PORT]`, with IPv6 addresses in brackets. `loopback` is true for this machine's own addresses. */
export interface Host {
  readonly hostname: string;
  readonly port?: number;
  readonly loopback: boolean;
}

/** Takes `HOST[:PORT]` apart; undefined when it is not one. */
export function splitHost(authority: string): Host | undefined {
  const [, hostname = '', digits] = /^(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?$/.exec(authority) ?? [];
  const port = digits === undefined ? undefined : Number(digits);
  if (port !== undefined && (port < 1 || port > 65_535)) return undefined;
  if (!(hostname.startsWith('[') ? URL.canParse(`http://${hostname}/`) : NAME.test(hostname))) return undefined;
  return { hostname, ...(port === undefined ? {} : { port }), loopback: isLoopback(hostname) };
}

function isLoopback(hostname: string): boolean {
  const name = hostname.toLowerCase();
  return (
    /^127(?:\.\d{1,3}){3}$/.test(name) ||
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    /^\[[0:]*:0{0,3}1\]$/.test(name)
  );
}

/** What is wrong with a repository, or undefined. It may hold `{artifact}` once, in place of a component or a part of one. */
export function repositoryProblem(repository: string): string | undefined {
  if (repository === '') return 'the URL has no repository';
  const pieces = repository.split('{artifact}');
  if (pieces.length > 2) return '"{artifact}" may stand in the repository once';
  const filled = pieces.join('a');
  if (filled.length > 255) return 'the repository is longer than 255 characters';
  if (filled.split('/').every((component) => /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/.test(component)))
    return undefined;
  if (/[A-Z]/.test(filled)) return 'repositories are lower-case';
  return 'the repository is not made of lower-case letters, digits and single ".", "_" or "-" between them';
}

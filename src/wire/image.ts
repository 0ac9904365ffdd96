/** Asks registries whether they have an image. Registries count a HEAD as no pull. */
import { SlipwayError } from '../errors.ts';
import type { Meter } from '../ship/ports.ts';
import type { CredentialSource } from './credentials.ts';
import { connectRegistry, manifestTypes, type RegistryConnection, type RegistryOptions } from './registry.ts';
import { registryPath } from './registry-path.ts';

/** How registries are asked. */
export interface ImageOptions {
  readonly credentials: CredentialSource;
  /** Where proxies are named; none unless given. */
  readonly env?: RegistryOptions['env'];
  readonly meter: Meter;
  readonly signal?: AbortSignal | undefined;
  /** Waits, timeouts and name resolution, for tests. */
  readonly http?: RegistryOptions['http'];
}

/** Says whether an image is there. */
export type ImageExists = (reference: string) => Promise<boolean>;

/** A few attempts are enough for a question that a release does not hang on. */
const PACE = { attempts: 3 };

/** Machines that speak plain HTTP, as the stores of a config do. */
const isLoopback = (host: string): boolean => /^(?:localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?$/.test(host);

/**
 * Opens the question whether an image exists. It takes full references, `HOST/REPOSITORY:TAG` and
 * `HOST/REPOSITORY@DIGEST`, Docker Hub being `docker.io`. Throws what kept the registry from answering: `NETWORK`, `TLS`, `AUTH`, `DENIED`, `RATE_LIMITED`,
 * `STORE`, `CONFIG` or `INTERRUPTED`.
 */
export function openImages(options: ImageOptions): ImageExists {
  const connections = new Map<string, RegistryConnection>();
  const connection = (host: string): RegistryConnection => {
    const http = { ...options.http, pace: { ...PACE, ...options.http?.pace } };
    const open = connections.get(host) ?? connectRegistry({ ...options, host, insecure: isLoopback(host), http });
    connections.set(host, open);
    return open;
  };
  return async (reference) => {
    const { host, repository, version } = partsOf(reference);
    return hasManifest(connection(host), repository, version);
  };
}

async function hasManifest(
  { session, base }: RegistryConnection,
  repository: string,
  version: string,
): Promise<boolean> {
  const request = {
    url: registryPath(base, repository, `manifests/${version}`),
    task: `look for image "${version}" of "${repository}"`,
    need: { repository, access: 'pull' },
    headers: { accept: manifestTypes },
  } as const;
  const { status } = await session.send({ ...request, method: 'HEAD', expect: [200, 404, 405] });
  if (status !== 405) return status === 200;
  return (
    (await session.send({ ...request, method: 'GET', expect: [200, 404], maxBytes: 16 * 1_048_576 })).status === 200
  );
}

function partsOf(reference: string): { readonly host: string; readonly repository: string; readonly version: string } {
  const [, host, repository, version] = /^([^/]+)\/([^:@]+)[:@](.+)$/.exec(reference) ?? [];
  if (host !== undefined && repository !== undefined && version !== undefined) return { host, repository, version };
  const hint = 'write HOST/REPOSITORY:TAG or HOST/REPOSITORY@DIGEST';
  throw new SlipwayError('CONFIG', `Cannot look for image "${reference}": it is not a full reference`, { hint });
}

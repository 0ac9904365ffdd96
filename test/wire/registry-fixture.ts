/** A fake registry with a client on it, for the tests of the client. */
import { digestOf } from '../../src/digest.ts';
import type { Digest } from '../../src/model.ts';
import type { Repositories } from '../../src/ship/ports.ts';
import type { Credential } from '../../src/wire/credentials.ts';
import { openRegistry, type RegistryOptions } from '../../src/wire/registry.ts';
import { type FakeRegistry, type FakeRegistryOptions, startFakeRegistry } from '../fakes/registry.ts';

export const manifestType = 'application/vnd.oci.image.manifest.v1+json';

export interface OpenFake extends AsyncDisposable {
  readonly server: FakeRegistry;
  readonly registry: Repositories;
  readonly meter: { reads: number; writes: number };
  /** The waits the client would have taken, in seconds. */
  readonly waits: readonly number[];
  /** Another client on the same server, which knows nothing yet. */
  readonly reopen: (options?: Partial<RegistryOptions>) => Repositories;
}

/** Starts a fake and opens it with a client that never waits. It ends with the scope that uses it. */
export async function openFake(options: FakeRegistryOptions = {}, credential?: Credential): Promise<OpenFake> {
  const server = await startFakeRegistry(options);
  const meter = { reads: 0, writes: 0 };
  const waits: number[] = [];
  const sleep = async (seconds: number): Promise<void> => void waits.push(seconds);
  const reopen = (more: Partial<RegistryOptions> = {}): Repositories =>
    openRegistry({
      host: server.host,
      insecure: options.tls === undefined,
      credentials: async () => credential,
      meter,
      http: { pace: { sleep } },
      ...more,
    });
  return { server, registry: reopen(), meter, waits, reopen, [Symbol.asyncDispose]: server.stop };
}

/** Puts a manifest that refers to nothing. */
export async function put(registry: Repositories, tag = 'v1', repository = 'team/app'): Promise<Digest> {
  const bytes = Buffer.from('{"schemaVersion":2}');
  await registry.putManifest(repository, tag, bytes, { mediaType: manifestType });
  return digestOf(bytes);
}

/** Puts the blob `blob`. */
export async function putBlob(registry: Repositories, repository = 'team/app'): Promise<void> {
  await registry.putBlob(repository, digestOf(Buffer.from('blob')), Buffer.from('blob'));
}

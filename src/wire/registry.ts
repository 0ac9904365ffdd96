/** An OCI registry over HTTP (distribution-spec v1.1.1) as {@link Repositories}. */
import { digestOf } from '../digest.ts';
import { SlipwayError } from '../errors.ts';
import type { Digest } from '../model.ts';
import type { Meter, Repositories, StoredManifest } from '../ship/ports.ts';
import type { CredentialSource } from './credentials.ts';
import { type HttpOptions, type HttpResponse, openHttp } from './http.ts';
import type { ProxyEnv } from './proxy.ts';
import { registryAuth } from './registry-auth.ts';
import { deleteBlob, manifestRemover } from './registry-delete.ts';
import { registryPath } from './registry-path.ts';
import { referrerLister } from './registry-referrers.ts';
import { type RegistrySession, registrySession } from './registry-session.ts';
import { tagLister } from './registry-tags.ts';
import { uploader } from './registry-upload.ts';

/** A registry and how to talk to it. */
export interface RegistryOptions {
  /** `host[:port]`; `docker.io` means Docker Hub. */
  readonly host: string;
  /** Plain HTTP. */
  readonly insecure: boolean;
  /** Absolute path of a PEM bundle to trust besides the built-in authorities. */
  readonly ca?: string | undefined;
  readonly credentials: CredentialSource;
  /** Where proxies are named; none unless given. */
  readonly env?: ProxyEnv | undefined;
  readonly meter: Meter;
  readonly signal?: AbortSignal | undefined;
  /** Waits, timeouts and name resolution, for tests. */
  readonly http?: Pick<HttpOptions, 'pace' | 'idleSeconds' | 'lookup' | 'now'> | undefined;
  /** Seconds of a clock that never jumps, for tests of tokens that expire. */
  readonly seconds?: (() => number) | undefined;
}

/** Media types of manifests and indexes; without this list some registries convert, or answer 404. */
export const manifestTypes: string = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
].join(', ');

const maxManifestBytes = 16 * 1_048_576;
const maxBlobBytes = 512 * 1_048_576;
// Registries that hide what a user may not see answer 403 for a blob that is missing.
const absent: readonly number[] = [404, 403];

/** A registry that requests can be sent to. `base` ends with `/v2/`. */
export interface RegistryConnection {
  readonly session: RegistrySession;
  readonly base: URL;
}

/**
 * Opens a registry; nothing is sent until it is used. `lock` is `none`: registries have no create-only write, and
 * `unless` is ignored. Methods throw `NETWORK`, `TLS`, `AUTH`, `DENIED`, `NOT_FOUND`, `TOO_LARGE`,
 * `RATE_LIMITED`, `STORE`, `CORRUPT` (bytes that do not match their digest), `CONFIG` (unreadable `ca`) and `INTERRUPTED`.
 */
export function openRegistry(options: RegistryOptions): Repositories {
  const connection = connectRegistry(options);
  const { session, base } = connection;
  const uploads = uploader(session, base);
  const tags = tagLister(session, base);
  const attached = referrerLister(session, base);
  return {
    lock: 'none',
    async hasBlob(repository, digest) {
      const task = `look for blob "${digest}" in "${repository}"`;
      const url = registryPath(connection.base, repository, `blobs/${digest}`);
      const need = { repository, access: 'pull' } as const;
      const { status } = await session.send({ method: 'HEAD', url, task, need, expect: [200, ...absent] });
      if (status === 200) uploads.seen(repository, digest);
      return status === 200;
    },
    async getBlob(repository, digest) {
      uploads.read(repository, digest);
      return getBlob(connection, repository, digest);
    },
    async putBlob(repository, digest, bytes, from) {
      checkDigest(`upload blob to "${repository}"`, digest, digestOf(bytes));
      if (from !== undefined) uploads.seen(from, digest);
      await uploads.put({ repository, digest, bytes });
    },
    async getManifest(repository, reference) {
      const found = await getManifest(connection, repository, reference);
      if (found !== undefined) attached.seen(repository, found.digest);
      return found;
    },
    async putManifest(repository, reference, bytes, { mediaType }) {
      const linked = await putManifest(connection, { repository, reference, bytes, mediaType });
      attached.seen(repository, digestOf(bytes));
      return linked ? { outcome: 'created', linked } : { outcome: 'created' };
    },
    referrers: (repository, subject) => attached.list(repository, subject),
    tags: (repository, { startAfter } = {}) => tags.list(repository, startAfter),
    deleteManifest: manifestRemover(connection, (repository, tag) => getManifest(connection, repository, tag)),
    async deleteBlob(repository, digest, still) {
      uploads.gone(repository, digest);
      await deleteBlob(connection, { repository, digest, still });
    },
  };
}

/** Connects to a registry; nothing is sent until it is used. */
export function connectRegistry(options: RegistryOptions): RegistryConnection {
  const { credentials, env, meter, signal, ca } = options;
  const host = dockerHub.includes(options.host) ? 'registry-1.docker.io' : options.host;
  const registry = new URL(`${options.insecure ? 'http' : 'https'}://${host}`);
  const http = openHttp({ ...options.http, env, meter, signal, ca });
  const seconds = options.seconds ?? (() => performance.now() / 1000);
  const auth = registryAuth({ http, registry, host: options.host, credentials, seconds });
  return { session: registrySession({ http, auth, registry }), base: new URL('/v2/', registry) };
}

const dockerHub: readonly string[] = ['docker.io', 'index.docker.io'];

async function getBlob(
  connection: RegistryConnection,
  repository: string,
  digest: Digest,
): Promise<Uint8Array | undefined> {
  const task = `read blob "${digest}" of "${repository}"`;
  const response = await connection.session.send({
    method: 'GET',
    url: registryPath(connection.base, repository, `blobs/${digest}`),
    task,
    need: { repository, access: 'pull' },
    expect: [200, 404],
    maxBytes: maxBlobBytes,
  });
  if (response.status === 404) return undefined;
  checkDigest(task, digest, digestOf(response.bytes));
  return response.bytes;
}

async function getManifest(
  connection: RegistryConnection,
  repository: string,
  reference: string,
): Promise<StoredManifest | undefined> {
  const task = `read manifest "${reference}" of "${repository}"`;
  const response = await connection.session.send({
    method: 'GET',
    url: registryPath(connection.base, repository, `manifests/${reference}`),
    task,
    need: { repository, access: 'pull' },
    headers: { accept: manifestTypes },
    expect: [200, 404],
    maxBytes: maxManifestBytes,
  });
  if (response.status === 404) return undefined;
  const digest = digestOf(response.bytes);
  if (reference.startsWith('sha256:')) checkDigest(task, reference, digest);
  checkReported(task, response, digest);
  const mediaType = (response.headers['content-type'] ?? '').split(';', 1)[0]?.trim() ?? '';
  return { bytes: response.bytes, mediaType, digest };
}

interface ManifestUpload {
  readonly repository: string;
  readonly reference: string;
  readonly bytes: Uint8Array;
  readonly mediaType: string;
}

/** Answers whether the registry says that it lists the manifest among the referrers of its subject. */
async function putManifest(connection: RegistryConnection, upload: ManifestUpload): Promise<boolean> {
  const { repository, reference, bytes, mediaType } = upload;
  const task = `write manifest "${reference}" of "${repository}"`;
  const digest = digestOf(bytes);
  if (reference.startsWith('sha256:')) checkDigest(task, reference, digest);
  const response = await connection.session.send({
    method: 'PUT',
    url: registryPath(connection.base, repository, `manifests/${reference}`),
    task,
    need: { repository, access: 'push' },
    headers: { 'content-type': mediaType },
    body: bytes,
    expect: [200, 201, 202],
  });
  checkReported(task, response, digest);
  const linked = response.headers['oci-subject'];
  return linked !== undefined && linked === subjectOf(bytes);
}

function subjectOf(manifest: Uint8Array): string | undefined {
  try {
    return (JSON.parse(Buffer.from(manifest).toString('utf8')) as { readonly subject?: { digest?: string } }).subject
      ?.digest;
  } catch {
    return undefined;
  }
}

/** A registry that reports another digest than ours has other bytes than ours. */
function checkReported(task: string, response: HttpResponse, digest: Digest): void {
  const reported = response.headers['docker-content-digest'];
  if (typeof reported === 'string' && reported.startsWith('sha256:')) checkDigest(task, reported, digest);
}

function checkDigest(task: string, expected: string, actual: Digest): void {
  if (expected === actual) return;
  const hint = 'the bytes were damaged on their way or in the store; run again, and check the store if it stays';
  throw new SlipwayError('CORRUPT', `Cannot ${task}: expected "${expected}", found "${actual}"`, { hint });
}

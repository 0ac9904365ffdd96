/** Uploads of blobs: POST and PUT in one piece, or a mount from another repository (distribution-spec v1.1.1). */
import { SlipwayError } from '../errors.ts';
import type { Digest } from '../model.ts';
import type { HttpResponse } from './http.ts';
import type { Need } from './registry-auth.ts';
import { registryPath } from './registry-path.ts';
import type { RegistrySession } from './registry-session.ts';
import type { Tried } from './retry.ts';

/** A blob to put into a repository. */
export interface Upload {
  readonly repository: string;
  readonly digest: Digest;
  readonly bytes: Uint8Array;
}

/** Puts blobs where they belong, and remembers where they are. */
export interface Uploader {
  /** Errors are those of the session; a lost connection begins the whole upload anew. */
  put(upload: Upload): Promise<void>;
  /** Tells that a blob was seen in a repository: it can be mounted from there. */
  seen(repository: string, digest: Digest): void;
  /** Tells that a blob was read in a repository: whoever puts it there after that found it missing or damaged. */
  read(repository: string, digest: Digest): void;
  /** Tells that a blob is to be deleted from a repository: it cannot be mounted from there any more. */
  gone(repository: string, digest: Digest): void;
}

/** An uploader for the registry at `base`, an URL that ends with `/v2/`. */
export function uploader(session: RegistrySession, base: URL): Uploader {
  const homes = new Map<Digest, string>();
  // Put before, or read: asked for again because it is not right, and a mount might change nothing about that.
  const broken = new Set<string>();
  let mounts = true;
  const seen = (repository: string, digest: Digest): void => {
    if (!homes.has(digest)) homes.set(digest, repository);
  };
  const read = (repository: string, digest: Digest): void => void broken.add(`${repository}@${digest}`);
  const attempt = async (upload: Upload): Promise<Tried<unknown>> => {
    const home = broken.has(`${upload.repository}@${upload.digest}`) ? undefined : homes.get(upload.digest);
    const from = mounts && home !== upload.repository ? home : undefined;
    const started = from === undefined ? undefined : await startMount(upload, from, { session, base });
    if (started?.done === true && started.value.status === 201) return started;
    if (started?.done === false && started.silent) return started;
    // Registries that cannot mount, or not for this user, are asked once in a run.
    if (started !== undefined) mounts = false;
    return putInto(await startUpload(upload, started, { session, base }), upload, session);
  };
  // Uploads of one blob at the same moment disturb each other in distribution 2.8, and all but the first can be mounts.
  const firsts = new Map<Digest, Promise<void>>();
  const afterFirst = async (upload: Upload): Promise<void> => {
    const first = firsts.get(upload.digest);
    await first?.catch(() => undefined);
    await session.repeat(() => attempt(upload));
    seen(upload.repository, upload.digest);
    read(upload.repository, upload.digest);
  };
  return {
    seen,
    read,
    gone(repository, digest) {
      if (homes.get(digest) === repository) homes.delete(digest);
    },
    async put(upload) {
      const mine = afterFirst(upload);
      if (!firsts.has(upload.digest)) firsts.set(upload.digest, mine);
      await mine;
    },
  };
}

interface Place {
  readonly session: RegistrySession;
  readonly base: URL;
}

/** Begins an upload, unless the refused mount has begun one already (202). */
async function startUpload(
  upload: Upload,
  mounting: Tried<HttpResponse> | undefined,
  { session, base }: Place,
): Promise<Tried<HttpResponse>> {
  if (mounting?.done === true) return mounting;
  const need: Need = { repository: upload.repository, access: 'push' };
  const url = registryPath(base, upload.repository, 'blobs/uploads/');
  return session.once({ method: 'POST', url, task: describe(upload), need, expect: [202] });
}

async function putInto(
  started: Tried<HttpResponse>,
  upload: Upload,
  session: RegistrySession,
): Promise<Tried<unknown>> {
  if (!started.done) return started;
  return session.once({
    method: 'PUT',
    url: uploadUrl(started.value, upload),
    task: describe(upload),
    need: { repository: upload.repository, access: 'push' },
    headers: { 'content-type': 'application/octet-stream' },
    body: upload.bytes,
    expect: [201, 202, 204],
  });
}

/** Asks for a mount: 201 done, 202 an upload instead; a refusal comes back as not done, for the ordinary way to judge. */
async function startMount(upload: Upload, from: string, { session, base }: Place): Promise<Tried<HttpResponse>> {
  const url = registryPath(base, upload.repository, 'blobs/uploads/');
  url.searchParams.set('mount', upload.digest);
  url.searchParams.set('from', from);
  const need: Need = { repository: upload.repository, access: 'push', from };
  try {
    return await session.once({ method: 'POST', url, task: describe(upload), need, expect: [201, 202] });
  } catch (error) {
    if (error instanceof SlipwayError && mountRefusals.includes(error.code)) return { done: false, error };
    throw error;
  }
}

const mountRefusals: readonly string[] = ['AUTH', 'DENIED', 'NOT_FOUND', 'STORE'];

function describe({ repository, digest }: Upload): string {
  return `upload blob "${digest}" to "${repository}"`;
}

// The Location is absolute or relative and may carry state: only the digest is added (distribution-spec v1.1.1).
function uploadUrl(started: HttpResponse, upload: Upload): URL {
  const { location } = started.headers;
  const isUrl = location !== undefined && URL.canParse(location, started.url.href);
  const url = isUrl ? new URL(location, started.url) : undefined;
  const isDowngrade = started.url.protocol === 'https:' && url?.protocol !== 'https:';
  if (url === undefined || isDowngrade) {
    const state = url === undefined ? 'no place for it' : 'a place without TLS';
    const hint = 'check how the registry, or the proxy in front of it, is told its own address';
    throw new SlipwayError('STORE', `Cannot ${describe(upload)}: "${started.url.host}" answered ${state}`, { hint });
  }
  const separator = url.search === '' ? '?' : '&';
  url.search = `${url.search}${separator}digest=${encodeURIComponent(upload.digest)}`;
  return url;
}

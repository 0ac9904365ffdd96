/** Listing what is attached to a manifest (distribution-spec v1.1.1 "Listing Referrers"), where the registry can. */
import { isDigest } from '../digest.ts';
import type { Digest, ReferrerDescriptor } from '../model.ts';
import type { HttpResponse } from './http.ts';
import { brokenListing, pages, parsePage } from './registry-pages.ts';
import { registryPath } from './registry-path.ts';
import type { RegistrySession } from './registry-session.ts';

/** Lists referrers, and learns whether the registry has the API. */
export interface ReferrerLister {
  /** All pages; undefined where there is no such API. Throws `STORE` for a listing that makes no sense. */
  list(repository: string, subject: Digest): Promise<readonly ReferrerDescriptor[] | undefined>;
  /** Tells that a manifest was read or written: what the registry says of its referrers is about the API, not about it. */
  seen(repository: string, manifest: Digest): void;
}

const INDEX_TYPE = 'application/vnd.oci.image.index.v1+json';
/** How registries say that they have no such API (go-containerregistry takes the first three for it, and goes by type). */
const refusals: readonly number[] = [404, 400, 406, 405];

/** A lister for the registry at `base`, an URL that ends with `/v2/`. */
export function referrerLister(session: RegistrySession, base: URL): ReferrerLister {
  const manifests = new Set<string>();
  let api: 'unknown' | 'there' | 'none' = 'unknown';
  const read = async (repository: string, subject: Digest): Promise<readonly ReferrerDescriptor[] | undefined> => {
    const task = `list what is attached to "${subject}" in "${repository}"`;
    const url = registryPath(base, repository, `referrers/${subject}`);
    const need = { repository, access: 'pull' } as const;
    const found: ReferrerDescriptor[] = [];
    const asked = { url, task, need, headers: { accept: INDEX_TYPE }, expect: [200, ...refusals] };
    for await (const answer of pages(session, asked)) {
      const isList = isListing(answer);
      if (isList) found.push(...readPage(answer.bytes, task));
      if (isList) api = 'there';
      // Of an unknown repository a registry may answer 404 although it has the API.
      else if (api === 'unknown' && tellsOfApi(answer, manifests.has(`${repository}@${subject}`))) api = 'none';
      if (!isList) return undefined;
    }
    return found;
  };
  let first: Promise<unknown> | undefined;
  return {
    seen: (repository, manifest) => void manifests.add(`${repository}@${manifest}`),
    async list(repository, subject) {
      // The first answer may save all others.
      if (first !== undefined) await first;
      if (api === 'none') return undefined;
      const mine = read(repository, subject);
      first ??= mine.catch(() => undefined);
      return mine;
    },
  };
}

// Byte for byte: cosign and Flux look at nothing else, and go to the tag for `…; charset=utf-8`.
function isListing({ status, headers }: HttpResponse): boolean {
  return status === 200 && headers['content-type'] === INDEX_TYPE;
}

function tellsOfApi({ status, bytes }: HttpResponse, isKnown: boolean): boolean {
  if (status !== 404 || isKnown) return true;
  const text = Buffer.from(bytes.subarray(0, 16_384)).toString('utf8');
  return !/"(?:NAME|MANIFEST|BLOB)_UNKNOWN"|"NAME_INVALID"|"NOT_FOUND"/.test(text);
}

function readPage(bytes: Uint8Array, task: string): readonly ReferrerDescriptor[] {
  const body = parsePage(bytes, task);
  const manifests: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'manifests') : undefined;
  // Go writes null for an empty list.
  if (manifests === null) return [];
  if (!Array.isArray(manifests)) throw brokenListing(task, 'the answer has no list of manifests');
  return manifests.filter(isReferrer);
}

/** Whether a value is a descriptor by sha256; other digests are not read here. */
function isReferrer(value: unknown): value is ReferrerDescriptor {
  if (typeof value !== 'object' || value === null) return false;
  const { mediaType, digest, size } = value as Readonly<Record<string, unknown>>;
  const isDescriptor = typeof mediaType === 'string' && Number.isSafeInteger(size);
  return isDescriptor && isDigest(digest);
}

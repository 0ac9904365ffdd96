/** Listing the tags of a repository, page by page (distribution-spec v1.1.1 "Listing Tags"). */
import { SlipwayError } from '../errors.ts';
import type { HttpResponse } from './http.ts';
import { registryPath } from './registry-path.ts';
import type { RegistrySession } from './registry-session.ts';

/** Lists tags, and learns whether the registry keeps them in order. */
export interface TagLister {
  /** All tags in byte order, or those after `startAfter`; an absent repository has none. */
  list(repository: string, startAfter: string | undefined): Promise<readonly string[]>;
}

// ECR refuses more.
const pageSize = 1000;
const maxPages = 10_000;
const maxPageBytes = 16 * 1_048_576;

/** A lister for the registry at `base`, an URL that ends with `/v2/`. Throws `STORE` for a listing that makes no sense. */
export function tagLister(session: RegistrySession, base: URL): TagLister {
  let ordered = true;
  return {
    async list(repository, startAfter) {
      const asked = ordered ? startAfter : undefined;
      let tags = await allPages(repository, asked, { session, base });
      // A registry that ignores `last`, or orders in its own way, may have left out what we asked for.
      if (asked !== undefined && !isAscending([asked, ...tags])) {
        ordered = false;
        tags = await allPages(repository, undefined, { session, base });
      }
      const wanted = startAfter === undefined ? tags : tags.filter((tag) => byBytes(startAfter, tag) < 0);
      return [...new Set(wanted)].sort(byBytes);
    },
  };
}

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

function isAscending(tags: readonly string[]): boolean {
  return tags.every((tag, index) => index === 0 || byBytes(tags[index - 1] ?? '', tag) < 0);
}

interface Place {
  readonly session: RegistrySession;
  readonly base: URL;
}

async function allPages(repository: string, last: string | undefined, { session, base }: Place): Promise<string[]> {
  const task = `list the tags of "${repository}"`;
  const tags: string[] = [];
  const visited = new Set<string>();
  let url: URL | undefined = registryPath(base, repository, 'tags/list');
  url.searchParams.set('n', String(pageSize));
  if (last !== undefined) url.searchParams.set('last', last);
  while (url !== undefined) {
    if (visited.has(url.href) || visited.size >= maxPages) throw broken(task, 'its pages never end');
    visited.add(url.href);
    const response: HttpResponse = await session.send({
      method: 'GET',
      url,
      task,
      need: { repository, access: 'pull' },
      headers: { accept: 'application/json' },
      expect: [200, 404],
      maxBytes: maxPageBytes,
    });
    if (response.status === 404) return tags;
    tags.push(...readPage(response.bytes, task));
    url = nextPage(response, url, task);
  }
  return tags;
}

function readPage(bytes: Uint8Array, task: string): readonly string[] {
  let body: unknown;
  try {
    body = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (cause) {
    throw broken(task, 'the answer is not JSON', cause);
  }
  const tags: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'tags') : undefined;
  // Repositories without tags answer null in distribution.
  if (tags === null || tags === undefined) return [];
  if (Array.isArray(tags) && tags.every((tag) => typeof tag === 'string')) return tags;
  throw broken(task, 'the answer has no list of tags');
}

// RFC 8288, as far as registries use it: <target>; rel="next".
function nextPage(response: HttpResponse, url: URL, task: string): URL | undefined {
  const link = response.headers.link;
  const target = /<([^>]*)>\s*;[^,]*\brel\s*=\s*"?next\b/i.exec(
    Array.isArray(link) ? link.join(', ') : (link ?? ''),
  )?.[1];
  if (target === undefined) return undefined;
  const next = URL.canParse(target, url.href) ? new URL(target, url) : undefined;
  if (next?.origin !== url.origin) throw broken(task, 'the next page is on another host');
  return next;
}

function broken(task: string, state: string, cause?: unknown): SlipwayError {
  const hint = "check that the store's URL names a registry, and that the proxy in front of it keeps its answers";
  return new SlipwayError('STORE', `Cannot ${task}: ${state}`, { hint, cause });
}

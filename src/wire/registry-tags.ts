/** Listing the tags of a repository, page by page (distribution-spec v1.1.1 "Listing Tags"). */
import { brokenListing, pages, parsePage } from './registry-pages.ts';
import { registryPath } from './registry-path.ts';
import type { RegistrySession } from './registry-session.ts';

/** Lists tags, and learns whether the registry keeps them in order. */
export interface TagLister {
  /** All tags in byte order, or those after `startAfter`; an absent repository has none. */
  list(repository: string, startAfter: string | undefined): Promise<readonly string[]>;
}

// ECR refuses more.
const pageSize = 1000;

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
  const first = registryPath(base, repository, 'tags/list');
  first.searchParams.set('n', String(pageSize));
  if (last !== undefined) first.searchParams.set('last', last);
  const need = { repository, access: 'pull' } as const;
  const asked = { url: first, task, need, headers: { accept: 'application/json' }, expect: [200, 404] };
  const tags: string[] = [];
  for await (const { status, bytes } of pages(session, asked)) {
    if (status === 404) break;
    tags.push(...readPage(bytes, task));
  }
  return tags;
}

function readPage(bytes: Uint8Array, task: string): readonly string[] {
  const body = parsePage(bytes, task);
  const tags: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'tags') : undefined;
  // Repositories without tags answer null in distribution.
  if (tags === null || tags === undefined) return [];
  if (Array.isArray(tags) && tags.every((tag) => typeof tag === 'string')) return tags;
  throw brokenListing(task, 'the answer has no list of tags');
}

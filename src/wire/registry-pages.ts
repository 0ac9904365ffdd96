/** Answers of a registry that come in pages, led on by `Link` (RFC 8288, as far as registries use it). */
import { SlipwayError } from '../errors.ts';
import type { HttpResponse } from './http.ts';
import type { RegistryRequest, RegistrySession } from './registry-session.ts';

const maxPages = 10_000;
const maxPageBytes = 16 * 1_048_576;

/** A request for the first page. */
export type PageRequest = Omit<RegistryRequest, 'method' | 'maxBytes'>;

/** All pages, each asked for when the one before was taken. Throws `STORE` for pages that never end or lead elsewhere. */
export async function* pages(session: RegistrySession, first: PageRequest): AsyncGenerator<HttpResponse> {
  const { task } = first;
  const visited = new Set<string>();
  let url: URL | undefined = first.url;
  while (url !== undefined) {
    if (visited.has(url.href) || visited.size >= maxPages) throw brokenListing(task, 'its pages never end');
    visited.add(url.href);
    const response: HttpResponse = await session.send({ ...first, method: 'GET', url, maxBytes: maxPageBytes });
    yield response;
    url = nextPage(response, url, task);
  }
}

function nextPage(response: HttpResponse, url: URL, task: string): URL | undefined {
  const link = response.headers.link;
  const target = /<([^>]*)>\s*;[^,]*\brel\s*=\s*"?next\b/i.exec(
    Array.isArray(link) ? link.join(', ') : (link ?? ''),
  )?.[1];
  if (target === undefined) return undefined;
  const next = URL.canParse(target, url.href) ? new URL(target, url) : undefined;
  if (next?.origin !== url.origin) throw brokenListing(task, 'the next page is on another host');
  return next;
}

/** The JSON of a page. Throws `STORE` for anything else. */
export function parsePage(bytes: Uint8Array, task: string): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (cause) {
    throw brokenListing(task, 'the answer is not JSON', cause);
  }
}

/** A listing that makes no sense. */
export function brokenListing(task: string, state: string, cause?: unknown): SlipwayError {
  const hint = "check that the store's URL names a registry, and that the proxy in front of it keeps its answers";
  return new SlipwayError('STORE', `Cannot ${task}: ${state}`, { hint, cause });
}

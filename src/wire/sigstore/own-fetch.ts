/** `fetch` for a library that takes no client: what it asks goes through ours, and nobody else's requests do. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Http } from '../http.ts';

type Fetch = typeof globalThis.fetch;

const asking = new AsyncLocalStorage<Fetch>();
let isInstalled = false;

/** Runs `work`, in which `fetch` sends GETs by `http`, so that they go through proxies. Errors are those of {@link Http}. */
export function withFetch<T>(http: Http, task: string, work: () => Promise<T>): Promise<T> {
  if (!isInstalled) install();
  return asking.run(fetchBy(http, task), work);
}

/** Outside of {@link withFetch}, and in whatever runs beside it, `fetch` stays what it was. */
function install(): void {
  const original = globalThis.fetch;
  globalThis.fetch = (...request) => (asking.getStore() ?? original)(...request);
  isInstalled = true;
}

const MAX_BYTES = 16 * 1_048_576;

function fetchBy(http: Http, task: string): Fetch {
  return async (input) => {
    const url = new URL(input instanceof Request ? input.url : input);
    // TUF tells by these two that there is no newer root.
    const tried = await http.once({ method: 'GET', url, task, expect: [200, 403, 404], maxBytes: MAX_BYTES });
    if (!tried.done) throw tried.error;
    return new Response(Uint8Array.from(tried.value.bytes), { status: tried.value.status });
  };
}

/**
 * What Flux does with a bucket, request by request (source-controller 1.9, `bucket_controller.go`, `minio.go`): nothing of
 * src/ takes part but the port that stands for the server.
 */
import { createHash } from 'node:crypto';
import type { Objects } from '../../src/ship/ports.ts';

/** What one reconcile ends with: files by their full keys. `failed` is one that Flux repeats, keeping what it had. */
export type Read =
  | { readonly kind: 'files'; readonly revision: string; readonly files: ReadonlyMap<string, Buffer> }
  | { readonly kind: 'failed'; readonly reason: string };

/** How a reader asks: each of its requests is one call of the port. */
export interface BucketReader {
  /** Reconciles a Bucket with this prefix. */
  read(prefix: string): Promise<Read>;
  /** One GET, as a client of a registry sends it; undefined for 404. */
  get(key: string): Promise<Buffer | undefined>;
}

const PAGE = 2;
const MOVED = 'the object changed between HEAD and GET';

const hash = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;
const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** The revision of an index: sha256 over its "key etag" lines in byte order. */
export function revisionOf(index: ReadonlyMap<string, string>): string {
  return hash(
    [...index]
      .sort(([a], [b]) => byBytes(a, b))
      .map(([key, etag]) => `${key} ${etag}\n`)
      .join(''),
  );
}

async function headOf(objects: Objects, key: string): Promise<string | undefined> {
  const [found] = (await objects.list(key, { limit: 1 })).objects;
  return found?.key === key ? found.etag : undefined;
}

/** LIST, page by page: etags by key. */
async function indexOf(objects: Objects, prefix: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (let startAfter: string | undefined; ; ) {
    const page = await objects.list(prefix, { limit: PAGE, ...(startAfter !== undefined && { startAfter }) });
    for (const { key, etag } of page.objects) if (!key.endsWith('/') && key !== '.sourceignore') found.set(key, etag);
    startAfter = page.objects.at(-1)?.key;
    if (page.objects.length < PAGE) return found;
  }
}

type Fetched = { readonly etag: string; readonly bytes: Buffer } | undefined | 'changed';

/** HEAD, HEAD, GET If-Match. Undefined when it vanished; `changed` when If-Match refused it. */
async function fetchOne(objects: Objects, key: string): Promise<Fetched> {
  const etag = await headOf(objects, key);
  if (etag === undefined) return undefined;
  const again = await headOf(objects, key);
  if (again === undefined) return undefined;
  if (again !== etag) return 'changed';
  const found = await objects.get(key);
  if (found === undefined) return undefined;
  return found.etag === etag ? { etag, bytes: Buffer.from(found.bytes) } : 'changed';
}

/** A reader of these objects, whose keys are those of the bucket. Pages hold two keys, so that there are several. */
export function bucketReader(objects: Objects): BucketReader {
  return {
    async read(prefix) {
      // HEAD of the bucket changes nothing here; the file at the root may leave things out.
      if ((await headOf(objects, '.sourceignore')) !== undefined)
        return { kind: 'failed', reason: 'a root .sourceignore' };
      const found = await indexOf(objects, prefix);
      const files = new Map<string, Buffer>();
      const keys = [...found.keys()];
      const fetched = await Promise.all(keys.map(async (key) => ({ key, object: await fetchOne(objects, key) })));
      for (const { key, object } of fetched) {
        if (object === 'changed') return { kind: 'failed', reason: MOVED };
        if (object === undefined) found.delete(key);
        else {
          found.set(key, object.etag);
          files.set(key, object.bytes);
        }
      }
      return { kind: 'files', revision: revisionOf(found), files };
    },
    async get(key) {
      const found = await objects.get(key);
      return found && Buffer.from(found.bytes);
    },
  };
}

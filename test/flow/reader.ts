/** Reads what Flux reads, with code of its own: nothing of src/ takes part. */
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { operate } from '../fakes/bucket-operations.ts';
import { route } from '../fakes/registry-routes.ts';
import type { Contents } from './stage.ts';

/** Answers a GET of a registry: undefined for 404. */
export type Get = (path: string) => Buffer | undefined | Promise<Buffer | undefined>;

const sha256 = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const IMAGE_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

/** GETs by the fake's own routes, without a socket: the state of this very moment. */
export function instantly({ repositories }: Contents): Get {
  const contents = { repositories, uploads: new Map<string, Buffer>() };
  const options = {
    referrers: false,
    forgetsUntagged: false,
    mounts: false,
    createsRepositories: false,
    absoluteLocations: false,
    pageSize: 1000,
    origin: '',
  };
  return (path) => {
    const headers = { accept: IMAGE_MANIFEST };
    const asked = { method: 'GET', path, query: new URLSearchParams(), headers, body: Buffer.alloc(0) };
    const { status, body = '' } = route(asked, contents, options);
    return status === 200 ? Buffer.from(body) : undefined;
  };
}

/** GETs over HTTP. */
export function overHttp(origin: string): Get {
  return async (path) => {
    const response = await fetch(origin + path, { headers: { accept: IMAGE_MANIFEST } });
    if (response.status === 404) return undefined;
    if (!response.ok) throw new Error(`${path} answered ${response.status}`);
    return Buffer.from(await response.arrayBuffer());
  };
}

/** What a name shows. */
export interface Shown {
  /** The manifest's digest in a registry, the object's in a bucket. */
  readonly digest: string;
  readonly text: string;
}

/** The files of a tar archive (POSIX ustar), by path. */
function filesOf(archive: Buffer): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (let at = 0; at + 512 <= archive.length && archive[at] !== 0; ) {
    const path = archive.toString('utf8', at, at + 100).replace(/\0.*$/s, '');
    const size = Number.parseInt(archive.toString('latin1', at + 124, at + 135), 8);
    files.set(path, archive.toString('utf8', at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}

/** What an OCIRepository with this tag would apply; undefined when there is no such tag. Throws when it is not whole. */
export async function readTag(get: Get, repository: string, tag: string): Promise<Shown | undefined> {
  const manifest = await get(`/v2/${repository}/manifests/${tag}`);
  if (manifest === undefined) return undefined;
  const { layers } = JSON.parse(manifest.toString('utf8')) as {
    readonly layers: readonly { readonly digest: string; readonly size: number }[];
  };
  const [layer] = layers;
  if (layer === undefined || layers.length !== 1) throw new Error(`${repository}:${tag} has ${layers.length} layers`);
  const blob = await get(`/v2/${repository}/blobs/${layer.digest}`);
  if (blob === undefined) throw new Error(`${repository}:${tag} speaks of a layer that is not there`);
  if (sha256(blob) !== layer.digest || blob.length !== layer.size) throw new Error(`${repository}:${tag} is damaged`);
  const files = filesOf(gunzipSync(blob));
  const text = files.get('manifests.yaml');
  if (text === undefined || files.size !== 1) throw new Error(`${repository}:${tag} holds ${[...files.keys()]}`);
  return { digest: sha256(manifest), text };
}

/** What a Bucket with this prefix would apply; undefined when there is no object. */
export function readObject({ objects }: Contents, key: string): Shown | undefined {
  const request = { method: 'GET', key, query: new URLSearchParams(), headers: {}, body: Buffer.alloc(0) };
  const { status, body = '' } = operate(objects, request, {
    conditions: 'atomic',
    etags: 'md5',
    pageSize: 1000,
  });
  if (status === 404) return undefined;
  const bytes = Buffer.from(body);
  return { digest: sha256(bytes), text: bytes.toString('utf8') };
}

/** The parts of a release record that its readers may rely on. */
export interface RecordShown {
  readonly generation: number;
  readonly run: string;
  readonly kind: string;
  readonly floor?: { readonly commit: string };
  readonly artifacts: readonly {
    readonly name: string;
    readonly commit?: string;
    readonly manifest: string;
    readonly orphan?: true;
    readonly views: { readonly object?: { readonly digest: string } };
  }[];
}

/** The bucket's records of a channel, newest first. */
export function bucketRecords({ objects }: Contents, channel: string, project = 'default'): readonly RecordShown[] {
  const prefix = `gitops/releases/${project}/${channel}/`;
  const keys = [...objects.keys()].filter((key) => key.startsWith(prefix) && !key.slice(prefix.length).includes('/'));
  return keys.sort().map((key) => JSON.parse(String(objects.get(key)?.bytes)) as RecordShown);
}

/** The registry's records of a channel, newest first; of one number the smaller run id first. */
export function registryRecords({ repositories }: Contents, channel: string): readonly RecordShown[] {
  const { tags, manifests, blobs } = repositories.get('fleet/releases') ?? {};
  const names = [...(tags?.keys() ?? [])].filter((tag) => /\.\d{9}\.[0-9a-f]{8}$/.test(tag));
  const records = names
    .filter((tag) => tag.startsWith(`slipway.default.${channel}.`))
    .map((tag) => {
      const manifest = JSON.parse(String(manifests?.get(tags?.get(tag) ?? '')?.bytes ?? '{}').toString()) as {
        readonly layers: readonly { readonly digest: string }[];
      };
      return JSON.parse(
        Buffer.from(blobs?.get(manifest.layers[0]?.digest ?? '') ?? []).toString('utf8'),
      ) as RecordShown;
    });
  return records.sort((a, b) => b.generation - a.generation || (a.run < b.run ? -1 : 1));
}

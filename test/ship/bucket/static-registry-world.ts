/** Publishes to a bucket that is a registry, through the whole protocol, and what clients then find. */
import type { Digest } from '../../../src/model.ts';
import { forms } from '../../../src/seal/forms.ts';
import type { ProbeOptions } from '../../../src/ship/bucket/probe/scratch.ts';
import { registryBucketStore } from '../../../src/ship/bucket/static-registry/store.ts';
import { memoryObjects } from '../../../src/ship/memory.ts';
import type { Objects } from '../../../src/ship/ports.ts';
import type { Decided } from '../../../src/ship/release.ts';
import type { Store } from '../../../src/ship/store.ts';
import { type Publisher, packed, planOf, publishOnce } from '../../flow/world.ts';
import { pull } from './static-registry-client.ts';

const PREFIX = 'gitops/';

/** The objects below a prefix. */
function below(objects: Objects, prefix: string): Objects {
  return {
    get: (key) => objects.get(prefix + key),
    put: (key, ...rest) => objects.put(prefix + key, ...rest),
    replace: (key, ...rest) => objects.replace(prefix + key, ...rest),
    delete: (key) => objects.delete(prefix + key),
    async list(start, options = {}) {
      const { startAfter } = options;
      const moved = { ...options, ...(startAfter !== undefined && { startAfter: prefix + startAfter }) };
      const { objects: found, prefixes } = await objects.list(prefix + start, moved);
      const cut = (key: string): string => key.slice(prefix.length);
      return { objects: found.map((object) => ({ ...object, key: cut(object.key) })), prefixes: prefixes.map(cut) };
    },
  };
}

/** A store in a bucket. */
export function openStore(root: Objects, options: Partial<Parameters<typeof registryBucketStore>[0]> = {}): Store {
  return registryBucketStore({
    name: 's3',
    url: 's3://fleet/gitops?layout=registry',
    project: 'default',
    root,
    objects: below(root, PREFIX),
    keyPrefix: PREFIX,
    referencePrefix: 's3://fleet/',
    referenceQuery: '?layout=registry&region=eu-central-1',
    forms,
    ...options,
  });
}

/** The options of a probe, for stores that read what their bucket can do. */
export const probe = (): ProbeOptions => ({ run: 'ab'.repeat(8), at: '2026-11-20T00:00:00Z' });

/** A bucket that was tried. `match`: what its `If-Match` is worth. */
export async function triedBucket(match: 'atomic' | 'none', root: Objects = memoryObjects()): Promise<Objects> {
  const { at } = probe();
  const found = { class: 'atomic', match, etag: 'md5', reads: 'fresh', listing: 'ordered', at };
  const marker = Buffer.from(JSON.stringify({ format: 1, owner: 'slipway', probe: found }));
  await root.put(`${PREFIX}slipway.json`, marker, { contentType: 'application/json' });
  return root;
}

/** The objects, with every request as `method key`. */
export function logged(objects: Objects): Objects & { readonly requests: string[] } {
  const requests: string[] = [];
  const log =
    <A extends readonly [string, ...unknown[]], R>(name: string, method: (...args: A) => Promise<R>) =>
    (...args: A): Promise<R> => {
      requests.push(`${name} ${args[0]}`);
      return method(...args);
    };
  return {
    get: log('get', objects.get),
    put: log('put', objects.put),
    replace: log('replace', objects.replace),
    delete: log('delete', objects.delete),
    list: log('list', objects.list),
    requests,
  };
}

/** The content of artifacts by their names. */
export type Letters = Readonly<Record<string, string>>;

/** One run of commit `commit`, by a publisher of its own. */
export async function publish(
  root: Objects,
  commit: number,
  letters: Letters,
  more: Partial<Publisher> = {},
): Promise<Decided> {
  const publisher: Publisher = {
    run: commit,
    commit,
    letters,
    stores: [openStore(root)],
    primary: 's3',
    quorum: 1,
    ...more,
  };
  return publishOnce(publisher);
}

/** A run of a version alone. */
export async function publishVersion(root: Objects, run: number): Promise<Decided> {
  const letters = { web: 'a' };
  const publisher = { run, commit: 1, letters, stores: [openStore(root)], primary: 's3', quorum: 1, version: '1.4.0' };
  const { channel: _, ...plan } = planOf(publisher);
  return publishOnce(publisher, plan);
}

/** Twenty artifacts of the same content. */
export const many = (letter: string): Letters =>
  Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`app-${String(n).padStart(2, '0')}`, letter]));
/** What became of a run and its stores. */
export const outcomeOf = ({ outcome, end, sites }: Decided): unknown => ({
  outcome: end?.outcome ?? outcome,
  states: sites.map(({ state }) => state),
});
/** The digest of an artifact's content. */
export const contentOf = (artifact: string, letter: string): Digest => packed(artifact, letter).content.digest;

/** What a client gets by a tag: the digest of the content. */
export async function shown(root: Objects, artifact: string, tag = 'prod'): Promise<string | undefined> {
  if ((await pull(root, `gitops/${artifact}`, tag)) === undefined) return undefined;
  const { bytes = Buffer.of() } = (await root.get(`v2/gitops/${artifact}/manifests/${tag}`)) ?? {};
  const { layers } = JSON.parse(Buffer.from(bytes).toString()) as { layers: readonly [{ readonly digest: string }] };
  return layers[0].digest;
}

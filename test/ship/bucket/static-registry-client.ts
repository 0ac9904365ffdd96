/** What a client of the distribution API finds in a bucket: it only gets keys, and believes no byte that it cannot check. */
import { digestOf } from '../../../src/digest.ts';
import type { Descriptor, Digest } from '../../../src/model.ts';
import type { Objects } from '../../../src/ship/ports.ts';

interface Manifest {
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

/** An artifact as a tag shows it: its manifest, and the layers of what is attached to it. */
export interface Shown {
  readonly manifest: Digest;
  readonly proofs: readonly Digest[];
}

/** Undefined where there is no such tag. Throws for whatever is named and not there, or not what it is named. */
export async function pull(objects: Objects, repository: string, tag: string): Promise<Shown | undefined> {
  const home = `v2/${repository}/`;
  const tagged = await objects.get(`${home}manifests/${tag}`);
  if (tagged === undefined) return undefined;
  const manifest = digestOf(tagged.bytes);
  if ((await objects.get('v2/')) === undefined) throw new Error('GET /v2/ finds nothing');
  await pullParts(objects, home, manifest);
  const proofs: Digest[] = [];
  for (const { digest } of await listed(objects, home, manifest)) {
    const { layers } = await pullParts(objects, home, digest);
    proofs.push(...layers.map((layer) => layer.digest));
  }
  return { manifest, proofs };
}

/** The tags that a client lists; each must be there. */
export async function listTags(objects: Objects, repository: string): Promise<readonly string[]> {
  const list = await objects.get(`v2/${repository}/tags/list`);
  if (list === undefined) return [];
  const { name, tags } = JSON.parse(Buffer.from(list.bytes).toString()) as { name: string; tags: readonly string[] };
  if (name !== repository) throw new Error(`the list of "${repository}" is that of "${name}"`);
  for (const tag of tags) await whole(objects, `v2/${repository}/manifests/${tag}`);
  return tags;
}

async function listed(objects: Objects, home: string, subject: Digest): Promise<readonly Descriptor[]> {
  const index = await whole(objects, `${home}referrers/${subject}`);
  const { manifests } = JSON.parse(Buffer.from(index).toString()) as { readonly manifests: readonly Descriptor[] };
  return manifests;
}

async function pullParts(objects: Objects, home: string, digest: Digest): Promise<Manifest> {
  const bytes = await whole(objects, `${home}manifests/${digest}`, digest);
  await listed(objects, home, digest);
  const manifest = JSON.parse(Buffer.from(bytes).toString()) as Manifest;
  for (const part of [manifest.config, ...manifest.layers]) {
    const blob = await whole(objects, `${home}blobs/${part.digest}`, part.digest);
    if (blob.length !== part.size) throw new Error(`"${part.digest}" is not as long as its manifest says`);
  }
  return manifest;
}

async function whole(objects: Objects, key: string, digest?: Digest): Promise<Uint8Array> {
  const found = await objects.get(key);
  if (found === undefined) throw new Error(`"${key}" is missing`);
  if (digest !== undefined && digestOf(found.bytes) !== digest) throw new Error(`"${key}" is damaged`);
  return found.bytes;
}

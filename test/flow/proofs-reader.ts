/** What readers find beside a name, read with code of its own, and judged by a policy as a verifier's user writes it. */
import { createHash } from 'node:crypto';
import type { Attachments, Digest, Entry, ProofPolicy } from '../../src/model.ts';
import { openPolicy } from '../../src/open-seal.ts';
import type { FakeRepository } from '../fakes/registry-routes.ts';
import type { Contents } from './stage.ts';

/** A record or claim as far as proofs go. */
interface Listed {
  readonly artifacts: readonly Entry[];
}

interface Manifest {
  readonly mediaType: string;
  readonly subject?: { readonly digest: string };
  readonly layers?: readonly { readonly digest: Digest; readonly annotations?: Readonly<Record<string, string>> }[];
  readonly manifests?: readonly { readonly digest: string }[];
}

const digestOf = (bytes: Uint8Array): Digest => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

function manifestAt({ manifests, tags }: FakeRepository, reference: string): Manifest | undefined {
  const found = manifests.get(tags.get(reference) ?? reference);
  return found && (JSON.parse(Buffer.from(found.bytes).toString('utf8')) as Manifest);
}

function referrersOf(repository: FakeRepository, manifest: Digest, hasApi: boolean): readonly string[] {
  if (!hasApi) return (manifestAt(repository, manifest.replace(':', '-'))?.manifests ?? []).map(({ digest }) => digest);
  return [...repository.manifests.keys()].filter((one) => manifestAt(repository, one)?.subject?.digest === manifest);
}

/** What is attached to a manifest in a registry, with or without the referrers API. */
export function besideManifest(
  { repositories }: Contents,
  { repository: name, manifest, hasApi }: { repository: string; manifest: Digest; hasApi: boolean },
): Attachments {
  const repository = repositories.get(name);
  if (repository === undefined) return { bundles: [], signatures: [], notations: [] };
  const blobs = referrersOf(repository, manifest, hasApi).flatMap((referrer) => {
    const [layer] = manifestAt(repository, referrer)?.layers ?? [];
    const bytes = layer && repository.blobs.get(layer.digest);
    return layer === undefined || bytes === undefined ? [] : [{ digest: layer.digest, bytes }];
  });
  const isBundle = ({ bytes }: { readonly bytes: Uint8Array }): boolean =>
    Buffer.from(bytes).includes('"dsseEnvelope"');
  const signed = manifestAt(repository, `${manifest.replace(':', '-')}.sig`)?.layers ?? [];
  return {
    bundles: blobs.filter(isBundle),
    notations: blobs.filter((blob) => !isBundle(blob)),
    signatures: signed.flatMap(({ digest, annotations = {} }) => {
      const payload = repository.blobs.get(digest);
      return payload === undefined ? [] : [{ payload, annotations }];
    }),
  };
}

const SUFFIXES = ['.sigstore.json', '.sig.json', '.jws'];

/** The proofs of an entry in the bucket; those that are missing or damaged are left out. */
export function besideEntry({ objects }: Contents, { proofs }: Pick<Entry, 'proofs'>): Attachments {
  const found = proofs.flatMap(({ digest }) => {
    const name = `gitops/proofs/sha256/${digest.slice('sha256:'.length)}`;
    const bytes = SUFFIXES.map((suffix) => objects.get(name + suffix)?.bytes).find((one) => one !== undefined);
    return bytes === undefined || digestOf(bytes) !== digest ? [] : [{ digest, bytes }];
  });
  return { bundles: found, signatures: [], notations: [] };
}

/** The newest record in the bucket, or the claim, that lists this object for the artifact. */
function entryShowing({ objects }: Contents, place: string, name: string, object: Digest): Entry | undefined {
  const keys = [...objects.keys()].filter((key) => key.startsWith(`gitops/releases/default/${place}`)).sort();
  for (const key of keys) {
    const { artifacts } = JSON.parse(Buffer.from(objects.get(key)?.bytes ?? []).toString('utf8')) as Listed;
    const entry = artifacts.find((one) => one.name === name && one.views.object?.digest === object);
    if (entry !== undefined) return entry;
  }
  return undefined;
}

/** A policy that accepts what any of these keys signed. */
export function policyOf(...keys: readonly string[]): Promise<ProofPolicy> {
  const env = Object.fromEntries(keys.map((text, index) => [`PUB_${index}`, text]));
  const sources = Object.keys(env).map((variable) => ({ kind: 'env', shown: variable, variable }) as const);
  return openPolicy({ signer: { kind: 'key', keys: sources } }, { cwd: '/', env, now: () => new Date() });
}

/** Who looks, and at what. */
export interface Looking {
  readonly policy: ProofPolicy;
  readonly channel: string;
  readonly version?: string | undefined;
  readonly artifacts: readonly string[];
  /** Whether the registry has the referrers API. */
  readonly hasApi: boolean;
}

/**
 * Throws unless everything that a name of the channel or version shows, in the registry `eu` and in the bucket `us`, is
 * proved. Answers how many names show something.
 */
export async function assertProved(contents: Contents, looking: Looking): Promise<number> {
  const { channel, version, artifacts } = looking;
  const inChannel = { tag: channel, folder: `channels/${channel}`, place: `${channel}/` };
  const inVersion = { tag: version ?? '', folder: `versions/${version}`, place: `versions/${version}.json` };
  let shown = 0;
  for (const space of version === undefined ? [inChannel] : [inChannel, inVersion]) {
    for (const name of artifacts) {
      if (await isTagProved(contents, name, { ...looking, ...space })) shown += 1;
      if (await isObjectProved(contents, name, { ...looking, ...space })) shown += 1;
    }
  }
  return shown;
}

interface Space extends Looking {
  readonly tag: string;
  /** Of names in the bucket. */
  readonly folder: string;
  /** Where its records are, below the project. */
  readonly place: string;
}

/** False when there is no such tag. */
async function isTagProved(contents: Contents, name: string, { policy, tag, hasApi }: Space): Promise<boolean> {
  const repository = contents.repositories.get(`fleet/${name}`);
  const manifest = repository?.tags.get(tag) as Digest | undefined;
  if (manifest === undefined) return false;
  const found = besideManifest(contents, { repository: `fleet/${name}`, manifest, hasApi });
  const size = repository?.manifests.get(manifest)?.bytes.length ?? 0;
  await policy.accepts({ name, manifest: { mediaType: '', digest: manifest, size }, shows: manifest }, found);
  return true;
}

/** False when there is no such object. */
async function isObjectProved(contents: Contents, name: string, { policy, folder, place }: Space): Promise<boolean> {
  const object = contents.objects.get(`gitops/${folder}/${name}/manifests.yaml`);
  if (object === undefined) return false;
  const shows = digestOf(object.bytes);
  const entry = entryShowing(contents, place, name, shows);
  if (entry === undefined) throw new Error(`the bucket shows of "${name}" what nothing lists`);
  const manifest = { mediaType: '', digest: entry.manifest, size: 0 };
  await policy.accepts({ name, manifest, shows }, besideEntry(contents, entry));
  return true;
}

/** Names and digests that a bundle's statement lists. */
export function subjectsOf(bundle: Uint8Array): readonly (readonly [name: string, digest: string])[] {
  const { dsseEnvelope } = JSON.parse(Buffer.from(bundle).toString('utf8')) as {
    readonly dsseEnvelope: { readonly payload: string };
  };
  const { subject } = JSON.parse(Buffer.from(dsseEnvelope.payload, 'base64').toString('utf8')) as {
    readonly subject: readonly { readonly name: string; readonly digest: { readonly sha256: string } }[];
  };
  return subject.map(({ name, digest }) => [name, `sha256:${digest.sha256}`]);
}

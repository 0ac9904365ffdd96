/** From a name to the bytes behind it, the way its readers go. Whether they are proved is for others to say. */
import { digestOf, isDigest } from '../digest.ts';
import { SlipwayError } from '../errors.ts';
import type { Attachments, ChainLink, Digest, Entry, Proof, ProofForms, Shown } from '../model.ts';
import { firstLayer } from './manifest.ts';
import type { Repositories, StoredManifest } from './ports.ts';
import { attachmentsOf } from './registry/attachments.ts';
import type { Blobs } from './registry/blobs.ts';
import type { Proofs } from './store.ts';

/** What stands behind a name. */
export interface Traced {
  readonly shown: Shown;
  readonly found: Attachments;
  /** Proofs that the record lists and that are missing or damaged. */
  readonly missing: readonly Proof[];
  /** Of the content, as the manifest says. */
  readonly content: Digest;
  /** The commit that the record names. */
  readonly commit?: string;
  /** What was not looked at. */
  readonly notes: readonly string[];
  /** What is not as it should be, and keeps nobody from trusting the rest. */
  readonly warnings: readonly string[];
  /**
   * Reads the content and compares it with what the manifest and the name say; to be called once the manifest is proved.
   * Throws `UNTRUSTED`, `NOT_FOUND`.
   */
  readContent(): Promise<void>;
}

/** Hears of every step that was taken. */
export type Step = (link: ChainLink) => void;

/** What a record or a claim says of an artifact, and what it is called: `generation 7 of channel "prod"`. */
export interface Listed {
  readonly title: string;
  readonly entry: Entry;
}

/** A tag or a digest in a registry or an image layout. */
export interface TagName {
  readonly repositories: Repositories;
  readonly forms: ProofForms;
  readonly repository: string;
  readonly tag?: string | undefined;
  /** With a tag too, the digest is what is read. */
  readonly digest?: Digest | undefined;
  /** The name that the proof has to have. */
  readonly artifact: string;
  /** What the name has to show, and the proofs that it has to have, where a record says so. */
  readonly listed?: (Listed & { readonly proofs: Proofs }) | undefined;
  /** Of these repositories, so that a bundle of many artifacts is read once. */
  readonly blobs?: Blobs | undefined;
}

/** Bytes that are not what they should be. */
export function untrusted(artifact: string, state: string, hint: string): SlipwayError {
  return new SlipwayError('UNTRUSTED', `Cannot trust "${artifact}": ${state}`, { hint });
}

/** What to do when a store shows something else than it should. */
export const WRITTEN =
  'someone else wrote to the store, or damaged it: look who did, and publish again, with --adopt where that is refused as foreign';

/** The layer that a manifest names as content. Throws `UNTRUSTED` where there is none. */
export function contentIn(manifest: Uint8Array, artifact: string): Digest {
  const layer = firstLayer(manifest);
  // Whoever wrote it may not be known yet.
  if (isDigest(layer?.digest)) return layer.digest;
  throw untrusted(
    artifact,
    'it is not an image manifest with a layer',
    'an index or another kind of artifact is there: name a Flux artifact',
  );
}

function layersIn(manifest: Uint8Array): number {
  return (JSON.parse(Buffer.from(manifest).toString('utf8')) as { readonly layers: readonly unknown[] }).layers.length;
}

const placeOf = ({ repository, tag, digest }: TagName): string =>
  digest === undefined ? `${repository}:${tag}` : `${repository}@${digest}`;

/** The manifest behind the name, which is what the reference and the record say. */
async function manifestOf(name: TagName, step: Step): Promise<StoredManifest> {
  const { repositories, repository, tag, digest, artifact, listed } = name;
  const place = placeOf(name);
  if (digest === undefined) step({ what: 'tag', shown: tag ?? '' });
  const manifest = await repositories.getManifest(repository, digest ?? tag ?? '');
  if (manifest === undefined) {
    throw new SlipwayError('NOT_FOUND', `Nothing is published as "${place}"`, {
      hint: 'take the reference from the receipt of slipway publish',
    });
  }
  const actual = digestOf(manifest.bytes);
  step({ what: 'manifest', shown: '', digest: actual });
  if (digest !== undefined && actual !== digest) {
    throw untrusted(artifact, `the registry answers "${actual}" for "${digest}"`, WRITTEN);
  }
  if (listed !== undefined && listed.entry.manifest !== actual) {
    const state = `"${place}" shows "${actual}", and ${listed.title} says "${listed.entry.manifest}"`;
    throw untrusted(artifact, state, WRITTEN);
  }
  if (digest === undefined) await checkByDigest(name, actual);
  return { ...manifest, digest: actual };
}

/** Flux reads by the digest that a tag shows. Where both are files of their own, one may be damaged or missing. Throws `CORRUPT`. */
async function checkByDigest({ repositories, repository, artifact }: TagName, digest: Digest): Promise<void> {
  if (repositories.inventory === undefined) return;
  if ((await repositories.getManifest(repository, digest)) !== undefined) return;
  throw untrusted(artifact, `"${repository}" holds nothing under its digest "${digest}"`, WRITTEN);
}

function notesOn({ tag, digest }: TagName, manifest: Uint8Array): readonly string[] {
  return [
    ...(digest !== undefined && tag !== undefined ? [`the tag "${tag}" was not read: the reference has a digest`] : []),
    ...(layersIn(manifest) > 1 ? ['it has more than one layer: the first one was read, which is what Flux reads'] : []),
  ];
}

/** Follows a tag or a digest. Throws `NOT_FOUND` when nothing is there, `UNTRUSTED` when it is not what it should be. */
export async function traceTag(name: TagName, step: Step): Promise<Traced> {
  const { repositories, forms, repository, artifact, listed, blobs } = name;
  const { bytes, mediaType, digest } = await manifestOf(name, step);
  const content = contentIn(bytes, artifact);
  const found = await attachmentsOf(repositories, repository, digest, forms, blobs);
  return {
    shown: { name: artifact, manifest: { mediaType, digest, size: bytes.length }, shows: digest },
    found,
    missing: listed === undefined ? [] : listed.proofs.missing(listed.entry, found),
    content,
    ...(listed?.entry.commit === undefined ? {} : { commit: listed.entry.commit }),
    notes: notesOn(name, bytes),
    warnings: [],
    async readContent() {
      step({ what: 'content', shown: '', digest: content });
      const layer = await repositories.getBlob(repository, content);
      if (layer === undefined) {
        throw new SlipwayError('NOT_FOUND', `The content "${content}" of "${placeOf(name)}" is missing`, {
          hint: 'the registry lost it: publish again to have it written again',
        });
      }
      if (digestOf(layer) !== content) throw untrusted(artifact, `its content does not match "${content}"`, WRITTEN);
    },
  };
}

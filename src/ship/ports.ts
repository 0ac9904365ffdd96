/**
 * What `ship/` asks of the outside: two small interfaces, one per family of stores. Real servers, folders on disk,
 * memory and the read-only overlay of a dry run all stand behind these, and one contract suite runs on each.
 */
import type { Digest, ReferrerDescriptor } from '../model.ts';

/**
 * A stored object's metadata as LIST shows it. `etag` is without quotes. `size` is in bytes. `modified` is when it was written,
 * by the store's own clock, in milliseconds since 1970.
 */
export interface ObjectInfo {
  readonly key: string;
  readonly etag: string;
  readonly size: number;
  readonly modified: number;
}

/**
 * Throws when what was allowed a moment ago is allowed no longer. Asked before every attempt of a request, repeated ones too: when
 * it is signed and has its connection, and without a pause until it is sent.
 */
export type StillMay = () => void;

export interface ObjectListing {
  readonly objects: readonly ObjectInfo[];
  /** Common prefixes, when a delimiter was given; each ends with it. */
  readonly prefixes: readonly string[];
}

export interface PutOptions {
  readonly contentType: string;
  /** Create-only (`If-None-Match: *`): an existing object is left alone and the answer is `exists`. */
  readonly create?: boolean;
  readonly cacheControl?: string;
  /** Lower-case keys; kept as object metadata where the store has such. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** For what spoils an object on purpose. */
  readonly still?: StillMay;
}

/** `created` covers every write that took effect. */
export type PutResult = { readonly outcome: 'created'; readonly etag: string } | { readonly outcome: 'exists' };

/**
 * A flat set of immutable-or-replaced objects: an S3 bucket, a folder, memory. Keys are relative to the store's prefix.
 * Single-key writes are atomic; reads and listings see every finished write.
 */
export interface Objects {
  /** The object's bytes, or undefined when there is none. */
  get(key: string): Promise<{ readonly bytes: Uint8Array; readonly etag: string } | undefined>;
  /** Writes the whole object in one request. */
  put(key: string, bytes: Uint8Array, options: PutOptions): Promise<PutResult>;
  /** Every object whose key begins with `prefix`, in byte order; with `limit`, at most that many and no further page. */
  list(
    prefix: string,
    options?: { readonly delimiter?: string; readonly limit?: number; readonly startAfter?: string },
  ): Promise<ObjectListing>;
  /**
   * Writes only over the object with this etag (`If-Match`): over another one, or none, the answer is `changed`. Atomic only
   * where a probe of the store has shown it.
   */
  replace(key: string, bytes: Uint8Array, etag: string, options: PutOptions): Promise<'replaced' | 'changed'>;
  /** Removes the object; one that is not there is no error. Throws what `still` throws. */
  delete(key: string, still?: StillMay): Promise<void>;
}

/** A manifest as stored: exact bytes, never re-serialised. */
export interface StoredManifest {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  readonly digest: Digest;
}

export interface ManifestPut {
  readonly mediaType: string;
  /**
   * Create-only: nothing is written when this holds for any tag of the repository, and the answer names that tag.
   * Only where {@link Repositories.lock} is `cas`; others ignore it.
   */
  readonly unless?: (tag: string) => boolean;
}

/**
 * `exists`: a tag for which `unless` holds is there, or the tag to be written is no longer what was read under it, where the store
 * can tell. `linked`: the registry says that it lists the manifest among the referrers of its subject
 * (`OCI-Subject`).
 */
export type ManifestPutResult =
  | { readonly outcome: 'created'; readonly linked?: boolean }
  | { readonly outcome: 'exists'; readonly tag: string };

/** Everything that lies in a repository, whether anything leads there or not; each once, in any order. `size` is in bytes. */
export interface Inventory {
  readonly manifests: readonly Digest[];
  /** Where blobs and manifests lie together, perhaps also manifests that are not finished. */
  readonly blobs: readonly { readonly digest: Digest; readonly size: number }[];
}

/** Repositories with blobs, manifests and tags: an OCI registry, image layouts on disk, memory. */
export interface Repositories {
  /** Whether create-only writes hold under concurrency. Registries have none (OCI distribution-spec v1.1.1). */
  readonly lock: 'cas' | 'none';
  hasBlob(repository: string, digest: Digest): Promise<boolean>;
  /** The blob's bytes, checked against `digest` (`CORRUPT` when they differ), or undefined when there is none. */
  getBlob(repository: string, digest: Digest): Promise<Uint8Array | undefined>;
  /**
   * Uploads the blob. The caller has asked {@link hasBlob} first, or knows that it is new. `from` is a repository that has it
   * too: registries that can take it from there need no upload.
   */
  putBlob(repository: string, digest: Digest, bytes: Uint8Array, from?: string): Promise<void>;
  /** By tag or digest. The digest is computed from the bytes; a digest reference is checked. */
  getManifest(repository: string, reference: string): Promise<StoredManifest | undefined>;
  /** Writes the exact bytes under a tag or under their digest. */
  putManifest(repository: string, reference: string, bytes: Uint8Array, put: ManifestPut): Promise<ManifestPutResult>;
  /**
   * Manifests whose subject this is, all pages; undefined where the registry has no referrers API (OCI distribution-spec
   * v1.1.1), so that the tag schema holds.
   */
  referrers(repository: string, subject: Digest): Promise<readonly ReferrerDescriptor[] | undefined>;
  /** All tags in byte order; an absent repository has none. With `startAfter`, those after it (it need not exist). */
  tags(repository: string, options?: { readonly startAfter?: string }): Promise<readonly string[]>;
  /**
   * Removes a manifest by digest, with every tag that shows it; one that is not there is no error. Throws `DENIED` where the
   * registry has deletion switched off. `tag` shows it: some registries keep tags of what is deleted, and have to be told.
   */
  deleteManifest(repository: string, digest: Digest, tag?: string, still?: StillMay): Promise<void>;
  /** Removes a blob where the repository holds it by itself; a registry that collects blobs by itself may keep it. */
  deleteBlob(repository: string, digest: Digest, still?: StillMay): Promise<void>;
  /**
   * All of a repository; an absent one is empty. Only where slipway keeps the place by itself: registries list no blobs, share
   * them between repositories, and collect those that no manifest has.
   */
  inventory?(repository: string): Promise<Inventory>;
}

/** Counts what goes over the wire to one store. Filled by the wire, read by the receipt. */
export interface Meter {
  reads: number;
  writes: number;
  /** Bytes that would be uploaded; only a dry run counts them. */
  bytes?: number;
}

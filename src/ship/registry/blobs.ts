/** The blobs of proofs: small, and many artifacts share them, so that each is read once and uploaded once. */
import { digestOf } from '../../digest.ts';
import { SlipwayError } from '../../errors.ts';
import type { Digest } from '../../model.ts';
import type { Repositories } from '../ports.ts';

/** Bytes with their digest. */
export interface Blob {
  readonly digest: Digest;
  readonly bytes: Uint8Array;
}

/** Blobs of all repositories of one registry, with what was seen of them. */
export interface Blobs {
  /**
   * What readers of this repository get; undefined for a blob that is missing or damaged. What this run put there or read
   * there is not read again once the registry gave it out whole: the repository is asked whether it has it.
   */
  read(repository: string, digest: Digest): Promise<Uint8Array | undefined>;
  /** Like `read`, for who writes: what this run put there or read there is not asked for again. */
  recall(repository: string, digest: Digest): Promise<Uint8Array | undefined>;
  /** Uploads the blob, or takes it from another repository, unless it is there. */
  ensure(repository: string, blob: Blob): Promise<void>;
}

/** Larger ones are not kept. */
const MAX_KEPT = 1_048_576;

/** The blobs of a registry; what is learned is kept for as long as this lives. */
export function blobsIn(repositories: Repositories): Blobs {
  const seen: Seen = { homes: new Map(), damaged: new Set(), unread: new Set(), read: new Set(), bytes: new Map() };
  const read = reader(repositories, seen);
  return {
    read,
    recall: async (repository, digest) =>
      (isAt(seen, repository, digest) ? seen.bytes.get(digest) : undefined) ?? read(repository, digest),
    ensure: writer(repositories, seen),
  };
}

/** What is known of blobs. */
interface Seen {
  /** Repositories that have them. */
  readonly homes: Map<Digest, Set<string>>;
  /** `repository@digest` of those that were promised and are missing, or whose bytes are others. */
  readonly damaged: Set<string>;
  /** Those that a repository had before: nobody read them there, and they may have been mounted elsewhere since. */
  readonly unread: Set<Digest>;
  /** Those that some repository gave out whole. */
  readonly read: Set<Digest>;
  readonly bytes: Map<Digest, Uint8Array>;
}

const isAt = ({ homes }: Seen, repository: string, digest: Digest): boolean =>
  homes.get(digest)?.has(repository) === true;

function setAt({ homes }: Seen, repository: string, digest: Digest): void {
  homes.set(digest, (homes.get(digest) ?? new Set<string>()).add(repository));
}

function keep({ bytes: kept }: Seen, digest: Digest, bytes: Uint8Array): void {
  if (bytes.length <= MAX_KEPT) kept.set(digest, bytes);
}

function reader(repositories: Repositories, seen: Seen): Blobs['read'] {
  const lose = (repository: string, digest: Digest): undefined => {
    seen.homes.get(digest)?.delete(repository);
    // The registry takes it for present, or said that it mounted it: only a full upload repairs it.
    seen.damaged.add(`${repository}@${digest}`);
  };
  return async (repository, digest) => {
    const isKnown = isAt(seen, repository, digest);
    const isTrusted = isKnown && seen.read.has(digest) && !seen.unread.has(digest);
    const kept = isTrusted ? seen.bytes.get(digest) : undefined;
    if (kept !== undefined) return (await repositories.hasBlob(repository, digest)) ? kept : lose(repository, digest);
    const bytes = await repositories.getBlob(repository, digest).catch((error: unknown) => {
      if (error instanceof SlipwayError && error.code === 'CORRUPT') return Buffer.of();
      throw error;
    });
    if (bytes === undefined && !isKnown) return undefined;
    if (bytes === undefined || digestOf(bytes) !== digest) return lose(repository, digest);
    setAt(seen, repository, digest);
    seen.read.add(digest);
    keep(seen, digest, bytes);
    return bytes;
  };
}

function writer(repositories: Repositories, seen: Seen): Blobs['ensure'] {
  const shares = shownEverywhere(repositories);
  const place: Blobs['ensure'] = async (repository, { digest, bytes }) => {
    if (isAt(seen, repository, digest)) return;
    const [from] = seen.homes.get(digest) ?? [];
    const isDamaged = seen.damaged.has(`${repository}@${digest}`);
    const look = from === undefined ? repositories.hasBlob : shares;
    const isThere = !isDamaged && (await look(repository, digest));
    if (isThere) seen.unread.add(digest);
    else await repositories.putBlob(repository, digest, bytes, isDamaged ? undefined : from);
    keep(seen, digest, bytes);
    seen.damaged.delete(`${repository}@${digest}`);
    setAt(seen, repository, digest);
  };
  // Where one is, the others can take it from.
  const firsts = new Map<Digest, Promise<void>>();
  return async (repository, blob) => {
    const first = firsts.get(blob.digest);
    if (first !== undefined) await first.catch(() => undefined);
    const mine = place(repository, blob);
    if (first === undefined) firsts.set(blob.digest, mine);
    await mine;
  };
}

/**
 * Some registries show a blob of one repository in all: a look saves its upload where nothing can be mounted. Others are asked
 * once. Answers whether a blob that another repository has is seen here.
 */
function shownEverywhere({ hasBlob }: Pick<Repositories, 'hasBlob'>): Repositories['hasBlob'] {
  let isShared = true;
  const ask: Repositories['hasBlob'] = async (repository, digest) => {
    const isThere = await hasBlob(repository, digest);
    isShared &&= isThere;
    return isThere;
  };
  let first: Promise<boolean> | undefined;
  return async (repository, digest) => {
    if (first !== undefined) await first.catch(() => undefined);
    if (!isShared) return false;
    const mine = ask(repository, digest);
    first ??= mine;
    return mine;
  };
}

/** Anybody may have written it: what is missing, damaged or too large is not there. Other errors are thrown. */
export async function readable<T>(read: () => Promise<T | undefined>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof SlipwayError && ['CORRUPT', 'NOT_FOUND', 'TOO_LARGE'].includes(error.code)) return undefined;
    throw error;
  }
}

/** A release in one file: a tar that is a bucket, with an index of everything in it. */
import { isDigest } from '../../digest.ts';
import { SlipwayError } from '../../errors.ts';
import type { Digest, ReleaseRecord, VersionClaim } from '../../model.ts';
import { encode } from '../document.ts';

/** The index's path in the tar. */
export const INDEX = 'bundle.json';

/** The newest `format` that this version writes and reads. */
const FORMAT = 1;

/** One file of a bundle. `size` is in bytes. */
export interface Member {
  readonly digest: Digest;
  readonly size: number;
}

/** What the index says: where the record or claim is, and every other file with its digest. */
export interface BundleIndex {
  readonly project: string;
  /** Path of the release record, or of the version's claim. */
  readonly document: string;
  readonly members: ReadonlyMap<string, Member>;
}

/** What a bundle is about. */
export type Bundled = ReleaseRecord | VersionClaim;

/** The index as bytes: JSON with sorted keys. */
export function encodeIndex({ project, document, members }: BundleIndex): Uint8Array {
  return encode({ format: FORMAT, project, document, members: Object.fromEntries(members) });
}

/** The error of a bundle that cannot be used. */
export function broken(problem: string, cause?: unknown): SlipwayError {
  return new SlipwayError('CORRUPT', `Cannot read the bundle: ${problem}`, {
    hint: 'copy it once more, and compare its digest with the one that slipway pull told',
    cause,
  });
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function isMember(value: unknown): value is Member {
  return isObject(value) && isDigest(value.digest) && Number.isSafeInteger(value.size);
}

function parse(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  let document: unknown;
  try {
    document = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (cause) {
    throw broken(`"${INDEX}" is not JSON`, cause);
  }
  if (isObject(document)) return document;
  throw broken(`"${INDEX}" is no object`);
}

/** Reads an index. Throws `CORRUPT` for what is none, `STORE` for a newer format. */
export function decodeIndex(bytes: Uint8Array): BundleIndex {
  const { format, project, document, members } = parse(bytes);
  if (typeof format === 'number' && format > FORMAT) {
    throw new SlipwayError('STORE', `Cannot read the bundle: its format is "${format}", newer than "${FORMAT}"`, {
      hint: 'a newer slipway made it; upgrade this one',
    });
  }
  const isSound = format === FORMAT && typeof project === 'string' && typeof document === 'string';
  if (!isSound || !isObject(members)) throw broken(`"${INDEX}" is not one of ours`);
  const known = Object.entries(members).map(([path, member]): readonly [string, Member] => {
    if (isMember(member)) return [path, member];
    throw broken(`"${INDEX}" does not say what "${path}" is`);
  });
  return { project, document, members: new Map(known) };
}

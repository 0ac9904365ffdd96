/**
 * Tags that are made once (`unless`). Which tags exclude one another only the caller knows, so that they have no key in
 * common whose creation could decide. Instead every such tag takes the next number of its repository, create-only, and
 * whoever takes a number has seen the tags of all numbers before.
 */
import { isDigest } from '../../../digest.ts';
import { SlipwayError } from '../../../errors.ts';
import type { Digest } from '../../../model.ts';
import type { ManifestPutResult, Objects, StillMay } from '../../ports.ts';
import { IMMUTABLE } from '../cache-control.ts';
import { getImmutable } from '../immutable.ts';
import { isTag, keysOf } from './keys.ts';
import { mediaTypeOf } from './media-type.ts';

const DIGITS = 9;
const TOP = 10 ** DIGITS - 1;

/** A tag that is made once; its manifest lies under its digest already. */
export interface TagOnce {
  readonly repository: string;
  readonly tag: string;
  readonly digest: Digest;
  readonly unless: (tag: string) => boolean;
}

/**
 * Makes the tag, unless it is there or `unless` holds for one. Throws `CORRUPT` for a damaged claim. Exactly one of several writers wins where the store's
 * create-only writes hold; whoever comes after one that died in between makes that one's tag first.
 */
export async function makeTagOnce(
  objects: Objects,
  tags: () => Promise<readonly string[]>,
  { repository, tag, digest, unless }: TagOnce,
): Promise<ManifestPutResult> {
  const { claims } = keysOf(repository);
  for (;;) {
    const last = await newestClaim(objects, claims);
    const made = await tags();
    const isOpen = last?.tag !== undefined && !made.includes(last.tag);
    if (isOpen) await makeTag(objects, repository, last);
    const rival = [...made, ...(isOpen ? [last.tag] : [])].find((other) => other === tag || unless(other));
    if (rival !== undefined) return { outcome: 'exists', tag: rival };
    const key = claims + String(TOP - (last?.number ?? 0) - 1).padStart(DIGITS, '0');
    const claim = Buffer.from(JSON.stringify({ digest, tag }));
    const options = { contentType: 'application/json', cacheControl: IMMUTABLE, create: true };
    if ((await objects.put(key, claim, options)).outcome === 'exists') continue;
    await makeTag(objects, repository, { tag, digest });
    return { outcome: 'created' };
  }
}

interface Claim {
  readonly number: number;
  readonly tag: string;
  readonly digest: Digest;
}

/** The numbers count down, so that the newest sorts first. */
async function newestClaim(objects: Objects, claims: string): Promise<Claim | undefined> {
  const [newest] = (await objects.list(claims, { limit: 1 })).objects;
  const claim = newest && (await readClaim(objects, newest.key));
  return newest && claim && { ...claim, number: TOP - Number(newest.key.slice(claims.length)) };
}

async function readClaim(objects: Objects, key: string): Promise<Omit<Claim, 'number'> | undefined> {
  const found = await objects.get(key);
  return found && parseClaim(key, found.bytes);
}

/** Nobody goes on from a number without knowing its tag: whoever took it may still make that tag, beside one of the next. */
function parseClaim(key: string, bytes: Uint8Array): Omit<Claim, 'number'> {
  try {
    const { tag, digest } = JSON.parse(Buffer.from(bytes).toString('utf8')) as Partial<Claim>;
    if (typeof tag === 'string' && isTag(tag) && isDigest(digest)) return { tag, digest };
  } catch {
    // Told below.
  }
  throw new SlipwayError('CORRUPT', `Cannot read "${key}": it does not say which tag took this number`, {
    hint: 'delete that object when no publisher is at work, then run again',
  });
}

/** Create-only, since several may help. A manifest that is gone was pruned with its tag. */
async function makeTag(
  objects: Objects,
  repository: string,
  { tag, digest }: Pick<Claim, 'tag' | 'digest'>,
): Promise<void> {
  const keys = keysOf(repository);
  const bytes = await getImmutable(objects, keys.manifest(digest), digest);
  if (bytes === undefined) return;
  const options = { contentType: mediaTypeOf(bytes), cacheControl: 'no-cache', create: true };
  await objects.put(keys.manifest(tag), bytes, options);
}

/**
 * Removes the oldest claims, whose tags were removed; the newest one stays, since it gives the next its number. Whoever stood
 * still since before a removed claim was made could take its number again: what is removed must be older than any run.
 */
export async function dropClaims(
  objects: Objects,
  { repository, tags }: { readonly repository: string; readonly tags: readonly string[] },
  still?: StillMay,
): Promise<void> {
  const { objects: claims } = await objects.list(keysOf(repository).claims);
  for (const { key } of claims.slice(1).reverse()) {
    const claim = await readClaim(objects, key);
    if (claim !== undefined && tags.includes(claim.tag)) return;
    await objects.delete(key, still);
  }
}

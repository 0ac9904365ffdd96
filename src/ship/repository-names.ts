/** What repositories, tags and digests may be called (OCI distribution-spec v1.1.1 "Pulling manifests"). */
import { isDigest } from '../digest.ts';
import { SlipwayError } from '../errors.ts';

const repositoryName = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const tagName = /^\w[\w.-]{0,127}$/;

/** Whether a text names a repository. No segment can begin with a dot, so that none leads out of a folder. */
export const isRepository = (text: string): boolean => repositoryName.test(text);

/** Whether a text can be a tag. */
export const isTagName = (text: string): boolean => tagName.test(text);

/** A tag or a digest as it was given. Throws `CONFIG` for anything else. */
export function validReference(reference: string): string {
  if (isDigest(reference) || isTagName(reference)) return reference;
  const hint = 'use up to 128 letters, digits and ". _ -" for a tag';
  throw new SlipwayError('CONFIG', `Cannot use "${reference}": it is neither a tag nor a digest`, { hint });
}

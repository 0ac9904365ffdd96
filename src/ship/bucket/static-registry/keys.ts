/** Where the parts of a repository lie in the bucket: the paths of the distribution API (OCI distribution-spec v1.1.1). */
import { SlipwayError } from '../../../errors.ts';
import type { Digest } from '../../../model.ts';
import { isRepository, isTagName, validReference } from '../../repository-names.ts';

/** Answers `GET /v2/`, by which clients find out that this is a registry. */
export const PING_KEY = 'v2/';

/**
 * The keys of one repository. Two folders begin with an underscore, which no name of a repository and no path of the API
 * has: clients never see them.
 */
export interface Keys {
  /** What all of them begin with. */
  readonly home: string;
  blob(digest: Digest): string;
  /** By tag or digest. */
  manifest(reference: string): string;
  /** What tags and digests begin with. */
  readonly manifests: string;
  /** The OCI index of what is attached to a manifest. */
  referrers(subject: Digest): string;
  /** What the markers of a subject begin with; each ends with the digest of one attached manifest. */
  markers(subject: Digest): string;
  readonly tagsList: string;
  /** What the claims of tags that are made once begin with. */
  readonly claims: string;
}

/** A tag that keeps a manifest, and only slipway asks for. */
const keeping = /^content-[0-9a-f]{16}$/;
/** Its name in the bucket: what begins like a digest is one common prefix in a LIST of names, however many releases there are. */
const KEEPING = 'sha256-';

/** The tag that a name below `manifests/` stands for. */
export function tagNamed(name: string): string {
  const tag = name.startsWith(KEEPING) ? name.slice(KEEPING.length) : '';
  return keeping.test(tag) ? tag : name;
}

/** The tag schema's name of a list of referrers. */
const listName = /^sha256-[0-9a-f]{64}$/;

/** Whether a name below `manifests/` is a tag that somebody put, and not the other name of a list of referrers. */
export const isTag = (name: string): boolean => isTagName(name) && !listName.test(name);

/** Whether clients see a tag in `tags/list`: those that keep manifests, hold signatures or are records are nobody's to choose. */
export const isListed = (name: string): boolean => isTag(name) && !/^(?:content-|sha256-|slipway\.)/.test(name);

/** The keys of a repository. Throws `CONFIG` for what is no repository, tag or digest. */
export function keysOf(repository: string): Keys {
  if (!isRepository(repository)) {
    const hint = 'use lower-case letters, digits and ". _ - /"';
    throw new SlipwayError('CONFIG', `Cannot use repository "${repository}": it is not a valid name`, { hint });
  }
  const home = `v2/${repository}/`;
  return {
    home,
    blob: (digest) => `${home}blobs/${validReference(digest)}`,
    manifest: (reference) => `${home}manifests/${keeping.test(reference) ? KEEPING : ''}${validReference(reference)}`,
    manifests: `${home}manifests/`,
    referrers: (subject) => `${home}referrers/${validReference(subject)}`,
    markers: (subject) => `${home}_referrers/${validReference(subject)}/`,
    tagsList: `${home}tags/list`,
    claims: `${home}_claims/`,
  };
}

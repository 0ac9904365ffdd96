/**
 * The rules for names that end up in tags, keys and records. Each check answers what is wrong, as the second half of a
 * message, or undefined when the name is good.
 */
import semver from 'semver';

/** A repository path component (OCI distribution-spec v1.1.1, "Pulling manifests"). */
const COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const RESERVED_PREFIXES = ['slipway.', 'content-', 'sha256-'] as const;

const reservedPrefix = (name: string): string | undefined =>
  RESERVED_PREFIXES.find((prefix) => name.startsWith(prefix));

/** Artifact names are one repository path component of at most 63 characters; `releases` holds the records. */
export function artifactNameProblem(name: string): string | undefined {
  if (name.length > 63) return 'it is longer than 63 characters';
  if (!COMPONENT.test(name)) return 'use lower-case letters and digits, with single ".", "_" or "-" between them';
  if (name === 'releases') return 'slipway keeps its records under this name';
  const reserved = reservedPrefix(name);
  return reserved === undefined ? undefined : `names beginning with "${reserved}" are reserved`;
}

/**
 * Whether a tag is an immutable version: semver 2.0.0 without build metadata, at most 64 characters. A leading `v` is
 * kept as written, because Flux reads it too (fluxcd/pkg/version, `ParseVersion`).
 */
export function isVersion(tag: string): boolean {
  const bare = tag.replace(/^v/, '');
  return tag.length <= 64 && semver.valid(bare) === bare;
}

/** Versions are semver without `+` (a tag cannot hold it), at most 64 characters. */
export function versionProblem(version: string): string | undefined {
  if (version.length > 64) return 'it is longer than 64 characters';
  if (version.includes('+')) return 'build metadata ("+…") cannot be part of a tag';
  return isVersion(version) ? undefined : 'it is not a semantic version such as "1.4.0" or "1.4.0-rc.1"';
}

/** Channels are tags of at most 40 characters that no semver range can match. */
export function channelProblem(channel: string): string | undefined {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/.test(channel)) {
    return 'use at most 40 letters, digits, ".", "_" and "-", beginning with a letter or digit';
  }
  if (isVersion(channel)) return 'a semantic version never moves; claim it with --version';
  if (/^versions(?:\.|$)/.test(channel)) return 'slipway keeps its version claims under this name';
  const reserved = reservedPrefix(channel);
  return reserved === undefined ? undefined : `names beginning with "${reserved}" are reserved`;
}

/** Projects are `[a-z0-9][a-z0-9-]{0,31}`. */
export function projectProblem(project: string): string | undefined {
  if (/^[a-z0-9][a-z0-9-]{0,31}$/.test(project)) return undefined;
  return 'use at most 32 lower-case letters, digits and "-", beginning with a letter or digit';
}

/** Store names are what receipts, `--store` and `primary` use. */
export function storeNameProblem(name: string): string | undefined {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/.test(name)) return undefined;
  return 'use at most 40 letters, digits, ".", "_" and "-", beginning with a letter or digit';
}

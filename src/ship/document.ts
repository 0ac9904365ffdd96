/** Release records and version claims as bytes: JSON with sorted keys, read back strictly. */
import { isDigest } from '../digest.ts';
import { SlipwayError } from '../errors.ts';
import type { Entry, ReleaseRecord, VersionClaim } from '../model.ts';

/** The newest `schema` this version writes and reads. */
const SCHEMA = 1;

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).filter(([, v]) => v !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([k, v]) => [k, sorted(v)]));
}

/** A document as the bytes every store keeps: compact JSON, keys sorted by code unit, one final newline. */
export function encode(document: ReleaseRecord | VersionClaim | Readonly<Record<string, unknown>>): Uint8Array {
  return Buffer.from(`${JSON.stringify(sorted(document))}\n`);
}

/** A version as people may have to type it: whatever else a document says there is not repeated. */
const isTool = (value: unknown): value is string =>
  typeof value === 'string' && /^\d{1,9}(?:\.\d{1,9}){2}(?:-[0-9A-Za-z.-]{1,40})?$/.test(value);

function newer({ schema, tool }: Record<string, unknown>, what: string): SlipwayError {
  const by = isTool(tool) ? `slipway ${tool}` : 'a newer slipway';
  const message = `Cannot read ${what}: ${by} wrote it in schema ${String(schema)}, this one reads up to ${SCHEMA}`;
  return new SlipwayError('STORE', message, {
    hint: isTool(tool) ? `use slipway ${tool} or newer` : 'use the slipway that published last, or a newer one',
  });
}

function parse(bytes: Uint8Array, what: string): Record<string, unknown> {
  const broken = (cause?: unknown): SlipwayError =>
    new SlipwayError('CORRUPT', `Cannot read ${what}: it is not a slipway document`, {
      hint: 'someone else wrote under a name that slipway owns; move that object away and run again',
      cause,
    });
  let document: unknown;
  try {
    document = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (cause) {
    throw broken(cause);
  }
  if (typeof document !== 'object' || document === null || !('schema' in document)) throw broken();
  if (typeof document.schema !== 'number') throw broken();
  if (document.schema > SCHEMA) throw newer(document, what);
  return document as Record<string, unknown>;
}

function isEntry(value: unknown): value is Entry {
  if (typeof value !== 'object' || value === null) return false;
  const entry = value as Partial<Entry>;
  return (
    typeof entry.name === 'string' &&
    isDigest(entry.content) &&
    isDigest(entry.manifest) &&
    typeof entry.size === 'number' &&
    typeof entry.views === 'object' &&
    entry.views !== null &&
    isDigest(entry.views.tarball?.digest) &&
    Array.isArray(entry.proofs)
  );
}

const hasEntries = (document: Record<string, unknown>): boolean =>
  typeof document.run === 'string' && Array.isArray(document.artifacts) && document.artifacts.every(isEntry);

/** Reads a release record; throws `CORRUPT` for anything else, `STORE` for a newer schema. */
export function decodeRecord(bytes: Uint8Array, what: string): ReleaseRecord {
  const document = parse(bytes, what);
  if (!hasEntries(document) || typeof document.generation !== 'number' || !Array.isArray(document.blocked)) {
    throw new SlipwayError('CORRUPT', `Cannot read ${what}: it is not a release record`);
  }
  return document as unknown as ReleaseRecord;
}

/**
 * Reads the release record of a place. One that was copied there from another channel or number would move names that nobody
 * released; throws `CORRUPT` for it, and what {@link decodeRecord} throws.
 */
export function recordAt(
  bytes: Uint8Array,
  what: string,
  { channel, generation }: Pick<ReleaseRecord, 'channel' | 'generation'>,
): ReleaseRecord {
  const record = decodeRecord(bytes, what);
  if (record.channel === channel && record.generation === generation) return record;
  const own = `generation ${record.generation} of channel "${record.channel}"`;
  throw new SlipwayError('CORRUPT', `Cannot read ${what}: it holds ${own}, which was copied there`, {
    hint: 'move it away and run again; slipway heal brings back what lay there from another store',
  });
}

/** Reads a version claim; throws `CORRUPT` for anything else, `STORE` for a newer schema. */
export function decodeClaim(bytes: Uint8Array, what: string): VersionClaim {
  const document = parse(bytes, what);
  if (!hasEntries(document) || typeof document.version !== 'string') {
    throw new SlipwayError('CORRUPT', `Cannot read ${what}: it is not a version claim`);
  }
  return document as unknown as VersionClaim;
}

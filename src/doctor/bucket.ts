/** A bucket, or a folder that plays one: whose it is, what its credentials may do, and what it can do itself. */
import { randomBytes } from 'node:crypto';
import { SlipwayError } from '../errors.ts';
import type { HealthLine } from '../model.ts';
import type { CapabilityOptions } from '../ship/bucket/capability.ts';
import { groundsIn, refuseForeign } from '../ship/bucket/grounds.ts';
import { MARKER, type Marker, readMarker, writeMarker } from '../ship/bucket/marker.ts';
import { faultsOf } from '../ship/bucket/probe/classes.ts';
import { type Capability, type ProbeOptions, probeBucket } from '../ship/bucket/probe.ts';
import { shownBelow } from '../ship/bucket/shown.ts';
import { hidingRule, rulesAt, type Shown } from '../ship/bucket/source-ignore.ts';
import { unlocked } from '../ship/bucket/unlocked.ts';
import type { Objects } from '../ship/ports.ts';
import { capabilityLines } from './capability.ts';
import { caution, fine, hasProblem, orProblem, problem, told } from './lines.ts';

/** A bucket to look at. */
export interface BucketPatient extends CapabilityOptions {
  /** Whether something may be written: scratch objects, and the marker. */
  readonly write: boolean;
  /** What the bucket says of itself; nothing for folders. */
  readonly facts: () => Promise<readonly HealthLine[]>;
  /** Whether a Flux `Bucket` reads it. */
  readonly listed: boolean;
}

/** Everything that can be told of a bucket without a project's records. */
export async function examineBucket(patient: BucketPatient): Promise<readonly HealthLine[]> {
  const { objects, write } = patient;
  const reached = await orProblem('reach', async () => {
    await objects.list('', { limit: 1 });
    return [fine('reach', 'reachable, and may be listed')];
  });
  if (hasProblem(reached)) return reached;
  const facts = await orProblem('bucket', patient.facts);
  const { marker, lines: owned } = await ownership(patient);
  // Where somebody else lives, nothing is tried.
  const mayWrite = write && !hasProblem(owned);
  const rights = mayWrite ? await orProblem('rights', () => rightsOf(patient)) : [];
  const able = await abilities(patient, marker, mayWrite && !hasProblem(rights));
  return [...reached, ...facts, ...owned, ...rights, ...able, ...(await hiding(patient))];
}

interface Owned {
  readonly marker: Marker | undefined;
  readonly lines: readonly HealthLine[];
}

async function ownership({ objects, keyPrefix, grounds }: BucketPatient): Promise<Owned> {
  try {
    const marker = await readMarker(objects);
    if (marker !== undefined)
      return { marker, lines: [fine('marker', `"${keyPrefix}${MARKER}" says that it is ours`)] };
    await refuseForeign(grounds ?? groundsIn(objects, keyPrefix), keyPrefix);
    return { marker, lines: [fine('marker', 'nobody has published here yet')] };
  } catch (thrown) {
    return { marker: undefined, lines: [problem('marker', told(thrown))] };
  }
}

/** Writes, reads back and deletes an object, of which nothing stays behind whatever fails. */
export async function rightsOf({ objects }: Pick<BucketPatient, 'objects'>): Promise<readonly HealthLine[]> {
  const run = randomBytes(8).toString('hex');
  const key = `probes/${run}/rights`;
  const bytes = Buffer.from(`${JSON.stringify({ probe: run, what: 'rights' })}\n`);
  await objects.put(key, bytes, { contentType: 'application/json' });
  const deleting: { failed?: SlipwayError } = {};
  try {
    await readsBack(objects, key, bytes);
  } finally {
    await objects.delete(key).catch((thrown: unknown) => {
      deleting.failed = told(thrown);
    });
  }
  if (deleting.failed === undefined) return [fine('rights', 'may read, write and delete')];
  const hint = 'allow s3:DeleteObject to whoever prunes; to publish it is not needed';
  return [caution('rights', `may read and write, and not delete: ${deleting.failed.message}`, hint)];
}

async function readsBack(objects: Objects, key: string, bytes: Uint8Array): Promise<void> {
  const held = await objects.get(key);
  if (held === undefined || Buffer.compare(held.bytes, bytes) !== 0) {
    throw new SlipwayError('CORRUPT', `Cannot trust this store: "${key}" does not read back as written`, {
      hint: 'the store, or a proxy before it, changes what it is given: do not publish to it',
    });
  }
}

/** What the bucket can do: tried anew where something may be written, else what was found before. */
async function abilities(
  patient: BucketPatient,
  marker: Marker | undefined,
  mayWrite: boolean,
): Promise<readonly HealthLine[]> {
  const { probe = 'needless', acceptUnsafe = false } = patient;
  if (probe === 'needless') return [fine('creates', 'creates are atomic by construction: it is a folder')];
  if (mayWrite && typeof probe === 'function') {
    return orProblem('probe', async () => {
      const found = await tryAll(patient, { options: probe(), marker, acceptUnsafe });
      return capabilityLines(found, { acceptUnsafe });
    });
  }
  if (marker?.probe !== undefined) return capabilityLines(marker.probe, { acceptUnsafe });
  const hint = 'run slipway doctor without --no-write, or publish';
  return [caution('creates', 'nobody has tried yet what this bucket can do', hint)];
}

interface Trial {
  readonly options: ProbeOptions;
  readonly marker: Marker | undefined;
  readonly acceptUnsafe: boolean;
}

/** What is found replaces what a marker says; a store that publishers would refuse gets no marker, so that they try again. */
async function tryAll({ objects }: BucketPatient, { options, marker, acceptUnsafe }: Trial): Promise<Capability> {
  const found = await probeBucket(objects, options);
  const { reads, listing } = faultsOf(found);
  const passes = (found.class === 'atomic' || acceptUnsafe) && reads === undefined && listing === undefined;
  if (marker === undefined && !passes) return found;
  const guarded = found.class === 'atomic' ? objects : unlocked(objects, found.class);
  await writeMarker(guarded, { probe: found }, { renew: marker !== undefined });
  return found;
}

/** What lies where readers look; before there is anything, whatever may come to lie there. */
async function shownNow({ objects, keyPrefix }: BucketPatient): Promise<Shown> {
  const listings = await Promise.all(['channels/', 'versions/'].map((prefix) => objects.list(prefix)));
  const keys = listings.flatMap((listing) => listing.objects.map(({ key }) => keyPrefix + key));
  const files = keys.filter((key) => !key.endsWith('/'));
  if (files.length === 0) return shownBelow(keyPrefix);
  const hasTrees = files.some((key) => key.endsWith('/root.yaml'));
  return { keys: files, folders: hasTrees ? [`${keyPrefix}content/`] : [] };
}

async function hiding(patient: BucketPatient): Promise<readonly HealthLine[]> {
  const { root, listed } = patient;
  if (root === undefined || !listed) return [];
  const hint = 'it holds for every Bucket that reads there: remove that line, or the object';
  try {
    const rules = await rulesAt(root);
    const rule = rules.length === 0 ? undefined : hidingRule(rules, await shownNow(patient));
    if (rule === undefined) return [fine('sourceignore', 'no ".sourceignore" at the root hides what is published')];
    const message = `"${rule.text}", line ${rule.line} of ".sourceignore" at the root, may hide from Flux what is published`;
    return [problem('sourceignore', { message, hint })];
  } catch (thrown) {
    const text = `".sourceignore" at the root cannot be looked at: ${told(thrown).message}`;
    return [caution('sourceignore', text, 'Flux reads it: see that nobody else writes it')];
  }
}

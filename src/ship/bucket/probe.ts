/** What a bucket really does, found by trying it: brand and documentation are no guide. */
import { viewOfBytes } from '../../digest.ts';
import { asSlipwayError, type Code, SlipwayError } from '../../errors.ts';
import type { Objects, PutResult } from '../ports.ts';

/**
 * What create-only writes are worth: `atomic`, one of any number of writers wins; `unsupported`, the store refuses the
 * condition; `ignored`, it overwrites all the same; `racy`, right one after another, and several win at once.
 */
export type CreateClass = 'atomic' | 'unsupported' | 'ignored' | 'racy';

/** What was found, as plain data for `slipway.json`. */
export interface Capability {
  readonly class: CreateClass;
  /** `md5`: the ETag is the MD5 of the bytes, so that Flux's revision is known before the upload; `other` under SSE-KMS. */
  readonly etag: 'md5' | 'other';
  /** Whether an overwritten object is read as its new bytes at once. */
  readonly reads: 'fresh' | 'stale';
  /** Whether a listing shows finished writes at once, and its pages follow byte order; `failed`: it gives no short pages. */
  readonly listing: 'ordered' | 'unordered' | 'stale' | 'failed';
  /** When: RFC 3339 in UTC, as the caller gave it. */
  readonly at: string;
}

/** Writers at once on each of several new keys, all of them at the same time. */
export interface Race {
  readonly keys: number;
  readonly writers: number;
}

/** One probe. */
export interface ProbeOptions {
  /** Random and new for each probe (hex), because every key of a probe must be one that never was. */
  readonly run: string;
  /** RFC 3339 in UTC. */
  readonly at: string;
}

interface Probe {
  readonly objects: Objects;
  /** `probes/<run>/` */
  readonly home: string;
  readonly options: ProbeOptions;
}

const JSON_TYPE = { contentType: 'application/json' } as const;
const CREATE = { ...JSON_TYPE, create: true } as const;
/**
 * 128 writes, 32 at once, which is what the client has connections for. Whether a race shows is decided when the first
 * writer of a key comes, so many keys show more than many writers (versitygw 1.7.0 on loopback: caught by 32 writers on
 * one key in 13 of 40 probes of two races, by 16 on 2 in 34, by 4 on 8 in 40). The first race, which also warms the
 * connections up, is for stores that only break in a crowd.
 */
export const RACES: readonly Race[] = [
  { keys: 2, writers: 16 },
  { keys: 8, writers: 4 },
  { keys: 8, writers: 4 },
  { keys: 8, writers: 4 },
];
/** A store that is asked much at once may fail some of it; that says nothing about its conditions. */
const HICCUPS: ReadonlySet<Code> = new Set(['STORE', 'RATE_LIMITED', 'NETWORK']);

/**
 * Tries create-only writes one after another, then by many writers at once, then reads and listings. `atomic` means that no
 * race was lost over this one endpoint: a store with several may be worse. It is also what an atomic store is called when
 * answers are lost on the way, or some of the writes fail.
 *
 * What a probe writes stays, because the port deletes nothing: at most 35 objects of about 100 bytes under `probes/<run>/`,
 * which no layout shows to a reader and each of which says what it is. At most 171 requests, fewer once a race is lost.
 *
 * Throws what the store throws (`AUTH`, `DENIED`, `NETWORK`, …), `STORE` also when most of a race failed, and `CORRUPT`
 * when bytes do not read back as written: then nothing was learnt.
 */
export async function probeBucket(objects: Objects, options: ProbeOptions): Promise<Capability> {
  const probe: Probe = { objects, home: `probes/${options.run}/`, options };
  const found = (await oneAfterAnother(probe)) ?? (await manyAtOnce(probe));
  return { class: found, ...(await survey(probe, found)), at: options.at };
}

/** The class, unless everything is right so far. */
async function oneAfterAnother(probe: Probe): Promise<CreateClass | undefined> {
  const { objects, home } = probe;
  const key = `${home}create`;
  const [first, second] = [bodyOf(probe, 'first'), bodyOf(probe, 'second')];
  const opened = await createOrRefused(probe, key, first);
  const before = opened === 'refused' ? undefined : await objects.get(key);
  // Also where the condition is inverted: "exists", and nothing is there.
  if (opened === 'refused' || (opened === 'exists' && before === undefined)) return 'unsupported';
  if (before === undefined || !same(before.bytes, first)) throw corrupt(key);
  const again = await createOrRefused(probe, key, second);
  if (again === 'refused') return 'unsupported';
  const after = await objects.get(key);
  if (after === undefined || !(same(after.bytes, first) || same(after.bytes, second))) throw corrupt(key);
  return again === 'created' || same(after.bytes, second) ? 'ignored' : undefined;
}

/**
 * `refused` when it is the condition that the store does not take. The wire throws `STORE` for 501 and 400, and for a
 * store that fails as well: it was the condition if a write without it passes and the same one with it fails again.
 */
async function createOrRefused(
  { objects, home }: Probe,
  key: string,
  bytes: Uint8Array,
): Promise<PutResult['outcome'] | 'refused'> {
  const create = async (): Promise<PutResult['outcome'] | SlipwayError> =>
    objects.put(key, bytes, CREATE).then(({ outcome }) => outcome, asSlipwayError);
  const answer = await create();
  if (!(answer instanceof SlipwayError)) return answer;
  if (answer.code !== 'STORE') throw answer;
  await objects.put(`${home}plain`, bytes, JSON_TYPE);
  const again = await create();
  if (again instanceof SlipwayError && again.code === 'STORE') return 'refused';
  throw answer;
}

async function manyAtOnce(probe: Probe): Promise<'atomic' | 'racy'> {
  for (const [round, { keys, writers }] of RACES.entries()) {
    const names = Array.from({ length: keys }, (_, key) => `${probe.home}race-${round + 1}-${key + 1}`);
    const raced = await Promise.allSettled(names.map((key) => hasOneWinner(probe, key, writers)));
    // A race that was lost is proof whatever became of the others.
    if (raced.some((race) => race.status === 'fulfilled' && !race.value)) return 'racy';
    for (const race of raced) if (race.status === 'rejected') throw race.reason;
  }
  return 'atomic';
}

/**
 * Whether one write, whole, is all that took effect. None may say so: a lost answer makes the winner's second attempt an
 * `exists`, and a failed request may have been the winner. Two may not, and whoever says so must be who is found.
 */
async function hasOneWinner(probe: Probe, key: string, writers: number): Promise<boolean> {
  const bodies = Array.from({ length: writers }, (_, writer) => bodyOf(probe, `writer ${writer}`));
  const answers = await Promise.all(
    bodies.map((bytes) => probe.objects.put(key, bytes, CREATE).then(({ outcome }) => outcome, asSlipwayError)),
  );
  const winners = bodies.filter((_, writer) => answers[writer] === 'created');
  if (winners.length > 1) return false;
  const failures = answers.filter((answer) => answer instanceof SlipwayError);
  const fatal = failures.find(({ code }) => !HICCUPS.has(code));
  const [failure] = failures;
  if (fatal !== undefined) throw fatal;
  if (failure !== undefined && failures.length * 2 > bodies.length) throw failure;
  const found = await probe.objects.get(key);
  // The others may have been told of a writer under way that came to nothing.
  if (found === undefined && winners.length === 0 && failure !== undefined) throw failure;
  return (winners.length === 1 ? winners : bodies).some((bytes) => found !== undefined && same(bytes, found.bytes));
}

/** In byte order, different also where case does not count; the first stands before `/`, as `-` does. */
const NAMES = ['-', '0', 'B', 'Z', '_', 'a', 'c', '~'] as const;

/** Reads and listings, as the ledger and Flux use them. */
async function survey(probe: Probe, found: CreateClass): Promise<Pick<Capability, 'etag' | 'reads' | 'listing'>> {
  const { objects, home } = probe;
  const folder = `${home}list/`;
  const held = new Map(NAMES.map((name) => [folder + name, bodyOf(probe, `object ${name}`)]));
  // Last one first: a listing in the order of writing must not look right.
  for (const [key, bytes] of [...held].reverse())
    await objects.put(key, bytes, found === 'unsupported' ? JSON_TYPE : CREATE);
  const [renewed, old] = [...held][0] ?? ['', new Uint8Array()];
  const fresh = bodyOf(probe, 'object overwritten by a longer one');
  held.set(renewed, fresh);
  await objects.put(renewed, fresh, JSON_TYPE);
  const read = await objects.get(renewed);
  if (read === undefined || !(same(read.bytes, fresh) || same(read.bytes, old))) throw corrupt(renewed);
  const { objects: all } = await objects.list(folder);
  const shown = all.filter(({ key, size }) => held.get(key)?.length === size);
  const etags = new Map([...held].map(([key, bytes]) => [key, viewOfBytes(bytes).md5]));
  return {
    etag:
      shown.every(({ key, etag }) => etag === etags.get(key)) && read.etag === viewOfBytes(read.bytes).md5
        ? 'md5'
        : 'other',
    reads: same(read.bytes, fresh) ? 'fresh' : 'stale',
    listing: shown.length < held.size ? 'stale' : await orderOf(objects, folder),
  };
}

/** Asks for short pages, as the ledger does for the newest record: whole listings are put in order on their way here. */
async function orderOf(objects: Objects, folder: string): Promise<Capability['listing']> {
  const pages: Parameters<Objects['list']>[1][] = [
    { limit: 1 },
    { delimiter: '/', startAfter: `${folder}/`, limit: 3 },
  ];
  const keys: string[] = [];
  for (const page of pages) {
    const listed = await objects.list(folder, page).catch(asSlipwayError);
    if (!(listed instanceof SlipwayError)) keys.push(...listed.objects.map(({ key }) => key.slice(folder.length)));
    else if (listed.code === 'STORE') return 'failed';
    else throw listed;
  }
  return keys.join() === NAMES.slice(0, 4).join() ? 'ordered' : 'unordered';
}

const MEANING: Readonly<Record<CreateClass, string>> = {
  atomic: 'Create-only writes are atomic: of publishers at once exactly one wins, and CI need not take turns',
  unsupported: 'The store refuses create-only writes (If-None-Match)',
  ignored: 'The store ignores the condition of create-only writes (If-None-Match) and overwrites',
  racy: 'Create-only writes (If-None-Match) are not atomic: of writers at once several win',
};
const SERIALISER =
  'a publisher can overwrite what another one recorded, so CI must run one publisher at a time (a concurrency group)';

const LISTING_FAULT: Readonly<Record<Capability['listing'], string | undefined>> = {
  ordered: undefined,
  unordered: 'listings are not in byte order',
  failed: 'listings fail in short pages',
  stale: 'listings do not show what was just written',
};

/** What a class means, and what CI must provide for it, in one sentence without a full stop. */
export function meaningOf(found: CreateClass): string {
  return found === 'atomic' ? MEANING.atomic : `${MEANING[found]}: ${SERIALISER}`;
}

/**
 * Lets a store pass if releases can be ordered in it. Throws `REFUSED` for the three classes that cannot promise it, unless
 * the store's `accept-unsafe` is set, and `STORE`, whatever is set, where the newest record could not even be found.
 */
export function requireSafe(
  store: string,
  found: Capability,
  { acceptUnsafe }: { readonly acceptUnsafe: boolean },
): void {
  const fault = found.reads === 'stale' ? 'reads do not show what was just written' : LISTING_FAULT[found.listing];
  if (fault !== undefined) {
    const hint = 'set the store to strong consistency, or use another one';
    throw new SlipwayError('STORE', `Cannot publish to store "${store}": its ${fault}`, { hint });
  }
  if (found.class === 'atomic' || acceptUnsafe) return;
  const hint = 'do that and set "accept-unsafe: true" on the store, or use a store with atomic writes';
  throw new SlipwayError('REFUSED', `Cannot publish to store "${store}": create-only writes are "${found.class}"`, {
    hint: `${meaningOf(found.class)}; ${hint}`,
  });
}

function bodyOf({ options }: Probe, what: string): Uint8Array {
  return Buffer.from(`${JSON.stringify({ probe: options.run, at: options.at, what })}\n`);
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

function corrupt(key: string): SlipwayError {
  const hint = 'the store, or a proxy before it, changes what it is given: do not publish to it';
  return new SlipwayError('CORRUPT', `Cannot trust this store: "${key}" does not read back as written`, { hint });
}

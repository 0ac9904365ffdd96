/** Proofs that a promotion carries along: all of them have to be there, and to be accepted, before anything is put. */
import { eachLimit } from '../../concurrency.ts';
import { asSlipwayError, SlipwayError } from '../../errors.ts';
import type { Attachments, Digest, Entry } from '../../model.ts';
import { isShowable } from '../known.ts';
import { isAllowed } from '../phrases.ts';
import { atStore, type Compared, reachable, type Site, UNDECIDED } from '../release.ts';
import type { Store } from '../store.ts';
import { describeManifest } from '../supply.ts';
import type { Origin } from './change.ts';

const AT_ONCE = 16;
const NOTHING: Attachments = { bundles: [], signatures: [], notations: [] };

const onceEach = <T extends { readonly digest: Digest }>(all: readonly T[]): readonly T[] => [
  ...new Map(all.map((one) => [one.digest, one])).values(),
];

const joined = (a: Attachments, b: Attachments): Attachments => ({
  bundles: onceEach([...a.bundles, ...b.bundles]),
  signatures: [...a.signatures, ...b.signatures],
  notations: onceEach([...a.notations, ...b.notations]),
});

/** Those that lend, and the channel's own stores that have it already, before the others. */
function storesToAsk({ plan, sites }: Compared, { holders }: Origin): readonly Store[] {
  const own = reachable(sites).map(({ store }) => store);
  const isHolder = ({ name }: Store): boolean => holders.includes(name);
  return [...own.filter(isHolder), ...(plan.lenders ?? []), ...own.filter((store) => !isHolder(store))];
}

interface Found {
  readonly all: Attachments;
  /** Why something may be missing that is there after all. */
  readonly failed?: SlipwayError;
}

/** Asks one store after the other until nothing is missing that a reader of the target looks at. */
async function foundFor(compared: Compared, origin: Origin, entry: Entry, readers: readonly Site[]): Promise<Found> {
  let all = NOTHING;
  let failed: SlipwayError | undefined;
  for (const store of storesToAsk(compared, origin)) {
    try {
      all = joined(all, await store.proofs.found(entry));
    } catch (thrown) {
      if (asSlipwayError(thrown).code === 'INTERRUPTED') throw thrown;
      failed ??= atStore(store.name, thrown);
    }
    const isWhole = readers.every((site) => site.store.proofs.missing(entry, all).length === 0);
    if (isWhole && entry.proofs.length > 0) return { all };
  }
  return { all, ...(failed && { failed }) };
}

function untrusted({ name, proofs }: Entry, { label }: Origin, thrown: unknown): unknown {
  if (!(thrown instanceof SlipwayError) || thrown.code !== 'UNTRUSTED') return thrown;
  const signers = [...new Set(proofs.map(({ signer }) => `"${signer}"`))];
  const who = signers.length === 0 ? 'nobody signed it' : `it is signed by ${signers.join(' and ')}`;
  const message = `Cannot promote "${name}" from ${label}, where ${who}: ${thrown.message}`;
  return new SlipwayError('UNTRUSTED', message, {
    hint: thrown.hint ?? 'publish it there signed by whom the verify of this channel names',
    cause: thrown,
  });
}

async function judge(compared: Compared, origin: Origin, entry: Entry): Promise<void> {
  const { policy: wanted } = compared.plan.sealing;
  const isUnsigned = entry.proofs.length === 0;
  const isExcused = isUnsigned && wanted !== undefined && isAllowed(compared.plan, 'unsigned');
  const policy = isExcused ? undefined : wanted;
  if (isUnsigned && policy === undefined) return;
  const readers = reachable(compared.sites).filter((site) => isShowable(site, entry));
  const { all, failed } = await foundFor(compared, origin, entry, readers);
  const [lost] = readers.flatMap((site) => site.store.proofs.missing(entry, all));
  if (lost !== undefined) {
    if (failed !== undefined) throw failed;
    const message = `Cannot promote "${entry.name}" from ${origin.label}: no store has its ${lost.kind} "${lost.digest}"`;
    throw new SlipwayError('NOT_FOUND', message, {
      hint: 'have it proved anew where it was published: slipway publish --allow prove-again',
    });
  }
  if (policy === undefined) return;
  const manifest = await describeManifest({ ...UNDECIDED, ...compared, outcome: 'published' }, entry);
  const shown = new Set(readers.map(({ store }) => store.names.proved(entry)));
  try {
    for (const shows of shown) await policy.accepts({ name: entry.name, manifest, shows }, all);
  } catch (thrown) {
    throw untrusted(entry, origin, thrown);
  }
}

/**
 * Judges what comes in by the policy of the channel where it goes, with the proofs that its origin has. Throws `UNTRUSTED`,
 * `NOT_FOUND` for proofs that no store has, and what kept a store from answering.
 */
export async function judgeCarried(compared: Compared, origin: Origin, entries: readonly Entry[]): Promise<void> {
  await eachLimit(entries, AT_ONCE, (entry) => judge(compared, origin, entry));
}

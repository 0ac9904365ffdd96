/** Steps 3 and 5: content into every store by digest, then read back and hashed. */
import { eachLimit } from '../concurrency.ts';
import { SlipwayError, throwIfInterrupted } from '../errors.ts';
import type { Entry } from '../model.ts';
import { verifyClaimed, verifyProofs } from './read-back.ts';
import { atEach, atStore, type Decided, keyOf, missing, reachable, type Site } from './release.ts';
import type { Naming } from './store.ts';
import { type Supply, supplyOf } from './supply.ts';

/** Requests under way at once to one store. */
const AT_ONCE = 16;

const willWrite = ({ fresh, claim, claimed, target }: Decided, site: Site): boolean =>
  site.wants.length > 0 || fresh || (claim !== undefined && !claimed) || site.newest?.run !== target?.run;

async function each(
  site: Site,
  round: Decided,
  stage: 'put' | 'verify',
  work: (entry: Entry) => Promise<void>,
): Promise<void> {
  const { wants, store } = site;
  let done = 0;
  await eachLimit(wants, AT_ONCE, async (entry) => {
    throwIfInterrupted(round.plan.signal);
    await work(entry);
    done += 1;
    round.plan.progress?.({ stage, store: store.name, done, total: wants.length });
  });
}

/** Nothing is written anywhere when a store could not show what this run built. Throws what the shelf says. */
function refuseOwn({ packed }: Decided, { store, wants }: Site): void {
  const built = new Map(packed.map(({ content, bytes }) => [content.digest, bytes]));
  for (const entry of wants) {
    const content = built.get(entry.content);
    try {
      if (content !== undefined) store.shelf.refuse({ entry, content });
    } catch (thrown) {
      throw atStore(store.name, thrown);
    }
  }
}

/** All names that the round is about. */
export function namingsOf({ plan, target, claim }: Decided): readonly Naming[] {
  const { channel, version } = plan;
  return [
    ...(channel === undefined
      ? []
      : [{ space: { kind: 'channel', channel }, entries: target?.artifacts ?? [] } as const]),
    ...(version === undefined
      ? []
      : [{ space: { kind: 'version', version }, entries: claim?.artifacts ?? [] } as const]),
  ];
}

/** Puts what each store lacks, create-only. A store that cannot take it is failed; without the primary, or below the quorum, the run ends. */
export async function put(decided: Decided): Promise<Decided> {
  if (decided.end !== undefined || decided.lost) return decided;
  const supply = supplyOf(decided);
  for (const site of reachable(decided.sites)) refuseOwn(decided, site);
  const sites = await atEach(decided.sites, async (site) => {
    if (willWrite(decided, site)) await site.store.begin(namingsOf(decided));
    const present = new Set<string>();
    await each(site, decided, 'put', async (entry) => {
      if ((await site.store.shelf.put(await supply(entry))) === 'present') present.add(keyOf(entry));
    });
    return { present };
  });
  // Nothing is signed for a release that cannot be recorded.
  const end = missing({ plan: decided.plan, sites });
  return { ...decided, sites, ...(end && { end }) };
}

const MENDABLE: ReadonlySet<string> = new Set(['CORRUPT', 'NOT_FOUND']);

/** Reads one entry back; what is damaged or missing is written again, once. Answers whether it was. */
export async function verifyEntry({ store }: Site, entry: Entry, supply: Supply): Promise<boolean> {
  try {
    await store.shelf.check(entry);
    return false;
  } catch (thrown) {
    if (!(thrown instanceof SlipwayError) || !MENDABLE.has(thrown.code)) throw thrown;
  }
  await store.shelf.put(await supply(entry), { repair: true });
  await store.shelf.check(entry);
  return true;
}

/** Reads back what was put, proofs included. Without the primary, or with fewer good stores than the quorum, the run ends here. */
export async function verify(proved: Decided): Promise<Decided> {
  if (proved.end !== undefined || proved.lost) return proved;
  const supply = supplyOf(proved);
  const sites = await atEach(proved.sites, async (site) => {
    const repaired = new Set(site.repaired);
    const warnings = new Set(site.warnings);
    await each(site, proved, 'verify', async (entry) => {
      if (await verifyEntry(site, entry, supply)) repaired.add(entry.name);
      for (const text of await verifyProofs(proved, site, entry)) warnings.add(`"${entry.name}": ${text}`);
    });
    await eachLimit(site.judged, AT_ONCE, async (entry) => {
      for (const text of await verifyClaimed(proved, site, entry)) warnings.add(`"${entry.name}": ${text}`);
    });
    return { repaired, warnings: [...warnings] };
  });
  const end = missing({ plan: proved.plan, sites });
  return { ...proved, sites, ...(end && { end }) };
}

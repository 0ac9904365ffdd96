/** What a healed channel or version comes to. */
import { asSlipwayError, SlipwayError } from '../../errors.ts';
import type { ArtifactReceipt, ArtifactStoreReceipt, Outcome, Receipt } from '../../model.ts';
import { type HealOptions, wholeOf, writtenIn } from '../heal.ts';
import { failureOf, type ReceiptFacts, receiptOf } from '../receipt.ts';
import { type Decided, endingOf, type Site } from '../release.ts';
import type { Mends } from './damage.ts';
import { takesPart } from './taking-part.ts';

const isRefusal = (error: SlipwayError): boolean => endingOf(error).outcome === 'refused';

/**
 * Fewer stores are whole than the quorum asks. Whoever finds nothing but bad proofs says so, and a store that may not be used
 * waits for a decision.
 */
function unfinished(round: Decided, options: HealOptions): SlipwayError | undefined {
  const sites = round.sites.filter(({ store }) => options.chosen.has(store.name));
  const whole = wholeOf(round, options);
  if (whole.length >= options.quorum) return undefined;
  const errors = sites.flatMap(({ error }) => error ?? []);
  const refused = errors.find(isRefusal);
  const first = refused ?? errors[0];
  if (first !== undefined && errors.length === sites.length && errors.every(({ code }) => code === first.code))
    return first;
  const behind = sites.filter((site) => !whole.includes(site)).map(({ store }) => `"${store.name}"`);
  const message = `Only ${whole.length} of ${sites.length} stores are whole, the quorum is ${options.quorum}: ${behind.join(', ')} behind`;
  return new SlipwayError(refused?.code ?? 'QUORUM', first === undefined ? message : `${message}: ${first.message}`, {
    hint: first?.hint ?? 'run the same command again when the stores are back',
    cause: first,
  });
}

function outcomeOf(round: Decided, error: SlipwayError | undefined, isHealed: boolean, dryRun: boolean): Outcome {
  if (round.end !== undefined) return round.end.outcome;
  if (error !== undefined) return endingOf(error).outcome;
  if (!isHealed) return 'unchanged';
  return dryRun ? 'planned' : 'healed';
}

/** The sites as they are in the end: a store that keeps a record of which nothing tells whether it is true is not whole. */
const settledSites = ({ sites }: Decided, { mends }: HealOptions): readonly Site[] =>
  sites.map((site) => {
    const dispute = mends.get(site.store.name)?.dispute;
    return dispute === undefined || !takesPart(site) ? site : { ...site, state: 'failed', error: dispute };
  });

/** The site with what was done there instead of what was looked at. */
function told(site: Site, mends: Mends | undefined): Site {
  if (mends === undefined) return site;
  const isMended = (name: string): boolean => mends.completed.has(name) || mends.repaired.has(name);
  return { ...site, wants: site.wants.filter(({ name }) => isMended(name)), repaired: mends.repaired };
}

function withFailures(artifact: ArtifactReceipt, mends: HealOptions['mends']): ArtifactReceipt {
  const stores = Object.entries(artifact.stores).map(([store, at]): [string, ArtifactStoreReceipt] => {
    const known = mends.get(store)?.failures;
    if (known === undefined || (known.size === 0 && mends.get(store)?.dispute === undefined)) return [store, at];
    const { error: _, ...rest } = at;
    const own = known.get(artifact.name);
    // The store is not whole for want of another artifact, or of a record.
    if (own === undefined) return [store, { ...rest, state: 'lagging' }];
    return [store, { ...rest, state: 'failed', error: failureOf(asSlipwayError(own)) }];
  });
  return { ...artifact, stores: Object.fromEntries(stores) };
}

/** Whether the run wrote anything besides what the stores themselves know of. */
export type Wrote = () => boolean;

/** The receipt of a healed channel or version; of the chosen stores only. */
export function healedReceipt(
  ended: Decided,
  facts: ReceiptFacts,
  options: HealOptions & { readonly wrote: Wrote },
): Receipt {
  const { chosen, mends } = options;
  const round: Decided = { ...ended, sites: settledSites(ended, options) };
  const sites = round.sites
    .filter(({ store }) => chosen.has(store.name))
    .map((site) => told(site, mends.get(site.store.name)));
  const error = round.end?.error ?? unfinished(round, options);
  const isHealed = writtenIn(options) > 0 || options.wrote();
  const receipt = receiptOf({ ...round, sites }, facts);
  return {
    ...receipt,
    outcome: outcomeOf(round, error, isHealed, facts.dryRun),
    artifacts: receipt.artifacts.map((artifact) => withFailures(artifact, mends)),
    ...(error && { error: failureOf(error) }),
  };
}

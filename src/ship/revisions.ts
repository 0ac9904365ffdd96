/** What Flux finds under the names that were written, listed as Flux lists it and compared with what was predicted. */
import type { Entry } from '../model.ts';
import { isShowable, orNothing } from './known.ts';
import { atEach, type Decided, type Site } from './release.ts';
import { isAbove, type NameSpace } from './store.ts';

/** The names that the receipt speaks of: the channel's, or those of a version alone. */
export function namesOf({ plan, target, claim }: Decided): {
  readonly space: NameSpace;
  readonly entries: readonly Entry[];
} {
  if (plan.channel !== undefined)
    return { space: { kind: 'channel', channel: plan.channel }, entries: target?.artifacts ?? [] };
  return { space: { kind: 'version', version: plan.version ?? '' }, entries: claim?.artifacts ?? [] };
}

/** Lists each store whose names were written, or whose revisions nobody can predict: one request for a thousand names. */
export async function withRevisions(named: Decided): Promise<Decided> {
  const { space, entries } = namesOf(named);
  const sites = await atEach(named.sites, async (site) => {
    if (site.state !== 'current') return undefined;
    const shown = entries.filter((entry) => isShowable(site, entry));
    const unpredicted = shown.some((entry) => site.store.names.fluxRevision(space, entry) === '');
    if (shown.length === 0 || !(site.named || unpredicted)) return undefined;
    // The names are written: that they cannot be listed now is no failure of the store.
    const revisions = await orNothing(() => site.store.names.revisions(space, shown));
    if (revisions === undefined) return undefined;
    const found = surprises(site, { space, shown, revisions });
    // A newer publisher that has moved names since is nobody else. Its record came before its names.
    const isCertain = found.length === 0 || !(await isOvertaken(site, named.target));
    return { revisions, warnings: [...site.warnings, ...(isCertain ? found : [])] };
  });
  return { ...named, sites };
}

async function isOvertaken({ store }: Site, target: Decided['target']): Promise<boolean> {
  if (target === undefined) return false;
  const head = await orNothing(() => store.ledger.head(target.channel));
  return head !== undefined && isAbove(head, target);
}

interface Found {
  readonly space: NameSpace;
  readonly shown: readonly Entry[];
  readonly revisions: ReadonlyMap<string, string>;
}

function surprises({ store }: Site, { space, shown, revisions }: Found): readonly string[] {
  return shown.flatMap((entry) => {
    const predicted = store.names.fluxRevision(space, entry);
    const found = revisions.get(entry.name);
    if (predicted === '' || found === predicted) return [];
    const state = found === undefined ? 'nothing' : `revision "${found}"`;
    return [`Flux finds ${state} under "${entry.name}", not the predicted "${predicted}": someone else writes there`];
  });
}

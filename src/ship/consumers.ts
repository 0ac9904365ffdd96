/** Names that say how clusters reach the store, and say it otherwise than this run would. */
import type { BucketAccess, Entry } from '../model.ts';
import { refuseUnless } from './forward.ts';
import { reachable, type Site } from './release.ts';
import type { ReleasePlan } from './release-plan.ts';
import type { NameSpace, OtherConsumers } from './store.ts';

const FIELDS = [
  'endpoint',
  'bucket',
  'region',
  'insecure',
  'provider',
  'secretRef',
  'namespace',
  'interval',
] as const satisfies readonly (keyof BucketAccess)[];

/** What differs: `endpoint "a.example.com", here "b.example.com"`. `before` stands in front of what this run would write. */
export function differences({ was, is }: OtherConsumers, before = 'here'): string {
  const said = (value: string | boolean | undefined): string => (value === undefined ? 'none' : JSON.stringify(value));
  return FIELDS.filter((field) => was[field] !== is[field])
    .map((field) => `${field} ${said(was[field])}, ${before} ${said(is[field])}`)
    .join('; ');
}

interface Other {
  readonly entry: Entry;
  readonly consumers: OtherConsumers;
}

/** The names of these entries here that were written for other consumers, as they were read last. */
function othersIn({ store }: Site, space: NameSpace, entries: readonly Entry[]): readonly Other[] {
  return entries.flatMap((entry) => {
    const consumers = store.names.canShow(entry) ? store.names.otherConsumers(space, entry) : undefined;
    return consumers === undefined ? [] : [{ entry, consumers }];
  });
}

/** Whether a name here was written for other consumers than this run's. */
export const isForOthers = (site: Site, space: NameSpace, entries: readonly Entry[]): boolean =>
  othersIn(site, space, entries).length > 0;

/** One warning for all names that differ in the same way. `brings`: this run writes them anew. */
export function consumerWarnings(
  site: Site,
  space: NameSpace,
  { entries, brings }: { readonly entries: readonly Entry[]; readonly brings: boolean },
): readonly string[] {
  const names = new Map<string, string[]>();
  for (const { entry, consumers } of othersIn(site, space, entries)) {
    const text = differences(consumers, brings ? 'now' : 'here');
    names.set(text, [...(names.get(text) ?? []), entry.name]);
  }
  const until = space.kind === 'version' ? 'as it was claimed' : 'until the newest commit is published';
  const state = brings ? 'was written for other consumers, and is written anew' : `is written for others, ${until}`;
  return [...names].map(([text, [first, ...more]]) => {
    const others = more.length === 0 ? '' : ` (and ${more.length} more)`;
    return `"${first}"${others} ${state}: ${text}`;
  });
}

/**
 * Objects in another namespace are other objects: clusters delete the ones that are gone from the name, and with them all that
 * they applied. Throws `REFUSED`; answers whether that was allowed.
 */
export function checkNamespace(
  { plan, sites }: { readonly plan: ReleasePlan; readonly sites: readonly Site[] },
  space: NameSpace,
  entries: readonly Entry[],
): boolean {
  const moved = reachable(sites).flatMap((site) =>
    othersIn(site, space, entries)
      .filter(({ consumers: { was, is } }) => was.namespace !== is.namespace)
      .map((other) => ({ ...other, site })),
  );
  for (const { entry, consumers, site } of moved) {
    const { was, is } = consumers;
    const where = `The Flux objects of "${entry.name}" are in namespace "${was.namespace}" in store "${site.store.name}"`;
    refuseUnless(plan, `consumer:${is.namespace}`, {
      message: `${where}, and consumer.namespace is "${is.namespace}": clusters would delete what they applied`,
      hint: 'first have every cluster patch "deletionPolicy: Orphan" into the Kustomization of root.yaml',
    });
  }
  return moved.length > 0;
}

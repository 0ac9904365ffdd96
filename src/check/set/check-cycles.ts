/** Finds Kustomizations and HelmReleases that wait for each other. */

import { groupedBy } from '../../grouped.ts';
import type { ArtifactView, PlacedObject, ReleaseReport } from '../view.ts';
import { cyclesOf, type Graph } from './cycles.ts';
import type { Holdings } from './holdings.ts';
import type { Neighbourhood } from './neighbours.ts';
import type { Named, Reference } from './reference.ts';

type Name = Pick<Named, 'kind' | 'namespace' | 'name'>;

const nameOf = ({ namespace, name }: Name): string => (namespace === undefined ? name : `${namespace}/${name}`);
const keyOf = (named: Name): string => `${named.kind} ${nameOf(named)}`;

const dependenciesOf = ({ facts }: PlacedObject): readonly Reference[] =>
  facts.set.references.filter(({ rule }) => rule === 'set/flux-dependency');

/** Looks for circles of `dependsOn`, in artifacts and across those that may go to one cluster. */
export function checkCycles(neighbourhood: Neighbourhood, report: ReleaseReport): void {
  const viewOf = new Map<PlacedObject, ArtifactView>();
  const waiting = new Map(neighbourhood.all.map((holdings) => [holdings, waitingIn(holdings)]));
  for (const [{ view }, objects] of waiting) for (const object of objects.values()) viewOf.set(object, view);
  for (const cycle of cyclesOf(graphOf(waiting, neighbourhood))) {
    const [first, second = first] = cycle;
    const view = first === undefined ? undefined : viewOf.get(first);
    if (first === undefined || second === undefined || view === undefined) continue;
    const field = dependenciesOf(first).find((dependency) => keyOf(dependency) === keyOf(second.facts))?.field ?? [];
    report(view, { rule: 'set/flux-cycle', field: field.slice(0, -1), ...textsOf(first, cycle) }, first);
  }
}

type Waiting = ReadonlyMap<Holdings, ReadonlyMap<string, PlacedObject>>;

/** The objects with dependencies, by name. Where two have one name (overlays), nobody can tell which is meant. */
function waitingIn({ view: { objects } }: Holdings): ReadonlyMap<string, PlacedObject> {
  const all = groupedBy(
    objects.filter(({ facts }) => facts.kind === 'Kustomization' || facts.kind === 'HelmRelease'),
    ({ facts }) => keyOf(facts),
  );
  return new Map(
    [...all].flatMap(([key, [object, ...others]]) =>
      others.length === 0 && dependenciesOf(object).length > 0 ? [[key, object]] : [],
    ),
  );
}

function graphOf(waiting: Waiting, neighbourhood: Neighbourhood): Graph<PlacedObject> {
  const holders = [...waiting].filter(([, objects]) => objects.size > 0);
  return new Map(
    holders.flatMap(([own, objects]) =>
      [...objects.values()].map((object): [PlacedObject, readonly PlacedObject[]] => [
        object,
        dependenciesOf(object).flatMap((dependency) => {
          const key = keyOf(dependency);
          const near = objects.get(key);
          if (near !== undefined || own.find(dependency).length > 0) return near ?? [];
          const far = holders.filter(([other, theirs]) => theirs.has(key) && neighbourhood.mayMeet(own, other));
          return far.length === 1 ? (far[0]?.[1].get(key) ?? []) : [];
        }),
      ]),
    ),
  );
}

function textsOf({ facts }: PlacedObject, cycle: readonly PlacedObject[]): { message: string; hint: string } {
  const names = cycle.map((object) => `"${nameOf(object.facts)}"`);
  return cycle.length === 1
    ? {
        message: `${facts.kind} ${names.join()} depends on itself: it never becomes ready`,
        hint: 'remove this dependency',
      }
    : {
        message: `These ${facts.kind}s wait for each other and never become ready: ${[...names, names[0]].join(' -> ')}`,
        hint: 'remove one of these dependencies',
      };
}

/** Finds objects that two artifacts bring to one cluster. */

import { groupedBy } from '../../grouped.ts';
import type { ArtifactView, ReleaseCheck } from '../view.ts';
import { deliveriesOf } from './deliveries.ts';
import { namespaceOf } from './holdings.ts';

/** An artifact in a cluster, and the namespace that everything of it is put into. */
interface Guest {
  readonly view: ArtifactView;
  readonly targetNamespace: string | undefined;
}

/** Looks for objects with two owners. That two artifacts meet is known where Kustomizations of the run apply them. */
export const checkOwners: ReleaseCheck = (views, _context, report) => {
  const told = new Set<string>();
  for (const guests of clustersOf(views)) {
    const owners = new Map<string, ArtifactView>();
    for (const { view, targetNamespace } of guests) {
      for (const object of view.objects) {
        const { facts } = object;
        const namespace = facts.namespaced === false ? '' : (targetNamespace ?? namespaceOf(facts));
        const key = `${namespace} ${facts.set.key}`;
        const owner = owners.get(key);
        if (owner === undefined) owners.set(key, view);
        if (owner === undefined || owner === view || facts.name === '' || facts.set.shared === true) continue;
        const [one, other] = [owner.artifact.name, view.artifact.name];
        const already = `${one} ${other} ${key}`;
        if (told.has(already)) continue;
        told.add(already);
        const what = `${facts.kind} "${namespace === '' ? '' : `${namespace}/`}${facts.name}"`;
        report(
          view,
          {
            rule: 'set/two-owners',
            message: `${what} is in artifact "${one}" too, and both go to one cluster: each takes it from the other`,
            expected: 'one artifact that holds it',
            hint: 'keep it in one of the two artifacts',
          },
          object,
        );
      }
    }
  }
};

/** The artifacts that meet in clusters: one that applies others, with all that it leads to. */
function clustersOf(views: readonly ArtifactView[]): readonly (readonly Guest[])[] {
  const deliveries = deliveriesOf(views);
  const from = groupedBy(deliveries, (delivered) => delivered.from);
  const guests = new Set(deliveries.filter((delivered) => delivered.from !== delivered.to).map(({ to }) => to));
  return [...from.keys()]
    .filter((view) => !guests.has(view))
    .map((root) => {
      const found = new Map<string, Guest>();
      const visit = (view: ArtifactView, targetNamespace: string | undefined): void => {
        const key = `${view.artifact.name} ${targetNamespace ?? ''}`;
        if (found.has(key)) return;
        found.set(key, { view, targetNamespace });
        for (const next of from.get(view) ?? []) if (next.to !== root) visit(next.to, next.targetNamespace);
      };
      visit(root, undefined);
      // What a source artifact becomes depends on the folder that is built of it.
      return [...found.values()].filter(({ view }) => view.artifact.render.kind !== 'source');
    });
}

/** Which artifacts of a run bring which others to their cluster. */
import type { ArtifactView } from '../view.ts';
import type { Delivery } from './delivery.ts';

/** A Kustomization of one artifact applies another artifact in the same cluster. */
export interface Delivered {
  readonly from: ArtifactView;
  readonly to: ArtifactView;
  readonly targetNamespace: string | undefined;
}

type Source = NonNullable<Delivery['source']>;

const keyOf = ({ kind, namespace, name }: Source): string => `${kind} ${namespace ?? ''} ${name}`;

/** What the Kustomizations of all artifacts apply, where their sources lead to artifacts of the run. */
export function deliveriesOf(views: readonly ArtifactView[]): readonly Delivered[] {
  const byName = new Map(views.map((view) => [view.artifact.name, view]));
  return views.flatMap((from) => {
    const artifacts = new Map<string, ArtifactView>();
    for (const { facts } of from.objects) {
      const view = byName.get(facts.set.delivery?.artifact ?? '');
      if (view !== undefined) artifacts.set(keyOf(facts), view);
    }
    if (artifacts.size === 0) return [];
    return from.objects.flatMap(({ facts }) => {
      const { source, targetNamespace } = facts.set.delivery ?? {};
      const to = source === undefined ? undefined : artifacts.get(keyOf(source));
      return to === undefined ? [] : [{ from, to, targetNamespace }];
    });
  });
}

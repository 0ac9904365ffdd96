/** Finds selectors that find no Pod, and Services that call ports by names that no Pod has. */
import type { Breach } from '../rule.ts';
import type { PlacedObject, ReleaseReport } from '../view.ts';
import { CLUSTER_OWN, type Holdings, namespaceOf } from './holdings.ts';
import type { Neighbourhood } from './neighbours.ts';
import { isOpen, labelsText, mayFind, type Selector, selectorText } from './selector.ts';

/** Looks for the Pods of every Service and PodDisruptionBudget. */
export function checkSelectors(neighbourhood: Neighbourhood, report: ReleaseReport): void {
  for (const holdings of neighbourhood.all) {
    for (const object of holdings.view.objects) {
      const { selects } = object.facts.set;
      if (selects === undefined) continue;
      for (const breach of breachesOf(object, selects, holdings, neighbourhood)) report(holdings.view, breach, object);
    }
  }
}

function breachesOf(
  object: PlacedObject,
  selector: Selector,
  holdings: Holdings,
  neighbourhood: Neighbourhood,
): readonly Breach[] {
  const namespace = namespaceOf(object.facts);
  const pods = holdings.podsIn(namespace);
  if (pods.length === 0 || CLUSTER_OWN.test(namespace) || holdings.hidesIn(namespace)) return [];
  const found = foundIn(holdings, selector, namespace);
  if (found.length > 0) return portBreaches(object, found, holdings);
  if (isOpen(selector.labels) || holdings.hasOpenPods) return [];
  if (
    neighbourhood.has(holdings, (other) => other.hidesIn(namespace) || foundIn(other, selector, namespace).length > 0)
  )
    return [];
  return [nothingFound(object, selector, pods)];
}

function foundIn(holdings: Holdings, selector: Selector, namespace: string): readonly PlacedObject[] {
  return holdings
    .podsIn(namespace, selector.asked)
    .filter(({ facts }) => mayFind(selector, facts.set.pods?.labels ?? {}));
}

function nothingFound({ facts }: PlacedObject, selector: Selector, pods: readonly PlacedObject[]): Breach {
  const follows = facts.kind === 'Service' ? 'nobody answers its requests' : 'it protects nothing';
  const [first] = pods;
  const labels = labelsText(first?.facts.set.pods?.labels ?? {});
  return {
    rule: 'set/selects-nothing',
    field: ['spec', 'selector'],
    message: `No Pod of the artifact is found by selector "${selectorText(selector)}" in its namespace: ${follows}`,
    found: `selector "${selectorText(selector)}"`,
    expected: `labels of a Pod, such as "${labels}" of ${first?.facts.kind} "${first?.facts.name}"`,
    hint: 'give the selector and the Pods the same labels',
  };
}

function portBreaches({ facts }: PlacedObject, found: readonly PlacedObject[], { view }: Holdings): readonly Breach[] {
  if (view.artifact.render.kind === 'source') return [];
  const ports = new Set(found.flatMap((pod) => pod.facts.set.pods?.ports ?? []));
  const missing = (facts.set.targetPorts ?? []).filter(({ name }) => !name.includes('$') && !ports.has(name));
  const names = [...ports].map((name) => `"${name}"`).join(', ');
  return missing.map(({ name, index }) => ({
    rule: 'set/port',
    field: ['spec', 'ports', index, 'targetPort'],
    message: `No container of the Pods that the Service selects has a port named "${name}": nobody answers its requests`,
    found: `target port "${name}"`,
    expected:
      names === '' ? 'the name of a container port, or a number: no port has a name' : `one of ${names}, or a number`,
    hint: 'name the container port like that, or correct targetPort',
  }));
}

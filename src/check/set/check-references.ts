/** Finds names that lead nowhere. */
import { closest, quoted } from '../../config/suggest.ts';
import type { ObjectFacts } from '../facts.ts';
import { groupOf } from '../object.ts';
import type { Breach } from '../rule.ts';
import type { PlacedObject, ReleaseReport } from '../view.ts';
import { CLUSTER_OWN, type Held, type Holdings, namespaceOf } from './holdings.ts';
import type { Neighbourhood } from './neighbours.ts';
import type { Reference, ReferenceRule } from './reference.ts';

/** What is there in every cluster, or comes with Flux itself. */
const ALWAYS: ReadonlyMap<string, RegExp> = new Map([
  ['ConfigMap', /^(?:kube-root-ca\.crt|openshift-service-ca\.crt)$/],
  ['ServiceAccount', /^default$/],
  ['ClusterRole', /^(?:cluster-admin|admin|edit|view|system:.*)$/],
  ['Role', /^(?:system:.*|extension-apiserver-authentication-reader)$/],
  ['GitRepository', /^flux-system$/],
  ['OCIRepository', /^flux-system$/],
  ['Bucket', /^flux-system$/],
  ['Kustomization', /^flux-system$/],
  ['Secret', /^flux-system$/],
]);

const GRANTS_NOTHING = 'the binding grants nothing';

/** Where there are more names, the nearest is not looked for. */
const MAX_COMPARED = 100;

/** What follows from the absence of what a rule is about, for Kubernetes' own objects; and what to do. */
const TEXTS: Readonly<Record<ReferenceRule, { readonly follows: string; readonly hint: string }>> = {
  'set/configmap': { follows: 'no Pod starts without it', hint: 'add it, correct the name, or mark it as optional' },
  'set/secret': {
    follows: 'no Pod starts without it',
    hint: 'add it or what makes it, correct the name, or mark it as optional',
  },
  'set/service-account': { follows: 'no Pod is created without it', hint: 'add it or correct the name' },
  'set/volume-claim': { follows: 'no Pod starts without it', hint: 'add it or correct the name' },
  'set/service': { follows: 'nothing can be reached under this name', hint: 'add it or correct the name' },
  'set/scale-target': { follows: 'there is nothing to scale', hint: 'correct the name, or remove what scales it' },
  'set/role': { follows: GRANTS_NOTHING, hint: 'add it or correct the name' },
  'set/flux-source': { follows: 'Flux waits for it', hint: 'add it, or correct its kind, name or namespace' },
  'set/flux-reference': { follows: 'Flux waits for it', hint: 'add it, or correct its kind, name or namespace' },
  'set/flux-dependency': {
    follows: 'Flux waits for it',
    hint: 'correct its name or namespace, or remove the dependency',
  },
};

/** Looks up everything that objects name. */
export function checkReferences(neighbourhood: Neighbourhood, report: ReleaseReport): void {
  for (const holdings of neighbourhood.all) {
    for (const object of holdings.view.objects) {
      const told = new Set<string>();
      for (const reference of object.facts.set.references) {
        const breach = breachOf(reference, object, holdings, neighbourhood);
        // Ten variables from one absent ConfigMap are one mistake.
        if (breach === undefined || told.has(breach.message)) continue;
        told.add(breach.message);
        report(holdings.view, breach, object);
      }
    }
  }
}

function breachOf(
  reference: Reference,
  object: PlacedObject,
  holdings: Holdings,
  neighbourhood: Neighbourhood,
): Breach | undefined {
  const found = holdings.find(reference);
  if (found.length > 0) return entryBreach(reference, found, holdings);
  if (reference.optional) return undefined;
  if (ALWAYS.get(reference.kind)?.test(reference.name) === true) return undefined;
  if (holdings.hasOpenName(reference, reference.namespace ?? '')) return undefined;
  if (!isExpected(reference, object, holdings)) return undefined;
  if (neighbourhood.has(holdings, (other) => other.find(reference).length > 0 || hides(other, reference, object)))
    return undefined;
  return absent(reference, object, holdings);
}

/** Whether the artifact would hold it, if it was right: only then its absence means something. */
function isExpected(reference: Reference, object: PlacedObject, held: Holdings): boolean {
  const { rule, group, kind, namespace = '' } = reference;
  if (hides(held, reference, object)) return false;
  if (held.caresFor(reference, namespace)) return kind !== 'ClusterRole' || !held.hidesAnywhere;
  const isOwner = held.owns(namespace);
  const hasPods = held.podsIn(namespace).length > 0;
  switch (rule) {
    case 'set/configmap':
    case 'set/service-account':
    case 'set/volume-claim':
      return isOwner;
    case 'set/service':
      return isOwner || hasPods;
    case 'set/scale-target':
      return (group === 'apps' || group === '') && (isOwner || hasPods);
    case 'set/role':
      return kind === 'Role' && !CLUSTER_OWN.test(namespaceOf(object.facts));
    default:
      return false;
  }
}

/** Whether an artifact may let the object appear. Charts and operators make many, but no sources and values for Flux. */
const hides = (held: Holdings, { namespace = '' }: Reference, { facts }: PlacedObject): boolean =>
  isFlux(facts) ? held.hidesAll : held.hidesIn(namespace);

const isFlux = ({ apiVersion }: ObjectFacts): boolean => groupOf(apiVersion).endsWith('.fluxcd.io');

function absent(reference: Reference, { facts }: PlacedObject, holdings: Holdings): Breach {
  const { rule, kind, name, namespace = '', field } = reference;
  const names = holdings.namesOf(reference, namespace);
  const near = names.length > MAX_COMPARED ? undefined : closest(name, names);
  const what = `${kind} "${name}"${namespace === '' ? '' : ` in namespace "${namespace}"`}`;
  const follows = isFlux(facts)
    ? 'Flux waits for it'
    : facts.kind.endsWith('Binding')
      ? GRANTS_NOTHING
      : TEXTS[rule].follows;
  return {
    rule,
    field,
    message: `The artifact has no ${what}: ${follows}`,
    expected: `a ${what}`,
    hint: near === undefined ? TEXTS[rule].hint : `did you mean "${near}"? If not, ${TEXTS[rule].hint}`,
  };
}

/** A ConfigMap or Secret without the key, or a Service without the port, that somebody wants. */
function entryBreach(
  { kind, name, entry, optional }: Reference,
  found: readonly Held[],
  { view }: Holdings,
): Breach | undefined {
  if (entry === undefined || optional || view.artifact.render.kind === 'source') return undefined;
  const [only, ...others] = found;
  const entries = only?.facts?.set.entries ?? [];
  // What is empty as written is filled by somebody else.
  if (others.length > 0 || entries.length === 0 || entries.includes(entry.name)) return undefined;
  const [rule, what] = kind === 'Service' ? (['set/port', 'port'] as const) : (['set/key', 'key'] as const);
  const near = closest(entry.name, entries);
  return {
    rule,
    field: entry.field,
    message: `${kind} "${name}" has no ${what} "${entry.name}"`,
    expected: `one of ${quoted(entries)}`,
    hint: near === undefined ? `add the ${what} to the ${kind}, or name one that it has` : `did you mean "${near}"`,
  };
}

/** What checks of many objects need to know about one. */
import { fieldsOf, groupOf, type KubernetesObject, listOf, textOf } from '../object.ts';
import { podTemplatesOf } from '../objects/pod-specs.ts';
import type { ObjectContext } from '../view.ts';
import { type ChartUse, chartOf, type Delivery, deliveryOf } from './delivery.ts';
import { type Makes, makesOf } from './makes.ts';
import { keyOf, type Reference, References } from './reference.ts';
import { addFluxReferences } from './references/flux.ts';
import { addObjectReferences } from './references/objects.ts';
import { addPodReferences } from './references/pods.ts';
import { isOpen, type Labels, labelsOf, type Selector, selectorOf } from './selector.ts';

export type { Reference };

/** The Pods that an object makes. */
export interface PodFacts {
  readonly labels: Labels;
  /** Flux still fills something in their labels. */
  readonly open: boolean;
  /** Names of their ports. */
  readonly ports: readonly string[];
}

/** Facts for the checks of a set of objects. */
export interface SetFacts {
  /** What it is looked up by: its kind and name. */
  readonly key: string;
  readonly references: readonly Reference[];
  readonly makes?: Makes;
  readonly pods?: PodFacts;
  /** The Pods that it wants to find (Service, PodDisruptionBudget). */
  readonly selects?: Selector;
  /** Keys of a ConfigMap or Secret, names and numbers of a Service's ports. */
  readonly entries?: readonly string[];
  /** Ports of Pods that a Service calls by name, with their positions in `spec.ports`. */
  readonly targetPorts?: readonly { readonly name: string; readonly index: number }[];
  /** It says to Flux that others write to it too. */
  readonly shared?: true;
  /** `group kind` that a CRD defines. */
  readonly defines?: string;
  /** How Flux brings an artifact to the cluster. */
  readonly delivery?: Delivery;
  readonly chart?: ChartUse;
}

/** The annotation that says how Flux writes an object: merged, once, or not at all. */
const SHARED = 'kustomize.toolkit.fluxcd.io/ssa';

/** The facts of an object. */
export function setFacts(object: KubernetesObject, _context: ObjectContext): SetFacts {
  const references = new References(object.namespace);
  addPodReferences(object, references);
  addObjectReferences(object, references);
  addFluxReferences(object, references);
  const makes = makesOf(object);
  const delivery = deliveryOf(object);
  const chart = chartOf(object);
  return {
    key: keyOf({ group: groupOf(object.apiVersion), kind: object.kind, name: object.name }),
    references: references.found,
    ...(makes !== undefined && { makes }),
    ...(object.annotations[SHARED] !== undefined && { shared: true }),
    ...podsOf(object),
    ...ownOf(object),
    ...(delivery !== undefined && { delivery }),
    ...(chart !== undefined && { chart }),
  };
}

function podsOf(object: KubernetesObject): Pick<SetFacts, 'pods'> {
  const [template] = podTemplatesOf(object);
  if (template === undefined) return {};
  const containers = [...listOf(template.spec.initContainers), ...listOf(template.spec.containers)];
  const ports = containers.flatMap((container) =>
    listOf(fieldsOf(container).ports).flatMap((port) => textOf(fieldsOf(port).name) ?? []),
  );
  const labels = labelsOf(template.labels);
  return { pods: { labels, open: isOpen(labels), ports } };
}

type Own = Pick<SetFacts, 'selects' | 'entries' | 'targetPorts' | 'defines'>;

const BY_KIND: ReadonlyMap<string, (object: KubernetesObject) => Own> = new Map<
  string,
  (object: KubernetesObject) => Own
>([
  ['ConfigMap.', (object) => entriesOf(object, ['data', 'binaryData'])],
  ['Secret.', (object) => entriesOf(object, ['data', 'stringData'])],
  ['Service.', serviceFacts],
  ['PodDisruptionBudget.policy', ({ value }) => selects(selectorOf(fieldsOf(value.spec).selector))],
  [
    'CustomResourceDefinition.apiextensions.k8s.io',
    ({ value }) => {
      const { group, names } = fieldsOf(value.spec);
      return { defines: `${textOf(group) ?? ''} ${textOf(fieldsOf(names).kind) ?? ''}` };
    },
  ],
]);

function ownOf(object: KubernetesObject): Own {
  return BY_KIND.get(`${object.kind}.${groupOf(object.apiVersion)}`)?.(object) ?? {};
}

/** The keys, unless others add to them: Flux may merge into what is there, and tokens come from the API server. */
function entriesOf({ value, annotations }: KubernetesObject, fields: readonly string[]): Own {
  if (annotations[SHARED] !== undefined) return {};
  if (value.type === 'kubernetes.io/service-account-token') return {};
  return { entries: fields.flatMap((field) => Object.keys(fieldsOf(value[field]))) };
}
const selects = (selector: Selector | undefined): Own => (selector === undefined ? {} : { selects: selector });

function serviceFacts({ value }: KubernetesObject): Own {
  const { selector, type, ports } = fieldsOf(value.spec);
  // Nothing is selected by what only gives an outside name.
  if (type === 'ExternalName') return {};
  const all = listOf(ports).map(fieldsOf);
  return {
    ...selects(selectorOf({ matchLabels: selector })),
    entries: all.flatMap(({ name, port }) => [textOf(name) ?? [], typeof port === 'number' ? String(port) : []].flat()),
    targetPorts: all.flatMap(({ targetPort }, index) =>
      typeof targetPort === 'string' && !/^\d*$/.test(targetPort) ? [{ name: targetPort, index }] : [],
    ),
  };
}

/** Checks of namespaces: missing, in vain, not defined. */

import { layoutOf } from '../flux/layout.ts';
import { textOf } from '../object.ts';
import type { Breach } from '../rule.ts';
import type { ArtifactCheck, ArtifactView, ObjectCheck, PlacedObject, ReleaseCheck } from '../view.ts';
import { deliveriesOf } from './deliveries.ts';

/** Namespaces that every cluster has, or that are Flux's own. */
const ALWAYS: ReadonlySet<string> = new Set([
  'default',
  'kube-system',
  'kube-public',
  'kube-node-lease',
  'flux-system',
]);

/** A namespace on an object that has none. */
export const checkNamespaceInVain: ObjectCheck = ({ apiVersion, kind, namespace }, { catalog }, report) => {
  if (namespace === undefined || catalog.namespaced(apiVersion, kind) !== false) return;
  report({
    rule: 'set/namespace-in-vain',
    field: ['metadata', 'namespace'],
    message: `A ${kind} belongs to the whole cluster: its namespace "${namespace}" means nothing`,
    found: `namespace "${namespace}"`,
    expected: 'no namespace',
    hint: 'remove metadata.namespace',
  });
};

/** Objects without a namespace: forgotten, where the others of the artifact have one. */
export const checkNamespaceMissing: ReleaseCheck = (views, _context, report) => {
  const isGiven = givenIn(views);
  for (const view of views) {
    const namespaced = view.objects.filter(({ facts }) => facts.namespaced === true);
    const missing = namespaced.filter(({ facts }) => facts.namespace === undefined);
    const [first] = missing;
    if (first === undefined || isGiven(view)) continue;
    const others = namespaced.length - missing.length;
    if (others === 0) report(view, open(missing), first);
    else if (missing.length > Math.max(others, 1)) report(view, mostlyMissing(missing, others), first);
    else for (const object of missing) report(view, forgotten(object), object);
  }
};

const EXPECTED = 'metadata.namespace, or targetNamespace in the Kustomization that applies the artifact';

function forgotten({ facts: { kind, name } }: PlacedObject): Breach {
  return {
    rule: 'set/namespace-missing',
    field: ['metadata'],
    message: `${kind} "${name}" has no namespace, others of the artifact have one: Flux refuses it without`,
    expected: EXPECTED,
    hint: 'add metadata.namespace',
  };
}

function mostlyMissing(missing: readonly PlacedObject[], others: number): Breach {
  const have = others === 1 ? '1 other has' : `${others} others have`;
  return {
    rule: 'set/namespace-missing',
    field: ['metadata'],
    message: `${missing.length} objects have no namespace, ${have} one: Flux refuses them without`,
    expected: EXPECTED,
    hint: 'add metadata.namespace to all, or leave it out everywhere and set targetNamespace',
  };
}

function open(missing: readonly PlacedObject[]): Breach {
  const count = missing.length === 1 ? '1 object needs' : `${missing.length} objects need`;
  return {
    rule: 'set/namespace-open',
    field: ['metadata'],
    message: `${count} a namespace and none has one: Flux applies them only with a targetNamespace`,
    expected: EXPECTED,
    hint: 'add metadata.namespace, or leave this rule off where the consumer sets targetNamespace',
  };
}

/** Which artifacts get namespaces from their consumer, as far as the run tells. */
function givenIn(views: readonly ArtifactView[]): (view: ArtifactView) => boolean {
  const all = views.flatMap(({ objects }) => objects.map(({ facts }) => facts.set));
  // Sources are built from folders that nobody knows; what makes any objects may make Kustomizations.
  const anywhere = all.some(({ delivery }) => delivery?.targetNamespace !== undefined);
  const hidden = all.some(({ makes }) => makes?.unknownIn === '*');
  const given = new Set(
    deliveriesOf(views).flatMap(({ to, targetNamespace }) => (targetNamespace === undefined ? [] : [to])),
  );
  return (view) =>
    hidden || given.has(view) || (view.artifact.render.kind === 'source' && (anywhere || setsNamespaces(view)));
}

/** Whether the kustomizations of an artifact give namespaces. */
function setsNamespaces({ files }: ArtifactView): boolean {
  return layoutOf(files).kustomizations.some(({ fields }) => textOf(fields.namespace) !== undefined);
}

/** Namespaces that objects are in, and that the artifact does not define. */
export const checkNamespaceUndefined: ArtifactCheck = ({ objects }, _context, report) => {
  const defined = new Set(objects.flatMap(({ facts }) => (facts.kind === 'Namespace' ? [facts.name] : [])));
  const told = new Set<string>();
  for (const object of objects) {
    const { namespaced, namespace } = object.facts;
    if (namespaced === false || namespace === undefined || ALWAYS.has(namespace)) continue;
    if (defined.has(namespace) || told.has(namespace) || namespace.includes('$')) continue;
    told.add(namespace);
    report(
      {
        rule: 'set/namespace-undefined',
        field: ['metadata', 'namespace'],
        message: `The artifact has no Namespace "${namespace}": Flux cannot apply its objects before somebody makes it`,
        expected: `a Namespace "${namespace}"`,
        hint: 'add the Namespace, or correct the name',
      },
      object,
    );
  }
};

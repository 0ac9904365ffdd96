/** What an artifact holds, by name: the answer to "is it there?". */

import { groupedBy } from '../../grouped.ts';
import type { ObjectFacts } from '../facts.ts';
import { layoutOf } from '../flux/layout.ts';
import { groupOf } from '../object.ts';
import type { ArtifactView, PlacedObject } from '../view.ts';
import { generatedBy } from './makes.ts';
import { NamespaceIndex } from './namespace-index.ts';
import { type Kind, keyOf, type Named } from './reference.ts';
import { SOURCES } from './references/flux.ts';
import type { Selector } from './selector.ts';

/** Something that is there; without facts when the cluster makes it of another object. */
export interface Held {
  readonly facts?: ObjectFacts;
}

/** Namespaces whose objects the cluster brings itself, in part. */
export const CLUSTER_OWN: RegExp = /^kube-(?:system|public|node-lease)$/;

/** The namespace in which an object ends, empty for objects without. */
export function namespaceOf({ namespaced, namespace }: ObjectFacts): string {
  return namespaced === false ? '' : (namespace ?? '');
}

/** All kinds of sources count as one when an artifact is asked whether it cares for sources. */
const familyOf = ({ group, kind }: Kind): string => (group === SOURCES ? SOURCES : `${group} ${kind}`);

/** Key of all Pods, whatever their labels. */
const ANY = '';

/**
 * The objects of an artifact. They are indexed by kind and name: most names lead somewhere. What is asked about those that
 * do not is indexed when the first is asked about.
 */
export class Holdings {
  readonly view: ArtifactView;
  private readonly objects = new Map<string, PlacedObject[]>();
  private readonly made: ReadonlyMap<string, readonly Named[]>;
  private readonly unknownIn: ReadonlySet<string>;
  private readonly makers: readonly PlacedObject[];
  private pods: NamespaceIndex<PlacedObject> | undefined;
  private openPods: boolean | undefined;
  private names: NamespaceIndex<string> | undefined;
  /** kustomize, run by the consumer, still gives or changes namespaces: they say nothing yet. */
  private readonly unsettled: boolean;

  constructor(view: ArtifactView) {
    this.view = view;
    this.unsettled = view.artifact.render.kind === 'source';
    const made: Named[] = [];
    const makers: PlacedObject[] = [];
    const unknownIn = new Set<string>();
    for (const object of view.objects) {
      const { key, makes, pods: own } = object.facts.set;
      const known = this.objects.get(key);
      if (known === undefined) this.objects.set(key, [object]);
      else known.push(object);
      if (own !== undefined) makers.push(object);
      if (makes === undefined) continue;
      made.push(...makes.named);
      if (makes.unknownIn !== undefined) unknownIn.add(makes.unknownIn);
    }
    if (this.unsettled) {
      const generated = generatedBy(layoutOf(view.files).kustomizations);
      made.push(...generated.named);
      if (generated.unknownIn !== undefined) unknownIn.add(generated.unknownIn);
    }
    [this.made, this.makers, this.unknownIn] = [groupedBy(made, keyOf), makers, unknownIn];
  }

  /** The objects that a name can mean. Where a namespace is not told, it may be any. */
  find(wanted: Named): readonly Held[] {
    const namespace = wanted.namespace ?? '';
    const named =
      this.objects.get(keyOf(wanted))?.filter(({ facts }) => this.same(namespaceOf(facts), namespace)) ?? [];
    if (named.length > 0) return named;
    const made = this.made.get(keyOf(wanted)) ?? [];
    return made.some((one) => this.same(one.namespace ?? '', namespace)) ? [{}] : [];
  }

  /** Whether it holds an object of the kind in the namespace: then it is its part to hold the others too. */
  caresFor(kind: Kind, namespace: string): boolean {
    return this.namesIn(familyOf(kind), namespace).length > 0;
  }

  /** Whether it holds the namespace itself. */
  owns(namespace: string): boolean {
    return this.objects.has(keyOf({ group: '', kind: 'Namespace', name: namespace }));
  }

  /** Whether objects appear in a namespace whose names nobody can tell. */
  hidesIn(namespace: string): boolean {
    return this.hidesAll || [...this.unknownIn].some((where) => this.same(where, namespace));
  }

  /** Whether they appear in any namespace at all. */
  get hidesAnywhere(): boolean {
    return this.unknownIn.size > 0;
  }

  /** Whether they may appear in all namespaces. */
  get hidesAll(): boolean {
    return this.unknownIn.has('*');
  }

  /** The objects that make Pods in a namespace; of these, at least those that have all labels that are asked for. */
  podsIn(namespace: string, asked: Selector['asked'] = []): readonly PlacedObject[] {
    this.pods ??= this.indexPods();
    let fewest = this.pods.in(ANY, namespace);
    const count = fewest.length;
    for (const [key, value] of asked) {
      // Where a Pod lacks the label, it may get it while it runs.
      if (this.pods.in(key, namespace).length < count) continue;
      const pods = this.pods.in(`${key}=${value}`, namespace);
      if (pods.length < fewest.length) fewest = pods;
    }
    return fewest;
  }

  /** Whether Flux still fills in labels of Pods. */
  get hasOpenPods(): boolean {
    this.openPods ??= this.makers.some(({ facts }) => facts.set.pods?.open === true);
    return this.openPods;
  }

  /** Names of a kind in a namespace. */
  namesOf(kind: Kind, namespace: string): readonly string[] {
    return this.namesIn(`${kind.group} ${kind.kind}`, namespace);
  }

  /** Whether a name of the kind is filled in later, and could become any. */
  hasOpenName(kind: Kind, namespace: string): boolean {
    return this.namesIn(`${kind.group} ${kind.kind} $`, namespace).length > 0;
  }

  /** Whether the two hold no object in common. Every team that shares a namespace may bring that. */
  isApartFrom(other: Holdings): boolean {
    return this.view.objects.every(
      ({ facts }) =>
        facts.kind === 'Namespace' ||
        !(other.objects.get(facts.set.key) ?? []).some((their) => namespaceOf(their.facts) === namespaceOf(facts)),
    );
  }

  private same(one: string, other: string): boolean {
    return this.unsettled || one === '' || other === '' || one === other;
  }

  private indexPods(): NamespaceIndex<PlacedObject> {
    const index = new NamespaceIndex<PlacedObject>(this.unsettled);
    for (const object of this.makers) {
      const namespace = namespaceOf(object.facts);
      index.add(ANY, namespace, object);
      for (const [key, value] of Object.entries(object.facts.set.pods?.labels ?? {})) {
        index.add(key, namespace, object);
        index.add(`${key}=${value}`, namespace, object);
      }
    }
    return index;
  }

  private namesIn(family: string, namespace: string): readonly string[] {
    this.names ??= this.indexNames();
    return this.names.in(family, namespace);
  }

  private indexNames(): NamespaceIndex<string> {
    const index = new NamespaceIndex<string>(this.unsettled);
    const note = (held: Kind & { readonly name: string }, namespace: string): void => {
      index.add(`${held.group} ${held.kind}`, namespace, held.name);
      if (held.group === SOURCES) index.add(SOURCES, namespace, held.name);
      if (held.name.includes('$')) index.add(`${held.group} ${held.kind} $`, namespace, held.name);
    };
    for (const { facts } of this.view.objects) {
      note({ group: groupOf(facts.apiVersion), kind: facts.kind, name: facts.name }, namespaceOf(facts));
    }
    // What appears in all namespaces says nothing about any of them.
    for (const made of [...this.made.values()].flat()) if (made.namespace !== undefined) note(made, made.namespace);
    return index;
  }
}

/** Looks at documents one by one. Documents of equal text are looked at once in a run. */
import type { FieldPath } from '../../model.ts';
import type { ObjectFacts } from '../facts.ts';
import { fluxFacts } from '../flux/facts.ts';
import { imagesOf } from '../images/facts.ts';
import { type KubernetesObject, objectsOf } from '../object.ts';
import type { Breach } from '../rule.ts';
import { setFacts } from '../set/facts.ts';
import { tenancyFacts } from '../tenancy/facts.ts';
import type { ObjectContext } from '../view.ts';
import type { ManifestDocument } from '../yaml/documents.ts';
import { ignoredRules, unknownIgnored } from './ignore.ts';
import { OBJECT_CHECKS } from './registry.ts';

/** An object of a document, and what is wrong with it alone. */
export interface ExaminedObject {
  readonly facts: ObjectFacts;
  readonly at: FieldPath;
  readonly breaches: readonly Breach[];
}

/** What a document holds. */
export interface ExaminedDocument {
  readonly objects: readonly ExaminedObject[];
  /** Of what is no object. */
  readonly breaches: readonly Breach[];
}

/** Characters of documents whose examination is remembered. */
const MAX_REMEMBERED = 100_000_000;

/** Examines documents for one catalog. */
export class Examiner {
  private readonly context: ObjectContext;
  private readonly known = new Map<string, ExaminedDocument>();
  private characters = 0;

  constructor(context: ObjectContext) {
    this.context = context;
  }

  /** What a document holds. Its value is asked for only when no document of its text was looked at before. */
  examine(document: Pick<ManifestDocument, 'text' | 'value'>): ExaminedDocument {
    const known = this.known.get(document.text);
    if (known !== undefined) return known;
    const examined = this.lookAt(document.value);
    this.learn(document.text, examined);
    return examined;
  }

  /** Remembers what a document of this text holds. */
  learn(text: string, examined: ExaminedDocument): void {
    this.characters += text.length;
    if (this.characters > MAX_REMEMBERED) {
      this.known.clear();
      this.characters = text.length;
    }
    this.known.set(text, examined);
  }

  /** What a document of this value holds. */
  lookAt(value: unknown): ExaminedDocument {
    const { objects, problems } = objectsOf(value);
    return {
      objects: objects.map(({ object, at }) => ({ ...this.lookAtObject(object), at })),
      breaches: problems.map(({ field, message }) => ({ rule: 'object/not-an-object', field, message })),
    };
  }

  private lookAtObject(object: KubernetesObject): Omit<ExaminedObject, 'at'> {
    const breaches: Breach[] = [...unknownIgnored(object)];
    for (const check of OBJECT_CHECKS) check(object, this.context, (breach) => breaches.push(breach));
    return { facts: this.factsOf(object), breaches };
  }

  private factsOf(object: KubernetesObject): ObjectFacts {
    const { apiVersion, kind, name, namespace } = object;
    return {
      apiVersion,
      kind,
      name,
      namespace,
      namespaced: this.context.catalog.namespaced(apiVersion, kind),
      ignored: ignoredRules(object),
      set: setFacts(object, this.context),
      flux: fluxFacts(object, this.context),
      tenancy: tenancyFacts(object, this.context),
      images: imagesOf(object),
    };
  }
}

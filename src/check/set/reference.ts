/** One object names another. */
import type { FieldPath } from '../../model.ts';
import { type Fields, fieldsOf, groupOf, textOf } from '../object.ts';

/** The rules about objects that others name. */
export type ReferenceRule =
  | 'set/configmap'
  | 'set/secret'
  | 'set/service-account'
  | 'set/volume-claim'
  | 'set/service'
  | 'set/scale-target'
  | 'set/role'
  | 'set/flux-source'
  | 'set/flux-reference'
  | 'set/flux-dependency';

/** A kind, in whatever version. */
export interface Kind {
  /** The API group; empty for the core. */
  readonly group: string;
  readonly kind: string;
}

/** An object, by its name. */
export interface Named extends Kind {
  readonly name: string;
  readonly namespace: string | undefined;
}

/** What objects are looked up by. */
export function keyOf({ group, kind, name }: Omit<Named, 'namespace'>): string {
  return `${group} ${kind} ${name}`;
}

/** One object names another. */
export interface Reference extends Named {
  /** The rule that says something when it is not there. */
  readonly rule: ReferenceRule;
  /** The field that names it. */
  readonly field: FieldPath;
  /** The consumer goes on without it. */
  readonly optional: boolean;
  /** What it must hold: a key of a ConfigMap or Secret, or a port of a Service; with the field that names that. */
  readonly entry?: { readonly name: string; readonly field: FieldPath };
}

/** What is the same for all objects that a reference can lead to. */
export interface Aim extends Kind {
  readonly rule: ReferenceRule;
}

/** The kinds that are named most. */
export const CONFIG_MAP: Aim = { rule: 'set/configmap', group: '', kind: 'ConfigMap' };
/** Secrets. */
export const SECRET: Aim = { rule: 'set/secret', group: '', kind: 'Secret' };
/** ServiceAccounts. */
export const SERVICE_ACCOUNT: Aim = { rule: 'set/service-account', group: '', kind: 'ServiceAccount' };

/** Where references of an object are collected. */
export class References {
  readonly found: Reference[] = [];
  /** Of the object that names others. */
  readonly namespace: string | undefined;

  constructor(namespace: string | undefined) {
    this.namespace = namespace;
  }

  /** Adds what a field names; nothing where that is no text, or is filled in later. */
  add(
    aim: Aim,
    name: unknown,
    field: FieldPath,
    more: Partial<Pick<Reference, 'optional' | 'namespace' | 'entry'>> = {},
  ): void {
    if (typeof name !== 'string' || name === '' || name.includes('$')) return;
    this.found.push({ ...aim, name, namespace: this.namespace, field, optional: false, ...more });
  }

  /** Adds what a mapping such as `secretRef: {name: x}` names. */
  addRef(aim: Aim, holder: unknown, at: FieldPath, key: string): void {
    const ref = fieldsOf(fieldsOf(holder)[key]);
    this.add(aim, ref.name, [...at, key, 'name'], { optional: ref.optional === true });
  }

  /** Adds what a mapping with `kind`, `name` and perhaps `namespace` and `apiVersion` names. */
  addKind(rule: ReferenceRule, ref: Fields, at: FieldPath, group: string): void {
    const kind = textOf(ref.kind);
    const apiVersion = textOf(ref.apiVersion);
    if (kind === undefined) return;
    this.add({ rule, kind, group: apiVersion === undefined ? group : groupOf(apiVersion) }, ref.name, [...at, 'name'], {
      namespace: textOf(ref.namespace) ?? this.namespace,
    });
  }
}

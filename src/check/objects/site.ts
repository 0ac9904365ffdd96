/** A walk through one object: where it is, and who is told. */
import type { FieldPath } from '../../model.ts';
import { fieldText, type KubernetesObject } from '../object.ts';
import type { Breach, Report } from '../rule.ts';

/** The rules about single objects. */
export type ObjectRule =
  | 'object/name'
  | 'object/labels'
  | 'object/selector'
  | 'object/duplicate'
  | 'object/reference'
  | 'object/one-of'
  | 'object/required'
  | 'object/conflict'
  | 'object/range'
  | 'object/quantity'
  | 'object/odd-quantity'
  | 'object/port-name'
  | 'object/value'
  | 'object/address'
  | 'object/cron'
  | 'object/rbac'
  | 'object/crd'
  | 'object/disruption';

/** What can be said beside the message. */
export interface Said extends Pick<Breach, 'found' | 'expected' | 'hint'> {
  /** From where the walk is. */
  readonly at?: FieldPath;
}

const LONGEST = 80;

/** Values as text that is equal where they are equal, whatever they are. */
export function keyOf(...values: readonly unknown[]): string {
  return JSON.stringify(values, (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value));
}

/** A value as messages show it. */
export function quote(value: unknown): string {
  const text = keyOf(value ?? '').slice(1, -1);
  if (text.length <= LONGEST) return text;
  return `${text.slice(0, LONGEST)}…${text.startsWith('"') ? '"' : ''}`;
}

/** `1 value`, `2 values`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** The end of a path, with two names: `containers[0].name`. */
function endOf(path: FieldPath): string {
  let names = 0;
  let start = path.length;
  while (start > 0 && names < 2) {
    start -= 1;
    if (typeof path[start] === 'string') names += 1;
  }
  return fieldText(path.slice(start));
}

/** Where a walk is. */
export class Site {
  readonly object: KubernetesObject;
  /** The target's minor version: 36 of `1.36`. */
  readonly minor: number;
  private readonly path: (string | number)[] = [];
  private readonly report: Report;

  constructor(object: KubernetesObject, minor: number, report: Report) {
    this.object = object;
    this.minor = minor;
    this.report = report;
  }

  /** Looks at a part of what is here. */
  into(key: string | number, value: unknown, look: (value: unknown, site: Site) => void): void {
    this.path.push(key);
    look(value, this);
    this.path.pop();
  }

  /** What is here, or a part of it, as messages name it. */
  name(...at: FieldPath): string {
    const path = at.length === 0 ? this.path : [...this.path, ...at];
    return path.length === 0 ? 'The object' : endOf(path);
  }

  /** Says that a rule is broken here, or at a part of what is here. */
  breach(rule: ObjectRule, message: string, { at = [], ...said }: Said = {}): void {
    this.report({ rule, field: [...this.path, ...at], message, ...said });
  }
}

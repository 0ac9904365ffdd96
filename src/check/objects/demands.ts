/** Demands of several fields together: one of these, this one with that one, each value once. */
import { type Fields, fieldsOf } from '../object.ts';
import type { Demand, ListDemand } from './look.ts';
import { type ObjectRule, quote, type Site } from './site.ts';

/** Whether Go sees a value in a field. */
export function isSet(fields: Fields, name: string): boolean {
  const value = fields[name];
  return value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0);
}

/** Of longer lists so many names are shown. */
const MOST = 10;
const SHOWN = 5;

/** `"a"`, `"a" and "b"`, `"a", "b" or "c"`; of many only the first ones. */
export function listed(names: readonly string[], word: 'and' | 'or'): string {
  const shown = names.length > MOST ? names.slice(0, SHOWN) : names;
  const quoted = shown.map((name) => `"${name}"`);
  if (shown.length < names.length) quoted.push(`${names.length - shown.length} others`);
  const last = quoted.pop() ?? '';
  return quoted.length === 0 ? last : `${quoted.join(', ')} ${word} ${last}`;
}

/** At most one of these fields, or exactly one. */
function one(names: readonly string[], needed: boolean): Demand {
  return (fields, site) => {
    const found = names.filter((name) => isSet(fields, name));
    if (found.length > 1) {
      site.breach('object/one-of', `${site.name()} has ${listed(found, 'and')}, but only one of them may be set`, {
        found: listed(found, 'and'),
        expected: `one of ${listed(names, 'or')}`,
        hint: `keep one of ${listed(found, 'and')}`,
      });
    }
    if (needed && found.length === 0) none(names, 'exactly one', site);
  };
}

function none(names: readonly string[], count: string, site: Site): void {
  site.breach('object/one-of', `${site.name()} has none of ${listed(names, 'and')}, but ${count} is needed`, {
    found: 'none of them',
    expected: `${count} of ${listed(names, 'or')}`,
    hint: `set ${listed(names, 'or')}`,
  });
}

/** One of these fields and no other of them. */
export const exactlyOne = (...names: readonly string[]): Demand => one(names, true);

/** Not two of these fields. */
export const atMostOne = (...names: readonly string[]): Demand => one(names, false);

/** One of these fields or several. */
export function atLeastOne(...names: readonly string[]): Demand {
  return (fields, site) => {
    if (!names.some((name) => isSet(fields, name))) none(names, 'at least one', site);
  };
}

/** Why a field is needed or forbidden, as a clause; undefined where it is neither. */
export type Reason = (fields: Fields, site: Site) => string | undefined;

/** `type is "Queue"`, where it is; without a value its default counts. */
export function when(name: string, value: unknown, fallback?: unknown): Reason {
  return (fields) => ((fields[name] || fallback) === value ? `${name} is ${quote(value)}` : undefined);
}

/** `type is "Reject"`, where it is something else than the value. */
export function unless(name: string, value: unknown, fallback?: unknown): Reason {
  return (fields) => {
    const actual = fields[name] || fallback;
    // A value of another type is the schema's business.
    if (actual === value || (actual !== undefined && typeof actual !== 'string')) return undefined;
    return actual === undefined || actual === '' ? `${name} is not ${quote(value)}` : `${name} is ${quote(actual)}`;
  };
}

/** A field that is needed, always or for a reason. */
export function need(name: string, reason: Reason = () => '', rule: ObjectRule = 'object/required'): Demand {
  return (fields, site) => {
    if (isSet(fields, name)) return;
    const because = reason(fields, site);
    if (because === undefined) return;
    const message = `${site.name(name)} is missing`;
    site.breach(rule, because === '' ? message : `${message}, which is needed because ${because}`, {
      at: [name],
      found: 'nothing',
      expected: 'a value',
      hint: `set ${name}`,
    });
  };
}

/** A field that must not be there for a reason. */
export function ban(name: string, reason: Reason, rule: ObjectRule = 'object/conflict'): Demand {
  return (fields, site) => {
    if (!isSet(fields, name)) return;
    const because = reason(fields, site);
    if (because === undefined) return;
    site.breach(rule, `${site.name(name)} must not be set because ${because}`, {
      at: [name],
      found: 'a value',
      expected: 'nothing',
      hint: `remove ${name}`,
    });
  };
}

/** Each item once. The key is what tells items apart; items without one are not compared. */
export function unique(keyOf: (item: unknown) => unknown, name?: string): ListDemand {
  return (items, site) => {
    if (items.length < 2) return;
    const seen = new Map<unknown, number>();
    for (const [index, item] of items.entries()) {
      const key = keyOf(item);
      if (key === undefined) continue;
      const first = seen.get(key);
      if (first === undefined) seen.set(key, index);
      else repeated(key, [first, index], name, site);
    }
  };
}

function repeated(key: unknown, [first, index]: readonly [number, number], name: string | undefined, site: Site): void {
  const at = name === undefined ? [index] : [index, name];
  const other = name === undefined ? site.name(first) : site.name(first, name);
  site.breach('object/duplicate', `${site.name(...at)} is ${quote(key)}, as is ${other}`, {
    at,
    found: `${quote(key)} again`,
    expected: 'each once',
    hint: 'change or remove one of them',
  });
}

/** Each item once, told apart by one field; what is absent or empty is not compared. */
export const uniqueBy = (name: string): ListDemand => unique((item) => fieldsOf(item)[name] || undefined, name);

/** Each text or number once. */
export const uniqueItems: ListDemand = unique((item) => item ?? '');

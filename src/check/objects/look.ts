/** What the API server demands of an object, written as tables: a table of fields names what each of them must be. */
import { type Fields, isMapping } from '../object.ts';
import type { Site } from './site.ts';

/** Looks at a value and says what is wrong with it. Values of a wrong type are left to the schema. */
export type Look = (value: unknown, site: Site) => void;

/** Looks at the fields of a mapping together. */
export type Demand = (fields: Fields, site: Site) => void;

/** Looks at the items of a list together. */
export type ListDemand = (items: readonly unknown[], site: Site) => void;

const NOTHING: Fields = {};

/** A mapping with these fields, and demands of them together. Null is an empty mapping, as in Go. */
export function fields(parts: Readonly<Record<string, Look>>, ...demands: readonly Demand[]): Look {
  const looks = new Map(Object.entries(parts));
  return (value, site) => {
    const mapping = value ?? NOTHING;
    if (!isMapping(mapping)) return;
    for (const name of Object.keys(mapping)) {
      const part = mapping[name];
      const look = part === null || part === undefined ? undefined : looks.get(name);
      if (look !== undefined) site.into(name, part, look);
    }
    for (const demand of demands) demand(mapping, site);
  };
}

/** A list of such items, and demands of them together. */
export function each(look: Look, ...demands: readonly ListDemand[]): Look {
  return (value, site) => {
    if (!Array.isArray(value)) return;
    for (const [index, item] of value.entries()) site.into(index, item, look);
    for (const demand of demands) demand(value, site);
  };
}

/** A mapping of such values under names of the writer's choice. */
export function values(look: Look): Look {
  return (value, site) => {
    if (!isMapping(value)) return;
    for (const name of Object.keys(value)) site.into(name, value[name], look);
  };
}

/** Several looks at one value. */
export function all(...looks: readonly Look[]): Look {
  return (value, site) => {
    for (const look of looks) look(value, site);
  };
}

/** A look that is defined further down, for what contains itself. */
export function later(look: () => Look): Look {
  return (value, site) => look()(value, site);
}

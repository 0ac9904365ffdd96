/** What the object rules say about an object, and how tests make objects that break them. */
import { fieldText, objectsOf } from '../../../src/check/object.ts';
import { checkObject } from '../../../src/check/objects/check-object.ts';
import { type Catalog, openCatalog } from '../../../src/check/schema/catalog.ts';

const catalogs = new Map<string, Catalog>();

function catalogFor(kubernetes: string): Catalog {
  const catalog = catalogs.get(kubernetes) ?? openCatalog({ kubernetes, flux: '2.9' });
  catalogs.set(kubernetes, catalog);
  return catalog;
}

/** `rule field: message` of all breaches in an object. */
export function breachesOf(value: unknown, kubernetes = '1.36'): readonly string[] {
  const found: string[] = [];
  const context = { catalog: catalogFor(kubernetes), targets: { kubernetes, flux: '2.9' }, tenants: [] };
  for (const { object } of objectsOf(value).objects) {
    checkObject(object, context, ({ rule, field = [], message }) => {
      found.push(`${rule} ${fieldText(field)}: ${message}`);
    });
  }
  return found;
}

/** Changes by path, as in `spec.ports.0.name`; `undefined` removes. */
export type Changes = Readonly<Record<string, unknown>>;

/** A changed copy of an object. */
export function changed(base: unknown, changes: Changes): unknown {
  // By way of JSON: parts that the bases share become parts of their own.
  const copy: unknown = JSON.parse(JSON.stringify(base));
  for (const [path, value] of Object.entries(changes)) {
    const keys = path.split('.').map((key) => key.replaceAll('~', '.'));
    const last = keys.pop() ?? '';
    let at = copy as Record<string, unknown>;
    for (const key of keys) {
      at[key] ??= {};
      at = at[key] as Record<string, unknown>;
    }
    if (value === undefined) delete at[last];
    else at[last] = value;
  }
  return copy;
}

/** A row of a table: what is broken, in which object, by which changes, and all that is said about it. */
export type Row = readonly [title: string, base: unknown, changes: Changes, said: readonly string[]];

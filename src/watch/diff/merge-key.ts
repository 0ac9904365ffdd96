/** The field by which items of a list are told apart, as server-side apply does it. */
import { isMapping } from '../../yaml/value.ts';

/** In the order of preference. Nothing needs to know the schema: a key counts where it tells all items apart. */
const KEYS = ['name', 'containerPort', 'port', 'mountPath', 'devicePath', 'key', 'topologyKey', 'uid', 'ip', 'type'];

/** Lists where a name is there and is not the key. */
const OF_FIELD: Readonly<Record<string, readonly string[]>> = {
  volumeMounts: ['mountPath'],
  volumeDevices: ['devicePath'],
};

type Items = readonly unknown[];

/** The key of all items of both lists, which no two items of one list share; undefined where there is none. */
export function mergeKeyOf(field: string, before: Items, after: Items): string | undefined {
  if (before.length + after.length === 0) return undefined;
  const keys = Object.hasOwn(OF_FIELD, field) ? OF_FIELD[field] : KEYS;
  return keys?.find((key) => tellsApart(key, before) && tellsApart(key, after));
}

/** An item's value of a key; undefined where it tells nothing. What is encrypted is no name, and must not be shown as one. */
export function keyValue(item: unknown, key: string): string | number | undefined {
  const value = isMapping(item) && Object.hasOwn(item, key) ? item[key] : undefined;
  if (typeof value === 'number') return value;
  return typeof value === 'string' && !value.startsWith('ENC[') ? value : undefined;
}

function tellsApart(key: string, items: Items): boolean {
  const values = new Set(items.map((item) => keyValue(item, key)));
  return values.size === items.length && !values.has(undefined);
}

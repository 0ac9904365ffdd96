/** Looking into values that were read from YAML: nothing is known about them. */

/** A mapping read from YAML. */
export type Fields = Readonly<Record<string, unknown>>;

/** Whether a value is a mapping. */
export function isMapping(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The mapping in a value, empty for everything else. */
export function fieldsOf(value: unknown): Fields {
  return isMapping(value) ? value : {};
}

/** The list in a value, empty for everything else. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The text in a value, undefined for everything else. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** What lies at a path, undefined where it leads nowhere. */
export function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((at, key) => (Array.isArray(at) ? at[Number(key)] : fieldsOf(at)[key]), value);
}

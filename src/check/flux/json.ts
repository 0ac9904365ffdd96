/** A value as JSON. Whole numbers of any size are in YAML, and `JSON.stringify` refuses the largest. */
export function jsonOf(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner)) ?? '';
}

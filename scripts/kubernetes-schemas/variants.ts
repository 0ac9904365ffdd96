import type { VersionBits } from '../../src/check/schema/openapi.ts';

/** `1.9` before `1.28`. */
export function byMinor(a: string, b: string): number {
  return Number(a.split('.')[1]) - Number(b.split('.')[1]);
}

/** Things that exist in several versions, equal ones once. */
export class Variants<T> {
  private readonly found = new Map<string, Map<string, { bits: VersionBits; value: T }>>();

  add(name: string, value: T, version: number): void {
    const variants = this.found.get(name) ?? new Map<string, { bits: VersionBits; value: T }>();
    this.found.set(name, variants);
    const text = JSON.stringify(value);
    const known = variants.get(text);
    if (known === undefined) variants.set(text, { bits: 1 << version, value });
    else known.bits |= 1 << version;
  }

  /** By name in order, each with its variants in the order of the versions. */
  entries(): [string, [VersionBits, T][]][] {
    const named = [...this.found].sort(([a], [b]) => (a < b ? -1 : 1));
    return named.map(([name, variants]) => [
      name,
      [...variants.values()].map(({ bits, value }): [VersionBits, T] => [bits, value]),
    ]);
  }
}

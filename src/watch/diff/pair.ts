/** Objects on both sides that belong together. */
import type { Placed } from './objects.ts';

/** An object on both sides. */
export interface Pair {
  readonly from: Placed;
  readonly to: Placed;
}

/** Objects of two sides. */
export interface Sides {
  readonly before: readonly Placed[];
  readonly after: readonly Placed[];
}

/** Pairs that were found, and what is left. */
export interface Paired extends Sides {
  readonly pairs: readonly Pair[];
}

/** Pairs objects with the same key, in their order. */
export function pairBy({ before, after }: Sides, keyOf: (object: Placed) => string | undefined): Paired {
  const waiting = new Map<string, Placed[]>();
  for (const from of before) {
    const key = keyOf(from);
    if (key !== undefined) waiting.set(key, [...(waiting.get(key) ?? []), from]);
  }
  const taken = new Set<Placed>();
  const pairs: Pair[] = [];
  const left = after.filter((to) => {
    const from = waiting.get(keyOf(to) ?? '')?.shift();
    if (from === undefined) return true;
    taken.add(from);
    pairs.push({ from, to });
    return false;
  });
  return { pairs, before: before.filter((from) => !taken.has(from)), after: left };
}

/** Pairs objects by one key after another. */
export function pairInTurn(sides: Sides, keys: readonly ((object: Placed) => string | undefined)[]): Paired {
  return keys.reduce<Paired>(
    (paired, keyOf) => {
      const next = pairBy(paired, keyOf);
      return { ...next, pairs: [...paired.pairs, ...next.pairs] };
    },
    { ...sides, pairs: [] },
  );
}

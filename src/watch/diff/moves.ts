/** Objects that are elsewhere now. */
import { groupedBy } from '../../grouped.ts';
import { groupOf, identityOf, type Placed } from './objects.ts';
import { type Pair, type Paired, pairBy, type Sides } from './pair.ts';

/** Objects that got or lost their namespace in their artifact, and objects that are in another artifact now. */
export function pairMoves(sides: Sides): Paired {
  const placed = pairPlaced(sides);
  const moved = pairAcross(placed);
  return { ...moved, pairs: [...placed.pairs, ...moved.pairs] };
}

/** Where no namespace is written the consumer decides: it may be the one that the other side writes. */
function pairPlaced({ before, after }: Sides): Paired {
  const anywhere = ({ artifact, name }: Placed): string =>
    JSON.stringify([artifact, groupOf(name), name.kind, name.name]);
  const free = ({ name }: Placed): boolean => name.namespace === undefined;
  const bound = (object: Placed): boolean => !free(object);
  const got = pairBy({ before: before.filter(free), after: after.filter(bound) }, anywhere);
  const lost = pairBy({ before: before.filter(bound), after: after.filter(free) }, anywhere);
  return {
    pairs: [...got.pairs, ...lost.pairs],
    before: [...got.before, ...lost.before],
    after: [...lost.after, ...got.after],
  };
}

/** Of several artifacts that lost and got the same object, those with the most similar names belong together. */
function pairAcross({ before, after }: Sides): Paired {
  const gained = groupedBy(after, ({ name }) => identityOf(name));
  const pairs: Pair[] = [];
  const taken = new Set<Placed>();
  const left = before.filter((from) => {
    const to = nearest(from, gained.get(identityOf(from.name)) ?? [], taken);
    if (to === undefined) return true;
    taken.add(to);
    pairs.push({ from, to });
    return false;
  });
  return { pairs, before: left, after: after.filter((to) => !taken.has(to)) };
}

function nearest(from: Placed, candidates: readonly Placed[], taken: ReadonlySet<Placed>): Placed | undefined {
  let best: Placed | undefined;
  let longest = -1;
  for (const candidate of candidates) {
    if (taken.has(candidate) || candidate.artifact === from.artifact) continue;
    const length = commonStart(from.artifact, candidate.artifact);
    if (length > longest) [best, longest] = [candidate, length];
  }
  return best;
}

function commonStart(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return length;
}

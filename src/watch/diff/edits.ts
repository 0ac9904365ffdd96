/** What became of each object of two sides. */
import { canonical } from './canonical.ts';
import { type Delta, deltaOf } from './delta.ts';
import { pairMoves } from './moves.ts';
import { identityOf, type Placed } from './objects.ts';
import { type Pair, type Paired, pairBy, pairInTurn, type Sides } from './pair.ts';
import { pairRenames } from './renames.ts';

/** What became of an object, with all that is in it: secrets too. */
export type Edit =
  | { readonly change: 'added'; readonly to: Placed }
  | { readonly change: 'removed'; readonly from: Placed }
  | {
      readonly change: 'changed' | 'moved' | 'renamed';
      readonly from: Placed;
      readonly to: Placed;
      readonly delta: Delta | undefined;
    };

/** What became of the objects of all artifacts, given what the sides of each do not have in common. */
export function editsOf(artifacts: readonly Sides[]): readonly Edit[] {
  const edits: Edit[] = [];
  const left = artifacts.map((sides) => {
    const same = pairSame(sides);
    const renamed = pairRenames(same);
    edits.push(...same.pairs.flatMap((pair) => editOf('changed', pair)));
    edits.push(...renamed.pairs.flatMap((pair) => editOf('renamed', pair)));
    return renamed;
  });
  const moved = pairMoves({
    before: left.flatMap(({ before }) => before),
    after: left.flatMap(({ after }) => after),
  });
  return [
    ...edits,
    ...moved.pairs.flatMap((pair) => editOf('moved', pair)),
    ...moved.before.map((from): Edit => ({ change: 'removed', from })),
    ...moved.after.map((to): Edit => ({ change: 'added', to })),
  ];
}

/** Nothing for a pair of equals. */
function editOf(change: 'changed' | 'moved' | 'renamed', { from, to }: Pair): readonly Edit[] {
  const delta = deltaOf(from.value, to.value);
  if (change !== 'changed') return [{ change, from, to, delta }];
  if (from.file !== to.file) return [{ change: 'moved', from, to, delta }];
  return delta === undefined ? [] : [{ change, from, to, delta }];
}

/** Objects of one identity in one artifact. Of several the equal ones belong together, and those in the same file. */
function pairSame(sides: Sides): Paired {
  const identity = ({ name }: Placed): string => identityOf(name);
  const place = (object: Placed): string => `${identity(object)}${object.file}`;
  const hasTwins = (objects: readonly Placed[]): boolean => new Set(objects.map(identity)).size < objects.length;
  if (!hasTwins(sides.before) && !hasTwins(sides.after)) return pairBy(sides, identity);
  return pairInTurn(sides, [
    (object) => `${place(object)}${canonical(object.value)}`,
    (object) => `${identity(object)}${canonical(object.value)}`,
    place,
    identity,
  ]);
}

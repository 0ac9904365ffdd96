/** Which item of a list was which item of the list before. */
import { canonical } from './canonical.ts';
import { keyValue } from './merge-key.ts';

type Items = readonly unknown[];

/** Longer lists are matched at their ends only, and between them by position: the table below would not fit. */
const LARGEST_TABLE = 1_000_000;

/** For each new item the position of the old one that it was, undefined for new ones. No position is there twice. */
export function matches(before: Items, after: Items, key: string | undefined): readonly (number | undefined)[] {
  if (key === undefined) return byValue(before.map(canonical), after.map(canonical));
  const positions = new Map(before.map((item, index) => [keyValue(item, key), index]));
  return after.map((item) => positions.get(keyValue(item, key)));
}

/** Lines of a text, or other things by what they are equal in. */
export type Texts = readonly string[];

/** A shortest edit script: equal texts stay, and those between them take the place of one another in order. */
export function byValue(before: Texts, after: Texts): readonly (number | undefined)[] {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < shorter - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  const old = before.slice(start, before.length - end);
  const young = after.slice(start, after.length - end);
  const inside = withReplaced(longestCommon(old, young), old.length);
  return [
    ...Array.from({ length: start }, (_, index) => index),
    ...inside.map((from) => (from === undefined ? undefined : from + start)),
    ...Array.from({ length: end }, (_, index) => before.length - end + index),
  ];
}

/** For each new item the equal old one in a longest common subsequence. */
function longestCommon(before: Texts, after: Texts): (number | undefined)[] {
  const found = new Array<number | undefined>(after.length).fill(undefined);
  const width = after.length + 1;
  if ((before.length + 1) * width > LARGEST_TABLE) return found;
  const lengths = new Uint32Array((before.length + 1) * width);
  const at = (one: number, other: number): number => lengths[one * width + other] ?? 0;
  for (let one = before.length - 1; one >= 0; one -= 1) {
    for (let other = after.length - 1; other >= 0; other -= 1) {
      lengths[one * width + other] =
        before[one] === after[other] ? at(one + 1, other + 1) + 1 : Math.max(at(one + 1, other), at(one, other + 1));
    }
  }
  for (let one = 0, other = 0; one < before.length && other < after.length; ) {
    if (before[one] === after[other]) found[other++] = one++;
    else if (at(one + 1, other) >= at(one, other + 1)) one += 1;
    else other += 1;
  }
  return found;
}

/** Between two items that stay, what is gone and what is new are the same items, changed. */
function withReplaced(found: readonly (number | undefined)[], length: number): (number | undefined)[] {
  let limit = length;
  const limits = found.toReversed().map((from) => {
    limit = from ?? limit;
    return limit;
  });
  limits.reverse();
  let free = 0;
  return found.map((kept, index) => {
    if (kept !== undefined) {
      free = kept + 1;
      return kept;
    }
    if (free >= (limits[index] ?? length)) return undefined;
    free += 1;
    return free - 1;
  });
}

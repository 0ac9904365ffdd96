/** Numbers within bounds. */

import type { Look } from './look.ts';
import { hasFraction, isMore, quantityOf } from './quantity.ts';
import { quote } from './site.ts';

/** A number from 4-byte and 8-byte integers, which may have been read as bigint. */
export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : undefined;
}

/** A number between two bounds, both inclusive. */
export function between(least: number, most: number = Number.POSITIVE_INFINITY): Look {
  const expected = most === Number.POSITIVE_INFINITY ? `at least ${least}` : `from ${least} to ${most}`;
  return (value, site) => {
    const number = value === null ? 0 : numberOf(value);
    if (number === undefined || (number >= least && number <= most)) return;
    site.breach('object/range', `${site.name()} is ${number}, but it must be ${expected}`, {
      found: String(number),
      expected,
    });
  };
}

/** A quantity of at least 0, or of more than 0. */
export function quantity({ zero, whole = false }: { readonly zero: boolean; readonly whole?: boolean }): Look {
  return (value, site) => {
    const amount = quantityOf(value);
    if (amount === undefined) return;
    const refuse = (expected: string): void =>
      site.breach('object/quantity', `${site.name()} is ${quote(value ?? 0)}, but it must be ${expected}`, {
        found: quote(value ?? 0),
        expected,
      });
    if (amount < 0 || (!zero && amount === 0)) refuse(zero ? 'at least 0' : 'more than 0');
    else if (whole && hasFraction(amount)) refuse('a whole number');
  };
}

/** Whether a quantity is more than another; false where one is none. */
export function exceeds(value: unknown, other: unknown): boolean {
  const [one, two] = [quantityOf(value), quantityOf(other)];
  return one !== undefined && two !== undefined && isMore(one, two);
}

/** What reaches far, for people: in plans, and in the receipts of what was allowed. */
import type { Refusal } from '../model.ts';
import type { Paint } from './paint.ts';

/** Lines before the rest becomes a number. */
const LISTED = 20;

function section(heading: string, refusals: readonly Refusal[], line: (refusal: Refusal) => string): string[] {
  if (refusals.length === 0) return [];
  const more = refusals.length - LISTED;
  return ['', heading, ...refusals.slice(0, LISTED).map(line), ...(more > 0 ? [`  … and ${more} more`] : [])];
}

/** Lines about what was allowed, and about what a publish would refuse, with what to pass. */
export function refusalLines(refusals: readonly Refusal[], paint: Paint): string[] {
  const needed = refusals.filter(({ allowed }) => allowed !== true);
  const given = refusals.filter(({ allowed }) => allowed === true);
  return [
    ...section(paint('yellow', 'Reaches far, and was allowed:'), given, ({ message }) => `  ${message}`),
    ...section(
      paint('red', 'Reaches far: slipway publish refuses it without'),
      needed,
      ({ message, allow }) => `  --allow ${allow}  ${message}`,
    ),
  ];
}

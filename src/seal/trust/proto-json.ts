/** The scalars of protobuf's JSON form, read strictly. Shared by trusted roots and bundles. */
import * as v from 'valibot';

/** Standard base64 with padding, in the one way that a value is written. */
export const base64: v.GenericSchema<string> = v.pipe(
  v.string('expected base64'),
  v.check((text) => Buffer.from(text, 'base64').toString('base64') === text, 'expected base64'),
);

/** {@link base64} of at least one byte. */
export const someBytes: v.GenericSchema<string> = v.pipe(base64, v.nonEmpty('it is empty'));

const NOT_A_COUNT = 'expected a whole number, not negative';

/** A 64-bit integer that counts something: a string of digits. Other writers use a number, which protojson reads too. */
export const count: v.GenericSchema<string | number> = v.union(
  [
    v.pipe(v.string(), v.regex(/^(?:0|[1-9]\d{0,18})$/, NOT_A_COUNT)),
    v.pipe(v.number(), v.safeInteger(NOT_A_COUNT), v.minValue(0, NOT_A_COUNT)),
  ],
  NOT_A_COUNT,
);

/** An instant in RFC 3339. */
export const instant: v.GenericSchema<string> = v.pipe(
  v.string('expected a time in RFC 3339'),
  v.check(
    (text) =>
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text)),
    'expected a time in RFC 3339',
  ),
);

/** Where an issue lies and what is wrong, such as `tlogs[0].logId: expected base64`. The values are not shown. */
export function describeIssue(issue: v.BaseIssue<unknown>): string {
  const path = (issue.path ?? [])
    .map(({ key }) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
  // The names of unknown fields are the sender's choice.
  const place = JSON.stringify(path.slice(0, 200));
  if (issue.type === 'strict_object' && issue.expected === 'never') return `unknown field ${place}`;
  if (issue.received === 'undefined') return `${place} is missing`;
  if (path === '') return 'expected an object';
  // valibot's own messages show what they got.
  return `${place}: ${issue.message.startsWith('Invalid ') ? 'it is of another type or form' : issue.message}`;
}

/** What the schemas of `slipway.yaml` are made of. Issue messages are the second half of slipway's own messages. */
import * as v from 'valibot';
import { didYouMean } from './suggest.ts';

/** The message of a value that is something else: `expected a text`. */
export const say = (expected: string) => (): string => `expected ${expected}`;

/** A schema with what editors show about it. */
export const about = <const S extends v.GenericSchema>(
  schema: S,
  description: string,
): v.SchemaWithPipe<readonly [S, v.DescriptionAction<v.InferOutput<S>, string>]> =>
  v.pipe(schema, v.description(description));

/** A text that is not empty. */
export const text = (what = 'a text'): v.GenericSchema<string> =>
  v.pipe(v.string(say(what)), v.nonEmpty(say(`${what}, not an empty one`)));

/** A list of texts that are not empty. */
export const words = (what: string): v.GenericSchema<string[]> => v.array(text(), say(what));

/** A mapping without unknown keys. The message names the key and the nearest known one. */
export function mapping<const E extends v.ObjectEntries>(
  entries: E,
): v.StrictObjectSchema<E, (issue: v.StrictObjectIssue) => string> {
  const known = Object.keys(entries);
  return v.strictObject(entries, (issue) => {
    const key = issue.path?.at(-1)?.key;
    if (issue.path === undefined || typeof key !== 'string') return 'expected a mapping of keys to values';
    if (issue.expected !== 'never') return `key "${key}" is missing`;
    const hint = didYouMean(key, known);
    return hint === undefined ? `unknown key "${key}"` : `unknown key "${key}" (${hint})`;
  });
}

/**
 * A fleet's documents differ in values, seldom in structure. Two documents of the same shape are both Kubernetes objects
 * or both not, and have the same duplicate keys, so only one of them needs parsing.
 */

/** Values that are no strings when they stand alone. */
const NO_STRING = '(?:true|false|null)';
/** Begins with a letter and ends with a letter or digit: always a plain string, whatever is in front of it or below it. */
const PLAIN = `(?!${NO_STRING}$)[a-z](?:[\\w./:@+=-]*[a-z0-9])?`;
const KEY = '[\\w./-]+: ';

/** `key: value` and `- key: value`; `kind` stays because its ending matters, quotes because nothing may follow them. */
const PAIR = new RegExp(`^( *(?:- )*(?!kind:)${KEY})(?:${PLAIN}|(")[\\w ./:@+=-]+")$`, 'gim');
/** A line of a multi-line string. */
const CONTINUED = new RegExp(`^( *)${PLAIN}$`, 'gim');
/** In flow mappings and after `?` a key can stand alone on a line: there a value is not told from a key. */
const LONE_KEYS = /\{(?!\})|^ *(?:- )*\?/m;

/**
 * The document with all simple string values replaced by one and the same, or the document itself where that might
 * change how it is judged. Keys, indentation, comments and everything that is not plainly a string stay as they are.
 */
export function shapeOf(content: string): string {
  if (LONE_KEYS.test(content)) return content;
  return content.replace(PAIR, '$1$2v$2').replace(CONTINUED, '$1v');
}

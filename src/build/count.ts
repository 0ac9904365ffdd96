/** How many objects there are in YAML. What is wrong with them is for the checks to say. */
import { isMapping } from '../yaml/value.ts';
import type { ReadYaml } from './read-yaml.ts';

/** Every line that begins with `---` separates. */
const SEPARATOR = /^---.*$/m;
const API_VERSION = /^\uFEFF?apiVersion:/m;
/** A file for kustomize itself is no object. */
const OF_KUSTOMIZE = /^\uFEFF?apiVersion: *["']?kustomize\.config\.k8s\.io/m;
const KIND = /^kind: *["']?(\w*)/m;
const SAYS_NOTHING = /^\uFEFF?\s*(?:#.*|~|null|\.\.\.)?\s*$/;

/**
 * The objects of a text that is meant to hold nothing else; what is no object counts as one. Only lists, and what does not
 * look like the usual object, are parsed.
 */
export function countObjects(text: string, read: ReadYaml): number {
  return text.split(SEPARATOR).reduce((sum, document) => {
    if (looksLikeObject(document)) return sum + countUsual(document, read);
    return sum + (document.split('\n').every((line) => SAYS_NOTHING.test(line)) ? 0 : countParsed(document, read));
  }, 0);
}

/** The documents of a text that look like objects, and the items of lists: a template need not be YAML. */
export function countByLooks(text: string, read: ReadYaml): number {
  const objects = text.split(SEPARATOR).filter((document) => looksLikeObject(document) && !OF_KUSTOMIZE.test(document));
  return objects.reduce((sum, document) => sum + countUsual(document, read), 0);
}

const looksLikeObject = (document: string): boolean => API_VERSION.test(document) && KIND.test(document);

function countUsual(document: string, read: ReadYaml): number {
  return KIND.exec(document)?.[1]?.endsWith('List') ? countParsed(document, read) : 1;
}

function countParsed(document: string, read: ReadYaml): number {
  const [parsed] = read(document);
  return parsed === undefined ? 1 : countIn(parsed.value);
}

function countIn(value: unknown): number {
  if (!isMapping(value)) return 1;
  const { kind, items } = value;
  const isList = typeof kind === 'string' && kind.endsWith('List') && Array.isArray(items);
  return isList ? items.reduce<number>((sum, item) => sum + countIn(item), 0) : 1;
}

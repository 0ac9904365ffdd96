/** What one document says, and what is wrong with how it says it. */
import { compose, type Way } from './compose.ts';
import { lineSeparatorsIn } from './line-separators.ts';
import { readPlain } from './plain.ts';
import { problemOf, type YamlProblem } from './problem.ts';
import { tabIn } from './tabs.ts';
import { treeOf } from './tree.ts';

/** Offsets of problems count from the document's beginning. `value` is undefined when it says nothing. */
export interface Reading {
  readonly value: unknown;
  readonly problems: readonly YamlProblem[];
}

const NOTHING_WRONG: readonly YamlProblem[] = [];

/** Reads a document. Never throws for what is in it. */
export function read(text: string): Reading {
  const value = readPlain(text);
  return value === undefined ? readFully(text) : { value, problems: NOTHING_WRONG };
}

/** Reads a document as a whole tree, which tells all that is wrong with it. */
export function readFully(text: string, way?: Way): Reading {
  try {
    const tree = treeOf(text);
    if (tree === undefined) return { value: undefined, problems: NOTHING_WRONG };
    const tab = tabIn(text, tree.events);
    if (tab !== undefined) return { value: undefined, problems: [tab] };
    const { value, problems } = compose(tree.root, way);
    return { value: value ?? undefined, problems: [...lineSeparatorsIn(text, tree.events), ...problems] };
  } catch (thrown) {
    return { value: undefined, problems: [problemOf(thrown, text)] };
  }
}

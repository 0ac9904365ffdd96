/** Text after `|` and `>` that does not survive kustomize, which writes every document anew. */
import type { YamlProblem } from './problem.ts';
import type { ScalarNode } from './tree.ts';

/** A line that begins with white space, below one that does not. */
const INDENTED_BELOW = /(?:^|\n)[^\s][^\n]*\n[ \t]/;

/** The problem of a block of text, if it has one. */
export function blockProblem({ block, text, start }: ScalarNode): YamlProblem | undefined {
  if (/^\n*\t/.test(text)) {
    return {
      rule: 'yaml/tab',
      offset: start,
      message: 'A block of text begins with a tab',
      hint: 'write it in double quotes, with \\t: kustomize and Flux refuse the file',
    };
  }
  if (block !== 'folded' || !INDENTED_BELOW.test(text)) return undefined;
  return {
    rule: 'yaml/folded-text',
    offset: start,
    message: 'kustomize and Flux put an empty line in front of more indented lines of a text after ">"',
    hint: 'use "|", which keeps lines as they are',
  };
}

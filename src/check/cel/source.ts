/** The text of an expression, made ready for the parser. */

/** Strings (raw, bytes, of three quotes or one), comments, names with what is before and after them, everything else. */
const TOKEN =
  /([rRbB]{0,2}(?:"""[\s\S]*?"""|'''[\s\S]*?'''))|([rR][bB]?|[bB][rR])(?:"[^"\n]*"|'[^'\n]*')|([bB]?(?:"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))|(\/\/[^\n]*)|(\.\s*)?([A-Za-z_]\w*)(\s*\()?|([\s\S])/g;

/** Functions whose meaning in Kubernetes differs from the evaluator's: they get names of their own. */
const METHODS: ReadonlySet<string> = new Set([
  'indexOf',
  'join',
  'lastIndexOf',
  'lowerAscii',
  'matches',
  'split',
  'substring',
  'trim',
  'upperAscii',
]);
const FUNCTIONS: ReadonlySet<string> = new Set(['duration', 'int', 'timestamp']);

/** The name under which this project's own meaning of a function is registered. */
export const own = (name: string): string => `own_${name}`;

/** An expression, ready for the parser. */
export interface Source {
  readonly text: string;
  /** Without strings and comments. */
  readonly bare: string;
  readonly usesOldSelf: boolean;
}

function renamed(name: string, isMethod: boolean): string {
  if (isMethod && name === 'existsOne') return 'exists_one';
  return (isMethod ? METHODS : FUNCTIONS).has(name) ? own(name) : name;
}

/** Reads an expression. */
export function readSource(expression: string): Source {
  let text = '';
  let bare = '';
  let usesOldSelf = false;
  for (const [token, long, raw, quoted, comment, dot, name, paren] of expression.matchAll(TOKEN)) {
    if (name !== undefined) {
      usesOldSelf ||= name === 'oldSelf' && dot === undefined;
      const written = paren === undefined ? name : renamed(name, dot !== undefined);
      text += `${dot ?? ''}${written}${paren ?? ''}`;
      bare += token;
    } else {
      text += comment === undefined ? token : ' ';
      bare += (long ?? raw ?? quoted) !== undefined ? '""' : comment === undefined ? token : ' ';
    }
  }
  return { text, bare, usesOldSelf };
}

/** Patterns are written for Go's RE2; most of its grammar is also JavaScript's. */

const CLASSES: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  ascii: '\\x00-\\x7F',
  blank: '\\t ',
  cntrl: '\\x00-\\x1F\\x7F',
  digit: '0-9',
  graph: '!-~',
  lower: 'a-z',
  print: ' -~',
  punct: '!-\\/:-@\\[-`{-~',
  space: '\\t\\n\\v\\f\\r ',
  upper: 'A-Z',
  word: '0-9A-Za-z_',
  xdigit: '0-9A-Fa-f',
};

/** What RE2 has and JavaScript has not. */
const FOREIGN = /\\Q|\\C|\(\?[a-zA-Z]*[UR-]|(?<!^)\(\?[ims]+[):]|\[\[:\^/;

/** What JavaScript has and RE2 has not: such a pattern is refused by the API server. */
const NOT_RE2 = /\(\?(?:=|!|<=|<!)|(?<!\\)(?:\\\\)*\\[1-9]/;

const known = new Map<string, RegExp | 'invalid' | 'foreign'>();

/** The pattern as a regular expression, `invalid` where RE2 refuses it, `foreign` where JavaScript cannot do it. */
export function compilePattern(pattern: string): RegExp | 'invalid' | 'foreign' {
  const before = known.get(pattern);
  if (before !== undefined) return before;
  const compiled = compile(pattern);
  known.set(pattern, compiled);
  return compiled;
}

function compile(pattern: string): RegExp | 'invalid' | 'foreign' {
  if (NOT_RE2.test(pattern)) return 'invalid';
  const [, flags = '', body = ''] = /^(?:\(\?([ims]+)\))?([\s\S]*)$/.exec(pattern) ?? [];
  if (FOREIGN.test(body)) return 'foreign';
  const source = body
    .replace(/\[:([a-z]+):\]/g, (all: string, name: string) => CLASSES[name] ?? all)
    .replace(/\(\?P</g, '(?<')
    .replace(/(?<!\\)((?:\\\\)*)\\A/g, '$1^')
    .replace(/(?<!\\)((?:\\\\)*)\\z/g, '$1$')
    .replace(/(?<!\\)((?:\\\\)*)\\([pP])([A-Z])/g, '$1\\$2{$3}');
  return regExp(source, `${flags}u`) ?? regExp(source, flags) ?? 'invalid';
}

function regExp(source: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(source, flags);
  } catch {
    return undefined;
  }
}

/** Matches one path segment. */
export type Glob = (name: string) => boolean;

type Token =
  | { readonly kind: 'char'; readonly char: string }
  | { readonly kind: 'any' }
  | { readonly kind: 'star' }
  | { readonly kind: 'class'; readonly negated: boolean; readonly ranges: readonly (readonly [string, string])[] };

const SPECIAL = /[*?[\\]/;

/**
 * Compiles a pattern as Go's `filepath.Match` reads it (Go 1.26, Unix): `*` any run of characters, `?` one character,
 * `[a-z]`, `[^a-z]` (`!` is not a negation), `\` takes the next character as it is. Undefined for a malformed pattern.
 * Time is at most proportional to pattern times name, whatever the pattern.
 */
export function compileGlob(pattern: string): Glob | undefined {
  if (!SPECIAL.test(pattern)) return (name) => name === pattern;
  const tokens = tokensOf([...pattern]);
  return tokens === undefined ? undefined : (name) => matches(tokens, [...name]);
}

function tokensOf(chars: readonly string[]): Token[] | undefined {
  const tokens: Token[] = [];
  for (let i = 0; i < chars.length; i++) {
    const char = chars[i] ?? '';
    if (char === '*') tokens.push({ kind: 'star' });
    else if (char === '?') tokens.push({ kind: 'any' });
    else if (char === '[') {
      const found = readClass(chars, i + 1);
      if (found === undefined) return undefined;
      tokens.push(found.token);
      i = found.end;
    } else if (char === '\\') {
      i += 1;
      const escaped = chars[i];
      if (escaped === undefined) return undefined;
      tokens.push({ kind: 'char', char: escaped });
    } else tokens.push({ kind: 'char', char });
  }
  return tokens;
}

/** Reads a class from behind its bracket; `end` is the place of the closing one. */
function readClass(chars: readonly string[], start: number): { token: Token; end: number } | undefined {
  const negated = chars[start] === '^';
  const ranges: [string, string][] = [];
  let i = negated ? start + 1 : start;
  while (chars[i] !== ']' || ranges.length === 0) {
    const low = readMember(chars, i);
    if (low === undefined) return undefined;
    i = low.next;
    const high = chars[i] === '-' ? readMember(chars, i + 1) : low;
    if (high === undefined) return undefined;
    i = high.next;
    ranges.push([low.char, high.char]);
  }
  return { token: { kind: 'class', negated, ranges }, end: i };
}

function readMember(chars: readonly string[], at: number): { char: string; next: number } | undefined {
  const first = chars[at];
  if (first === undefined || first === '-' || first === ']') return undefined;
  if (first !== '\\') return { char: first, next: at + 1 };
  const escaped = chars[at + 1];
  return escaped === undefined ? undefined : { char: escaped, next: at + 2 };
}

/** On a mismatch the last star takes one character more: earlier stars never need to be tried again. */
function matches(tokens: readonly Token[], name: readonly string[]): boolean {
  let token = 0;
  let char = 0;
  let retry: { readonly token: number; char: number } | undefined;
  for (;;) {
    const current = tokens[token];
    if (current?.kind === 'star') {
      retry = { token: token + 1, char };
      token += 1;
    } else if (char === name.length && current === undefined) {
      return true;
    } else if (current !== undefined && accepts(current, name[char])) {
      token += 1;
      char += 1;
    } else {
      if (retry === undefined || retry.char >= name.length) return false;
      retry.char += 1;
      token = retry.token;
      char = retry.char;
    }
  }
}

function accepts(token: Token, char: string | undefined): boolean {
  if (char === undefined) return false;
  if (token.kind === 'char') return token.char === char;
  if (token.kind !== 'class') return true;
  return token.ranges.some(([low, high]) => isBetween(char, low, high)) !== token.negated;
}

function isBetween(char: string, low: string, high: string): boolean {
  const point = char.codePointAt(0) ?? 0;
  return point >= (low.codePointAt(0) ?? 0) && point <= (high.codePointAt(0) ?? 0);
}

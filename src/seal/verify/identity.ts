/** Whom a certificate must name: exactly, or by a pattern that is anchored for the user. */
import { SlipwayError } from '../../errors.ts';

/** A condition on an identity or an issuer. */
export interface Matcher {
  /** How messages show it. */
  readonly shown: string;
  readonly accepts: (value: string) => boolean;
}

/** Accepts this value and no other. */
export function exactly(value: string): Matcher {
  return { shown: JSON.stringify(value), accepts: (actual) => actual === value };
}

interface Surprise {
  readonly found: RegExp;
  readonly state: string;
  readonly hint: string;
}

/** Patterns that would accept more than their author sees, each with the way to write what was meant. */
const SURPRISES: readonly Surprise[] = [
  {
    found: /^\.[*+]/,
    state: 'it begins with a wildcard, so that anything may stand before the rest',
    hint: 'begin with what is fixed, such as "https://github\\.com/org/repo/"; for mail addresses "[^@/:]+@example\\.com"',
  },
  {
    // Not behind "@refs/": a ref such as refs/tags/v.* may go on freely, its repository is settled by then.
    found: /^(?:(?!@refs\\?\/).)*?[^/@:\]]\.[*+]/,
    state: 'a wildcard behind a name accepts longer names too, as "org/repo.*" accepts "org/repo-evil"',
    hint: 'end the name before the wildcard, such as "org/repo/.*"',
  },
  {
    found: /(?:^|[^\\])(?:\\\\)*\.(?![*+?{])/,
    state: 'an unescaped "." accepts any character, as "github.com" accepts "github-com"',
    hint: 'write "\\." for a dot',
  },
];

/** Identities that nobody means when a pattern accepts them. */
const ANYBODY = ['', 'https://any.example/owner/repo/.github/workflows/w.yml@refs/heads/main', 'any@any.example'];

/**
 * Accepts values that the pattern matches from their first to their last character: it is anchored, whether it says so or
 * not. Throws `CONFIG` for a pattern that is none, that accepts everybody, or that would surprise its author.
 */
export function matching(pattern: string): Matcher {
  const failure = (state: string, hint: string): SlipwayError =>
    new SlipwayError('CONFIG', `Cannot use the pattern ${JSON.stringify(pattern)}: ${state}`, { hint });
  try {
    // By itself first: a pattern like "a)|(b" is one only between our brackets, and would break out of the anchors.
    void new RegExp(pattern);
  } catch {
    throw failure(
      'it is no regular expression of JavaScript',
      'correct it; inline flags such as "(?i)" do not exist here',
    );
  }
  const anchored = new RegExp(`^(?:${pattern})$`);
  if (ANYBODY.some((value) => anchored.test(value))) {
    throw failure('it accepts everybody', 'name whom to accept, such as "https://github\\.com/org/repo/.*"');
  }
  for (const branch of branchesOf(pattern)) {
    const surprise = SURPRISES.find(({ found }) => found.test(branch));
    if (surprise !== undefined) throw failure(surprise.state, surprise.hint);
  }
  return { shown: `/^(?:${pattern})$/`, accepts: (value) => anchored.test(value) };
}

/**
 * The alternatives of a pattern, without `^`, without its groups' brackets, and with empty character classes: in a class no
 * character is special, and who writes one has said which characters may come.
 */
function branchesOf(pattern: string): readonly string[] {
  const plain = pattern.replace(/(?<!\\)((?:\\\\)*)\[(?:\\.|[^\]\\])*\]/g, '$1[]');
  const branches = [''];
  let depth = 0;
  for (const [token] of plain.matchAll(/\\.|\(\?[:=!]|./gs)) {
    if (token.startsWith('(')) depth += 1;
    else if (token === ')') depth -= 1;
    else if (token === '|' && depth === 0) branches.push('');
    else if (token !== '^') branches.push(`${branches.pop() ?? ''}${token}`);
  }
  return branches;
}

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exactly, matching } from '../../../src/seal/verify/identity.ts';

const REPO = 'https://github.com/org/repo';
const RUN = `${REPO}/.github/workflows/release.yml@refs/heads/main`;

describe('an exact identity', () => {
  test('accepts itself, and nothing that contains it or that it would match as a pattern', () => {
    const { accepts } = exactly(RUN);
    expect(accepts(RUN)).toBe(true);
    for (const other of [`${RUN}-evil`, ` ${RUN}`, RUN.toUpperCase(), RUN.replace('github.com', 'githubXcom'), '']) {
      expect(accepts(other)).toBe(false);
    }
  });
});

describe('a pattern', () => {
  test.each([
    [String.raw`https://github\.com/org/repo/.*`, RUN, true],
    [
      String.raw`https://github\.com/org/repo/.*`,
      'https://github.com/org/repo-evil/.github/workflows/x.yml@refs/heads/main',
      false,
    ],
    [String.raw`https://github\.com/org/repo/.*`, 'https://evil.example/?https://github.com/org/repo/x', false],
    [String.raw`^https://github\.com/org/repo/.*$`, RUN, true],
    [String.raw`https://github\.com/org/(a|repo)/.*`, RUN, true],
    [
      String.raw`https://github\.com/org/[^/]+/\.github/workflows/release\.yml@refs/tags/v.*`,
      RUN.replace('heads/main', 'tags/v1.2.3'),
      true,
    ],
    [
      String.raw`https://github\.com/org/repo/\.github/workflows/release\.yml@refs/heads/main|https://github\.com/org/b/.*`,
      RUN,
      true,
    ],
    [String.raw`https://github\.com/org/repo`, RUN, false],
    [String.raw`[^@/:]+@example\.com`, 'robot@example.com', true],
    [String.raw`[^@/:]+@example\.com`, 'robot@example.com.evil', false],
    [String.raw`[^@/:]+@example\.com`, 'https://github.com/x@example.com', false],
    ['https://gitlab[.]example[.]com/.*', 'https://gitlab.example.com/team/app', true],
  ])('%s accepts %s: %s', (pattern, value, accepted) => {
    expect(matching(pattern).accepts(value)).toBe(accepted);
  });

  test.each([
    ['https://github.com/org/repo/.*', 'an unescaped "."'],
    [String.raw`https://github\.com/org/repo.*`, '"org/repo.*" accepts "org/repo-evil"'],
    [String.raw`https://github\.com/org/repo(.*)`, '"org/repo.*" accepts "org/repo-evil"'],
    [String.raw`https://github\.com/org/(?:repo).+`, '"org/repo.*" accepts "org/repo-evil"'],
    [String.raw`https://github\.com/org/repo(|.*)`, '"org/repo.*" accepts "org/repo-evil"'],
    [String.raw`robot@example\.com.*`, '"org/repo.*" accepts "org/repo-evil"'],
    [String.raw`.*github\.com/org/repo/.*`, 'begins with a wildcard'],
    [String.raw`(.*)@example\.com`, 'begins with a wildcard'],
    ['^.+@refs/heads/main', 'accepts everybody'],
    [String.raw`.*@refs/tags/v1\.0`, 'begins with a wildcard'],
    [String.raw`https://a\.example/x|.*/b`, 'begins with a wildcard'],
    ['.*', 'accepts everybody'],
    ['', 'accepts everybody'],
    ['[^@]+@[^@]+', 'accepts everybody'],
    ['(?i)https://x/.*', 'no regular expression'],
    ['a)|(?:.*', 'no regular expression'],
    ['[', 'no regular expression'],
  ])('%s is refused, because it %s', (pattern, reason) => {
    expect(() => matching(pattern)).toThrow(
      expect.objectContaining({ code: 'CONFIG', message: expect.stringContaining(reason), hint: expect.any(String) }),
    );
  });

  test('never accepts more than the whole of a literal', () => {
    const literal = fc.stringMatching(/^[a-z]{1,8}$/);
    fc.assert(
      fc.property(literal, literal, literal, (before, value, after) => {
        const { accepts } = matching(value);
        expect(accepts(value)).toBe(true);
        expect([before + value, value + after, `${value}\n`, `\n${value}`].some(accepts)).toBe(false);
      }),
    );
  });
});

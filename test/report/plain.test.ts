import { expect, test } from 'vitest';
import { SlipwayError } from '../../src/errors.ts';
import { errorAnnotation, findingAnnotations } from '../../src/report/annotations.ts';
import { errorText, failureOf } from '../../src/report/error.ts';
import { findingsText } from '../../src/report/findings-text.ts';
import { plain } from '../../src/report/plain.ts';
import { finding } from './sample.ts';

const RAW = /\p{Cf}/u;

test('characters that turn text around or hide in it are written as escapes', () => {
  expect(plain('a\u202Eb\u2066c\u200Bd\u{E0041}e\uFEFF')).toBe('a\\u{202e}b\\u{2066}c\\u{200b}d\\u{e0041}e\\u{feff}');
});

test('no report for people shows them, whatever names and keys hold', () => {
  const said = 'x\u202Ey';
  const one = finding({ message: said, hint: said, object: said, path: said, found: said, expected: said });
  const text = findingsText({ artifacts: [{ name: 'web', shown: 'deploy' }], findings: [one] });
  const error = new SlipwayError('SOURCE', said, { hint: said });
  const all = [text, ...findingAnnotations([one], (file) => file), errorText(error), errorAnnotation(failureOf(error))];
  for (const shown of all) {
    expect(shown).not.toMatch(RAW);
    expect(shown).toContain('x\\u{202e}y');
  }
});

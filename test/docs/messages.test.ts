import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from './markdown.ts';

/** What stands in backticks in the first column of the table under "When it refuses". */
function messagesIn(page: string): readonly string[] {
  const [, section = ''] = readFileSync(join(ROOT, page), 'utf8').split('\n## When it refuses\n');
  const cells = section.split('\n').flatMap((line) => /^\| (.+?) \| /.exec(line)?.[1] ?? []);
  return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, message = '']) => message));
}

/** What a message says whatever it is about: `…` is a value, and what stands before a colon is put there by someone else. */
const fixed = (message: string): readonly string[] =>
  message
    .split(/…|: /)
    .map((words) => words.replace(/^[^\p{L}]+|[^\p{L}\d]+$/gu, ''))
    .filter(({ length }) => length > 8);

const source = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => readFileSync(join(ROOT, 'src', path), 'utf8'))
  .join('\n');

test.each([
  ['docs/signing.md', 12],
  ['docs/verifying.md', 8],
] as const)('the messages that %s explains are those that there are', (page, atLeast) => {
  const words = messagesIn(page).flatMap(fixed);
  expect(words.length).toBeGreaterThan(atLeast);
  expect(words.filter((one) => !source.includes(one))).toEqual([]);
});

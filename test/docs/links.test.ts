import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Link, type Page, pages, ROOT, readPage } from './markdown.ts';

const isRelative = ({ target }: Link): boolean => !/^[a-z]+:/i.test(target);

/** What is wrong with a relative link, or undefined. */
function problemOf(page: Page, { target, label, line }: Link): string | undefined {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? page.path : normalize(join(dirname(page.path), path));
  const at = `${page.path}:${line}`;
  if (file.startsWith('..')) return `${at}: ${target} leaves the repository`;
  if (!existsSync(join(ROOT, file))) return `${at}: ${target} does not exist`;
  if (anchor !== undefined && file.endsWith('.md') && !readPage(file).anchors.has(anchor))
    return `${at}: ${file} has no heading for #${anchor}`;
  // A guarantee names the test that tries to break it; titles are sentences.
  if (/^test\/.*\.ts$/.test(file) && label.includes(' ') && !readFileSync(join(ROOT, file), 'utf8').includes(label))
    return `${at}: ${file} has no test called "${label}"`;
  return undefined;
}

describe.each(pages())('$path', (page) => {
  test('has no relative link that leads nowhere, and names no test that does not exist', () => {
    expect(page.links.filter(isRelative).flatMap((link) => problemOf(page, link) ?? [])).toEqual([]);
  });

  test('has one heading of the first level, at its beginning', () => {
    const text = readFileSync(join(ROOT, page.path), 'utf8');
    expect(text.startsWith('# ')).toBe(true);
  });
});

test('links, anchors and test names that are wrong are found', () => {
  const page = readPage('README.md');
  const link = (target: string, label = 'x'): Link => ({ target, label, line: 1 });
  expect(problemOf(page, link('docs/nowhere.md'))).toContain('does not exist');
  expect(problemOf(page, link('docs/errors.md#nowhere'))).toContain('no heading');
  expect(problemOf(page, link('test/architecture.test.ts', 'NO SUCH title'))).toContain('no test called');
  expect(problemOf(page, link('../outside.md'))).toContain('leaves');
});

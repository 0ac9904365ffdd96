import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Code, exitCodeOf } from '../../src/errors.ts';
import { ROOT } from './markdown.ts';

/** The codes are a type, which a test can only read as text. */
const declared = [
  ...(/export type Code =([\s\S]*?);/.exec(readFileSync(join(ROOT, 'src/errors.ts'), 'utf8'))?.[1] ?? '').matchAll(
    /'([A-Z_]+)'/g,
  ),
].map(([, code = '']) => code as Code);

const text = readFileSync(join(ROOT, 'docs/errors.md'), 'utf8');

/** Codes by the exit code that their section stands under. */
const described = text.split(/^## /m).flatMap((section) => {
  const exit = /^Exit code (\d+)/.exec(section)?.[1];
  if (exit === undefined) return [];
  return [...section.matchAll(/^### ([A-Z_]+)\n([\s\S]*?)(?=^###? |(?![\s\S]))/gm)].map(([, code = '', body = '']) => ({
    code,
    body,
    exit: Number(exit),
  }));
});

test('docs/errors.md describes exactly the codes there are', () => {
  expect(declared.length).toBeGreaterThan(20);
  expect(described.map(({ code }) => code).sort()).toEqual([...declared].sort());
});

describe.each(described)('$code in docs/errors.md', ({ code, exit, body }) => {
  test('stands under its exit code', () => {
    expect(exit).toBe(exitCodeOf(code as Code));
  });

  test('says what it means, what usually causes it and what to do', () => {
    expect(body).toMatch(/\S/);
    expect(body).toContain('Usual causes: ');
    expect(body).toContain('What to do: ');
  });
});

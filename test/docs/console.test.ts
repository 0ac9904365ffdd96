import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FakeRegistry, startFakeRegistry } from '../fakes/registry.ts';
import { commandsOf, fits, openShell, type Shell } from './console.ts';
import { pages, ROOT } from './markdown.ts';

const examples = pages().flatMap(({ path, blocks }) => {
  const commands = blocks.filter(({ language }) => language === 'console').flatMap(commandsOf);
  return commands.length === 0 ? [] : [{ path, commands }];
});

test('the README and the first page can be tried out', () => {
  expect(existsSync(join(ROOT, 'dist/cli.js')), 'run npm run build first').toBe(true);
  expect(examples.map(({ path }) => path)).toEqual(expect.arrayContaining(['README.md', 'docs/first-artifact.md']));
});

/** The commands of a page build on one another, so a page is one test after the other in one folder. */
describe.each(examples)('$path', ({ commands }) => {
  let folder = '';
  let registry: FakeRegistry;
  let shell: Shell;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'slipway-docs-'));
    registry = await startFakeRegistry();
    shell = openShell(folder, { 'localhost:5000': registry.host });
  });

  afterAll(async () => {
    await registry.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each(commands)('line $line: $command', async ({ command, expected }) => {
    const printed = await shell.run(command);
    if (!fits(expected, printed)) expect(printed).toBe(expected);
  });
});

describe('what a page promises', () => {
  test('is compared line by line, and … matches what differs from run to run', () => {
    expect(fits('a  b\nsha256:… end', 'a b\nsha256:12 end\n')).toBe(true);
    expect(fits('one\n…\ntwo', 'one\nx\ny\ntwo')).toBe(true);
    expect(fits('one\n…', 'one\nx\ny')).toBe(true);
    expect(fits('', 'pack     1/1\n')).toBe(true);
  });

  test('does not fit other output', () => {
    expect(fits('', 'something')).toBe(false);
    expect(fits('one', 'one\ntwo')).toBe(false);
    expect(fits('a…c', 'a\nc')).toBe(false);
    expect(fits('a.c', 'abc')).toBe(false);
  });
});

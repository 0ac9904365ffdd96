import { readFile } from 'node:fs/promises';
import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import { documents } from '../scripts/documents.ts';
import { runProgram } from '../src/commands/program.ts';
import { ACTION_OUTPUTS, actionInputs, COMMANDS, OPTIONS, optionsOf } from '../src/options.ts';
import { commandContext } from './cli/context.ts';

const root = new URL('../', import.meta.url);

test.each([...(await documents())])('%s is what scripts/generate.mjs makes of the sources', async (path, text) => {
  expect(await readFile(new URL(path, root), 'utf8')).toBe(text);
});

test('the action has exactly the inputs and outputs of the table', async () => {
  const action = load(await readFile(new URL('action.yml', root), 'utf8')) as Record<string, Record<string, unknown>>;
  expect(Object.keys(action.inputs ?? {})).toEqual(actionInputs().map(({ input }) => input));
  expect(Object.keys(action.outputs ?? {})).toEqual(ACTION_OUTPUTS.map(({ name }) => name));
  expect(action.runs).toEqual({ using: 'node24', main: 'dist/action.js' });
});

test.each(COMMANDS.map(({ name }) => name))(
  'the help of %s lists exactly the flags and values of the table',
  async (name) => {
    const context = await commandContext();
    expect(await runProgram([name, '--help'], context, '0.0.0')).toBe(0);
    const help = context.stdout.text();
    const flags = [...help.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map(([, flag]) => flag);
    expect(flags).toEqual([...optionsOf(name).flatMap(({ flag }) => flag ?? []), '--help']);
    for (const { flag, value } of optionsOf(name))
      if (flag === undefined) expect(help).toMatch(new RegExp(`^ {2}${value} `, 'm'));
    expect(help).toMatch(/\nExamples:\n {2}# .*\n {2}slipway /);
  },
);

test('the reference names every flag, input and command', async () => {
  const reference = await readFile(new URL('docs/reference/options.md', root), 'utf8');
  for (const { flag } of OPTIONS) if (flag !== undefined) expect(reference).toContain(flag);
  for (const { input } of actionInputs()) expect(reference).toContain(`\`${input}\``);
  for (const { name } of COMMANDS) expect(reference).toContain(`## slipway ${name}`);
});

test('names, flags and inputs are unique, and an input is spelled like its flag', () => {
  for (const { name } of COMMANDS) {
    const flags = optionsOf(name).flatMap(({ flag, short }) => [flag, short].filter((text) => text !== undefined));
    expect(new Set(flags).size).toBe(flags.length);
  }
  expect(new Set(actionInputs().map(({ input }) => input)).size).toBe(actionInputs().length);
  for (const { flag, input } of actionInputs()) if (flag !== undefined) expect(flag).toBe(`--${input}`);
});

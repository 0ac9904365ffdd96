/** The inputs of the action, as the runner hands them over: `INPUT_` and the name in capitals. */

import type { Environment } from '../config/environment.ts';
import { didYouMean } from '../config/suggest.ts';
import { SlipwayError } from '../errors.ts';
import { type ActionInput, actionInputs, type CommandName } from '../options.ts';
import type { ParsedOptions } from './run.ts';

/** The runner keeps the hyphens of names; some compatible ones turn them into underscores. */
function textOf(name: string, env: Environment): string {
  const key = `INPUT_${name.toUpperCase()}`;
  return (env[key] ?? env[key.replaceAll('-', '_')] ?? '').trim();
}

function parsed(
  { type, choices = [], input }: ActionInput,
  text: string,
): string | boolean | readonly string[] | undefined {
  if (text === '') return undefined;
  if (type === 'list')
    return text
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter((line) => line !== '');
  const allowed = type === 'flag' ? ['true', 'false'] : choices;
  // The boolean forms of YAML 1.2's core schema, which is how GitHub's own toolkit reads them.
  const value = type === 'flag' ? text.toLowerCase() : text;
  if (allowed.length > 0 && !allowed.includes(value)) {
    throw new SlipwayError(
      'USAGE',
      `Cannot use input "${input}" with "${text}": known are ${allowed.map((choice) => `"${choice}"`).join(', ')}`,
      {
        hint: didYouMean(text, allowed),
      },
    );
  }
  return type === 'flag' ? value === 'true' : value;
}

/** The command and the folder to run it in. Throws `USAGE` for an unknown command. */
export function commandOf(env: Environment): { readonly command: CommandName; readonly workingDirectory: string } {
  const [command] = actionInputs()
    .filter(({ name }) => name === 'command')
    .map((option) => parsed(option, textOf(option.input, env)));
  const workingDirectory = textOf('working-directory', env);
  return {
    command: command === 'build' || command === 'check' ? command : 'publish',
    workingDirectory: workingDirectory === '' ? '.' : workingDirectory,
  };
}

/**
 * All inputs as options. Empty ones are absent; inputs that the command does not have are refused, so that nobody believes
 * in them. Throws `USAGE`.
 */
export function optionsFrom(env: Environment): ParsedOptions {
  const { command } = commandOf(env);
  const options: Record<string, string | boolean | readonly string[]> = {};
  for (const option of actionInputs()) {
    if (option.name === 'command' || option.name === 'working-directory') continue;
    const value = parsed(option, textOf(option.input, env));
    if (value === undefined || value === false) continue;
    if (!option.commands.includes(command)) {
      throw new SlipwayError('USAGE', `Cannot use input "${option.input}" with command "${command}"`, {
        hint: 'remove one of them',
      });
    }
    options[option.name] = value;
  }
  return options;
}

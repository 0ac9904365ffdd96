/** The one table of options. Command-line flags, action inputs, help and docs/reference/options.md all come from it. */
import { type CommandName, type Option, option } from './options/option.ts';
import { OPTIONS } from './options/table.ts';

export { COMMANDS } from './options/commands.ts';
export type { Command, CommandName, Option } from './options/option.ts';
export { OPTIONS } from './options/table.ts';

/** What the action tells the next steps. */
export interface ActionOutput {
  readonly name: string;
  readonly help: string;
}

/** What the action can run. */
const RUNS: readonly CommandName[] = ['build', 'check', 'publish'];

/** Inputs that only the action has. */
export const ACTION_INPUTS: readonly Option[] = [
  option('COMMAND', RUNS, {
    name: 'command',
    choices: ['publish', 'build', 'check'],
    default: 'publish',
    help: 'What to do',
  }),
  option('DIR', RUNS, {
    name: 'working-directory',
    default: '.',
    help: 'Folder to work in, relative to the workspace',
  }),
];

/** Outputs of the action. */
export const ACTION_OUTPUTS: readonly ActionOutput[] = [
  {
    name: 'outcome',
    help: 'published, unchanged, healed, superseded, planned, refused or failed; built for the command build; passed or failed for the command check',
  },
  { name: 'generation', help: "The channel's generation after the run" },
  { name: 'digest', help: "The content's digest, when the run has exactly one artifact" },
  { name: 'revision', help: 'Where the content came from, in the form of Flux: main@sha1:<commit>' },
  { name: 'changed', help: 'Names of the artifacts that changed, as a JSON list' },
  { name: 'findings', help: 'Number of findings of the checks, errors and warnings together' },
  { name: 'receipt', help: 'Path of the receipt, a JSON file; of the findings for the command check' },
];

/** The options of a command, positional ones first. */
export function optionsOf(command: CommandName): readonly Option[] {
  return OPTIONS.filter(({ commands }) => commands.includes(command));
}

/** An option as an input of the action. */
export interface ActionInput extends Option {
  readonly input: string;
}

/** The name of an option's input: spelled like its flag, a positional one by its name; undefined where it is none. */
export function inputOf({ name, flag, cliOnly }: Option): string | undefined {
  return cliOnly ? undefined : (flag?.slice('--'.length) ?? name);
}

/** Every input of the action. */
export function actionInputs(): readonly ActionInput[] {
  return [...ACTION_INPUTS, ...OPTIONS].flatMap((candidate) => {
    const input = inputOf(candidate);
    return input === undefined ? [] : [{ ...candidate, input }];
  });
}

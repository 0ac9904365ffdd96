/** The one table of options. Command-line flags, action inputs, help and docs/reference/options.md all come from it. */

/** Commands that exist. */
export type CommandName = 'build' | 'publish' | 'pull';

/** A command as help shows it. */
export interface Command {
  readonly name: CommandName;
  readonly summary: string;
  /** Shell lines with what they do. */
  readonly examples: readonly { readonly line: string; readonly what: string }[];
}

/**
 * One option. A `list` may be given several times on the command line and has one value a line in the action. A
 * positional one has no flag.
 */
export interface Option {
  /** Key of the parsed value. */
  readonly name: string;
  readonly flag?: string;
  readonly short?: string;
  /** Placeholder of the value in help; positional ones show it as their name. */
  readonly value?: string;
  readonly type: 'flag' | 'text' | 'list' | 'choice';
  readonly choices?: readonly string[];
  readonly default?: string;
  readonly required?: boolean;
  readonly commands: readonly CommandName[];
  /** Name of the action's input, where it has one. */
  readonly input?: string;
  /** Environment variable that has the same effect. */
  readonly env?: string;
  readonly help: string;
}

/** What the action tells the next steps. */
export interface ActionOutput {
  readonly name: string;
  readonly help: string;
}

const ALL: readonly CommandName[] = ['build', 'publish', 'pull'];
const MAKING: readonly CommandName[] = ['build', 'publish'];
const PUBLISH: readonly CommandName[] = ['publish'];

/** All commands, in the order of help. */
export const COMMANDS: readonly Command[] = [
  {
    name: 'build',
    summary: 'Render and pack artifacts, without touching any store',
    examples: [
      { line: 'slipway build', what: 'everything that slipway.yaml lists; prints the digests' },
      { line: 'slipway build ./deploy --render kustomize --out dist/manifests', what: 'one folder, written as files' },
    ],
  },
  {
    name: 'publish',
    summary: 'Build artifacts and publish them to every store, names last',
    examples: [
      { line: 'slipway publish --channel staging', what: 'what slipway.yaml lists' },
      { line: 'slipway publish --channel prod --version 1.4.0', what: 'the channel, and a name that never moves' },
      { line: 'slipway publish ./deploy --to oci://ghcr.io/acme/fleet:staging', what: 'one folder, no config file' },
      { line: 'slipway publish --dry-run --output json', what: 'what would happen, as JSON' },
    ],
  },
  {
    name: 'pull',
    summary: 'Read an artifact back and check it against its digest',
    examples: [
      { line: 'slipway pull oci://ghcr.io/acme/fleet:staging -o ./live', what: 'the files that the consumer reads' },
    ],
  },
];

/** All options, in the order of help. */
export const OPTIONS: readonly Option[] = [
  {
    name: 'path',
    value: 'PATH',
    type: 'text',
    commands: MAKING,
    input: 'path',
    help: 'Folder or file to work on without a config file',
  },
  {
    name: 'reference',
    value: 'REF',
    type: 'text',
    required: true,
    commands: ['pull'],
    help: 'What to read, as the receipt of a publish shows it',
  },
  {
    name: 'config',
    flag: '--config',
    short: '-c',
    value: 'FILE',
    type: 'text',
    default: 'slipway.yaml',
    commands: MAKING,
    input: 'config',
    help: 'Config file',
  },
  {
    name: 'to',
    flag: '--to',
    value: 'URL',
    type: 'list',
    commands: PUBLISH,
    input: 'to',
    help: 'Publish PATH here instead of the stores of a config: oci://HOST/REPOSITORY[:TAG], s3://BUCKET/PREFIX or file:DIR. A semver tag is a version, any other the channel',
  },
  {
    name: 'channel',
    flag: '--channel',
    value: 'NAME',
    type: 'text',
    commands: PUBLISH,
    input: 'channel',
    help: 'Channel to move. Default: channel of the config, else latest, or none when only a version is claimed',
  },
  {
    name: 'version',
    flag: '--version',
    value: 'VERSION',
    type: 'text',
    commands: PUBLISH,
    input: 'version',
    help: 'Claim this semantic version: a name that never moves',
  },
  {
    name: 'store',
    flag: '--store',
    value: 'NAME',
    type: 'list',
    commands: PUBLISH,
    input: 'store',
    help: 'Publish to these stores of the channel only. Default: all',
  },
  {
    name: 'artifact',
    flag: '--artifact',
    value: 'NAME',
    type: 'list',
    commands: MAKING,
    input: 'artifact',
    help: 'Only these artifacts; the others keep their place in the release. With PATH: the name of its artifact',
  },
  {
    name: 'render',
    flag: '--render',
    value: 'KIND',
    type: 'choice',
    choices: ['source', 'plain', 'kustomize', 'helm'],
    default: 'source',
    commands: MAKING,
    input: 'render',
    help: 'How PATH becomes what the consumer reads',
  },
  {
    name: 'primary',
    flag: '--primary',
    value: 'NAME',
    type: 'text',
    commands: PUBLISH,
    input: 'primary',
    help: 'Let this store order the release, when the configured primary cannot be reached',
  },
  {
    name: 'allow',
    flag: '--allow',
    value: 'WHAT',
    type: 'list',
    commands: PUBLISH,
    input: 'allow',
    help: 'Go ahead although slipway refused; the message of the refusal says what to write',
  },
  {
    name: 'adopt',
    flag: '--adopt',
    type: 'flag',
    commands: PUBLISH,
    input: 'adopt',
    help: 'Take over names that someone else wrote, keeping what they showed',
  },
  {
    name: 'dryRun',
    flag: '--dry-run',
    type: 'flag',
    commands: PUBLISH,
    input: 'dry-run',
    help: 'Do everything but write',
  },
  {
    name: 'out',
    flag: '--out',
    short: '-o',
    value: 'DIR',
    type: 'text',
    commands: ['build', 'pull'],
    input: 'out',
    help: 'Folder to write to',
  },
  {
    name: 'output',
    flag: '--output',
    value: 'FORMAT',
    type: 'choice',
    choices: ['text', 'json'],
    default: 'text',
    commands: ALL,
    help: 'Form of the answer on standard output',
  },
  { name: 'quiet', flag: '--quiet', short: '-q', type: 'flag', commands: ALL, help: 'No progress' },
  {
    name: 'verbose',
    flag: '--verbose',
    type: 'flag',
    commands: ALL,
    input: 'verbose',
    help: 'Show where an error came from',
  },
  { name: 'noColor', flag: '--no-color', type: 'flag', commands: ALL, env: 'NO_COLOR', help: 'No colours' },
];

/** Inputs that only the action has. */
export const ACTION_INPUTS: readonly Option[] = [
  {
    name: 'command',
    type: 'choice',
    choices: ['publish', 'build'],
    default: 'publish',
    commands: MAKING,
    input: 'command',
    help: 'What to do',
  },
  {
    name: 'workingDirectory',
    type: 'text',
    default: '.',
    commands: MAKING,
    input: 'working-directory',
    help: 'Folder to work in, relative to the workspace',
  },
];

/** Outputs of the action. */
export const ACTION_OUTPUTS: readonly ActionOutput[] = [
  {
    name: 'outcome',
    help: 'published, unchanged, healed, superseded, planned, refused or failed; built for the command build',
  },
  { name: 'generation', help: "The channel's generation after the run" },
  { name: 'digest', help: "The content's digest, when the run has exactly one artifact" },
  { name: 'revision', help: 'Where the content came from, in the form of Flux: main@sha1:<commit>' },
  { name: 'changed', help: 'Names of the artifacts that changed, as a JSON list' },
  { name: 'receipt', help: 'Path of the receipt, a JSON file' },
];

/** The options of a command, positional ones first. */
export function optionsOf(command: CommandName): readonly Option[] {
  return OPTIONS.filter(({ commands }) => commands.includes(command));
}

/** Every option the action has as an input. */
export function actionInputs(): readonly (Option & { readonly input: string })[] {
  return [...ACTION_INPUTS, ...OPTIONS].filter(
    (option): option is Option & { readonly input: string } => option.input !== undefined,
  );
}

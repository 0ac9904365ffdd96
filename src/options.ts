/** The one table of options. Command-line flags, action inputs, help and docs/reference/options.md all come from it. */

/** Commands that exist. */
export type CommandName = 'build' | 'check' | 'explain' | 'publish' | 'pull';

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
  /** Not an input of the action. */
  readonly cliOnly?: true;
  /** Environment variable that has the same effect. */
  readonly env?: string;
  readonly help: string;
}

/** What the action tells the next steps. */
export interface ActionOutput {
  readonly name: string;
  readonly help: string;
}

const ALL: readonly CommandName[] = ['build', 'check', 'explain', 'publish', 'pull'];
const MAKING: readonly CommandName[] = ['build', 'check', 'publish'];
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
    name: 'check',
    summary: 'Find what the API server, Flux or the owner of a tenant would refuse',
    examples: [
      { line: 'slipway check', what: 'everything that slipway.yaml lists' },
      { line: 'slipway check ./deploy --render kustomize --kubernetes 1.34', what: 'one folder, for one version' },
      { line: 'slipway check --report sarif=slipway.sarif', what: 'text in the log, and a file for code scanning' },
      { line: 'slipway check oci://ghcr.io/acme/fleet:staging', what: 'what is published' },
      {
        line: "slipway check --against 'oci://ghcr.io/acme/fleet/{artifact}:prod'",
        what: 'what an update of the clusters would refuse, too',
      },
      { line: 'slipway check --list-rules', what: 'all rules, with what they are set to' },
    ],
  },
  {
    name: 'explain',
    summary: 'Tell what a rule demands, why, and how to keep it',
    examples: [{ line: 'slipway explain object/not-an-object', what: 'one rule, with an example' }],
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

/** What an option is besides its spelling and its commands. With a placeholder it takes a text, without it is a flag. */
type Rest = Omit<Option, 'name' | 'flag' | 'short' | 'value' | 'type' | 'commands'> & { readonly list?: true };

/** `-o, --out DIR`, or only `PATH` for a positional one, which needs a `name`. */
function option(
  spelling: string,
  commands: readonly CommandName[],
  { list, ...rest }: Rest & { readonly name?: string },
): Option {
  const [, short, flag, value] = /^(?:(-\w), )?(--[a-z-]+)? ?([A-Z][A-Z=]*)?$/.exec(spelling) ?? [];
  const name = (flag ?? '').replace(/^--/, '').replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  const type = value === undefined ? 'flag' : rest.choices !== undefined ? 'choice' : list === true ? 'list' : 'text';
  return { name, type, commands, ...(short && { short }), ...(flag && { flag }), ...(value && { value }), ...rest };
}

/** All options, in the order of help. */
export const OPTIONS: readonly Option[] = [
  option('PATH', MAKING, {
    name: 'path',
    help: 'Folder or file to work on without a config file; slipway check takes the reference of something published too',
  }),
  option('RULE', ['explain'], {
    name: 'rule',
    required: true,
    cliOnly: true,
    help: 'Its name; slipway check --list-rules shows all',
  }),
  option('REF', ['pull'], {
    name: 'reference',
    required: true,
    cliOnly: true,
    help: 'What to read, as the receipt of a publish shows it',
  }),
  option('-c, --config FILE', MAKING, { default: 'slipway.yaml', help: 'Config file' }),
  option('--to URL', PUBLISH, {
    list: true,
    help: 'Publish PATH here instead of the stores of a config: oci://HOST/REPOSITORY[:TAG], s3://BUCKET/PREFIX or file:DIR. A semver tag is a version, any other the channel',
  }),
  option('--channel NAME', PUBLISH, {
    help: 'Channel to move. Default: channel of the config, else latest, or none when only a version is claimed',
  }),
  option('--version VERSION', PUBLISH, { help: 'Claim this semantic version: a name that never moves' }),
  option('--store NAME', PUBLISH, { list: true, help: 'Publish to these stores of the channel only. Default: all' }),
  option('--artifact NAME', MAKING, {
    list: true,
    help: 'Only these artifacts; the others keep their place in the release. With PATH: the name of its artifact',
  }),
  option('--render KIND', MAKING, {
    choices: ['source', 'plain', 'kustomize', 'helm'],
    default: 'source',
    help: 'How PATH becomes what the consumer reads',
  }),
  option('--kubernetes VERSION', MAKING, {
    help: 'Version of Kubernetes that the manifests are for. Default: the newest',
  }),
  option('--flux VERSION', MAKING, { help: 'Oldest version of Flux that reads the manifests. Default: the newest' }),
  option('--rule ID=SETTING', MAKING, { list: true, help: 'Set a rule of the checks to off, warn or error' }),
  option('--report FORMAT=FILE', MAKING, {
    list: true,
    help: 'Write the findings to a file too, as text, json, sarif, junit or github',
  }),
  option('--against REF', ['check'], {
    help: 'Compare with what is published there already: fields that cannot be changed are errors. {artifact} stands for the name of the artifact',
  }),
  option('--fail-on LEVEL', ['check'], {
    choices: ['error', 'warn'],
    default: 'error',
    help: 'Findings that make the exit code 1',
  }),
  option('--list-rules', ['check'], {
    cliOnly: true,
    help: 'List all rules with what they are set to, and check nothing',
  }),
  option('--primary NAME', PUBLISH, {
    help: 'Let this store order the release, when the configured primary cannot be reached',
  }),
  option('--allow WHAT', PUBLISH, {
    list: true,
    help: 'Go ahead although slipway refused; the message of the refusal says what to write',
  }),
  option('--adopt', PUBLISH, { help: 'Take over names that someone else wrote, keeping what they showed' }),
  option('--dry-run', PUBLISH, { help: 'Do everything but write' }),
  option('-o, --out DIR', ['build', 'pull'], { help: 'Folder to write to' }),
  option('--output FORMAT', ['check'], {
    choices: ['text', 'json', 'sarif', 'junit', 'github'],
    default: 'text',
    cliOnly: true,
    help: 'Form of the answer on standard output',
  }),
  option('--output FORMAT', ['build', 'explain', 'publish', 'pull'], {
    choices: ['text', 'json'],
    default: 'text',
    cliOnly: true,
    help: 'Form of the answer on standard output',
  }),
  option('-q, --quiet', ALL, { cliOnly: true, help: 'No progress' }),
  option('--verbose', ALL, { help: 'Show where an error came from' }),
  option('--no-color', ALL, { cliOnly: true, env: 'NO_COLOR', help: 'No colours' }),
];

/** Inputs that only the action has. */
export const ACTION_INPUTS: readonly Option[] = [
  option('COMMAND', MAKING, {
    name: 'command',
    choices: ['publish', 'build', 'check'],
    default: 'publish',
    help: 'What to do',
  }),
  option('DIR', MAKING, {
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

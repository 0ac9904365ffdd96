/** The command line: the table of options as a commander program. */
import { Argument, Command as Commander, CommanderError, Option as Flag } from 'commander';
import { closest } from '../config/suggest.ts';
import { SlipwayError } from '../errors.ts';
import { COMMANDS, type Command, type CommandName, type Option, optionsOf } from '../options.ts';
import type { CommandContext } from './context.ts';
import { type ParsedOptions, printError, runCommand } from './run.ts';

/** What the command line asks for. */
interface Request {
  readonly command: CommandName;
  readonly options: ParsedOptions;
}

const spelling = ({ flag = '', short, type, value }: Option): string =>
  `${short === undefined ? '' : `${short}, `}${flag}${type === 'flag' ? '' : ` <${value}>`}`;

/** Defaults belong to the code that knows what an absent option means; help only says them. */
const described = ({ help, default: fallback, choices, env, type }: Option): string => {
  const facts = [
    ...(choices === undefined ? [] : [choices.join(', ')]),
    ...(type === 'list' ? ['may be given several times'] : []),
    ...(fallback === undefined ? [] : [`default: ${fallback}`]),
    ...(env === undefined ? [] : [`same as the variable ${env}`]),
  ];
  return facts.length === 0 ? help : `${help} (${facts.join('; ')})`;
};

function flagOf(option: Option): Flag {
  const flag = new Flag(spelling(option), described(option));
  // Commander would turn --no-color into a `color` that is true by default.
  flag.negate = false;
  flag.attributeName = () => option.name;
  if (option.type === 'list')
    flag.argParser((value: string, before: readonly string[] | undefined) => [...(before ?? []), value]);
  if (option.type === 'choice') flag.argParser((value: string) => checkedChoice(option, value));
  return flag;
}

function checkedChoice({ flag = '', choices = [] }: Option, value: string): string {
  if (choices.includes(value)) return value;
  const near = closest(value, choices);
  throw new SlipwayError(
    'USAGE',
    `Cannot use ${flag} "${value}": known are ${choices.map((choice) => `"${choice}"`).join(', ')}`,
    {
      hint: near === undefined ? undefined : `did you mean "${near}"`,
    },
  );
}

const examplesOf = ({ examples }: Command): string =>
  `\nExamples:\n${examples.map(({ line, what }) => `  # ${what}\n  ${line}`).join('\n')}\n`;

function addCommand(program: Commander, command: Command, ask: (request: Request) => void): void {
  const sub = program.command(command.name).summary(command.summary).description(command.summary);
  const positional = optionsOf(command.name).filter(({ flag }) => flag === undefined);
  for (const option of positional) {
    const { required, type } = option;
    const value = `${option.value}${type === 'list' ? '...' : ''}`;
    sub.addArgument(new Argument(required ? `<${value}>` : `[${value}]`, option.help));
  }
  for (const option of optionsOf(command.name)) if (option.flag !== undefined) sub.addOption(flagOf(option));
  sub.addHelpText('after', examplesOf(command));
  sub.action(() => {
    const given = Object.fromEntries(
      positional.map(({ name, type }, index) => [name, type === 'list' ? sub.args.slice(index) : sub.args[index]]),
    );
    ask({ command: command.name, options: { ...sub.opts(), ...given } });
  });
}

const INTRODUCTION = `Publishes Kubernetes manifests as reproducible artifacts to registries, buckets and folders, in the form that Flux reads.`;

/** The program. `ask` hears what was asked for; help and errors go to the context. */
function programFor(context: CommandContext, version: string, ask: (request: Request) => void): Commander {
  const program = new Commander('slipway');
  program
    .description(INTRODUCTION)
    .version(version, '-V, --version', "Print this tool's version")
    .helpOption('-h, --help', 'Print help')
    .helpCommand('help [COMMAND]', 'Print help for a command')
    .usage('COMMAND [OPTIONS]')
    // So that `publish --version X` is the command's option, and `slipway --version` the program's.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: () => undefined,
      getOutHelpWidth: () => 120,
    })
    .addHelpText(
      'after',
      '\nRun slipway COMMAND --help for options and examples.\nExit codes: 0 done, 1 findings, 2 usage or config, 3 refused, 4 store, 5 untrusted, 70 internal, 130 interrupted.\n',
    );
  for (const command of COMMANDS) addCommand(program, command, ask);
  return program;
}

/** Options in front of the command belong to no command. */
const misplaced = (argv: readonly string[]): boolean =>
  argv[0]?.startsWith('-') === true && COMMANDS.some(({ name }) => argv.includes(name));

/** Commander's complaint as ours: `error: unknown option '--chanel'\n(Did you mean --channel?)`. */
function usageError(error: CommanderError, argv: readonly string[]): SlipwayError {
  const [, complaint = error.message, near] =
    /^(?:error: )?(.*?)(?:\s*\(Did you mean (.*)\?\))?$/s.exec(error.message) ?? [];
  const message = `${complaint.charAt(0).toUpperCase()}${complaint.slice(1)}`.replaceAll("'", '"').replace(/\.$/, '');
  const elsewhere = misplaced(argv)
    ? 'write options behind the command'
    : 'run slipway --help, or slipway COMMAND --help';
  return new SlipwayError('USAGE', message, {
    hint: near === undefined ? elsewhere : `did you mean "${near}"`,
    cause: error,
  });
}

/** Before parsing succeeded nobody knows the options; these two decide how its failure is shown. */
function rawOptions(argv: readonly string[]): ParsedOptions {
  const json = argv.some(
    (word, index) => word === '--output=json' || (word === '--output' && argv[index + 1] === 'json'),
  );
  return {
    ...(json ? { output: 'json' } : {}),
    verbose: argv.includes('--verbose'),
    noColor: argv.includes('--no-color'),
  };
}

/** Runs a command line (without program name) and answers the exit code. Never throws. `version` is this tool's. */
export async function runProgram(argv: readonly string[], context: CommandContext, version: string): Promise<number> {
  let request: Request | undefined;
  const program = programFor(context, version, (asked) => {
    request = asked;
  });
  try {
    if (argv.length === 0) throw new SlipwayError('USAGE', 'No command is given', { hint: 'run slipway --help' });
    program.parse([...argv], { from: 'user' });
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return 0;
    const error = thrown instanceof CommanderError ? usageError(thrown, argv) : thrown;
    return printError(error, context, rawOptions(argv));
  }
  if (request === undefined) return 0;
  return runCommand(request.command, context, request.options);
}

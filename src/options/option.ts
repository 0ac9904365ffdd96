/** What the tables of commands and options are made of. */

/** Commands that exist. */
export type CommandName =
  | 'build'
  | 'check'
  | 'diff'
  | 'doctor'
  | 'explain'
  | 'freeze'
  | 'heal'
  | 'keygen'
  | 'log'
  | 'plan'
  | 'promote'
  | 'prune'
  | 'publish'
  | 'pull'
  | 'retire'
  | 'rollback'
  | 'status'
  | 'unfreeze'
  | 'verify'
  | 'whois';

/** A command as help shows it. */
export interface Command {
  readonly name: CommandName;
  readonly summary: string;
  /** Shell lines with what they do. */
  readonly examples: readonly { readonly line: string; readonly what: string }[];
}

/**
 * One option. A `list` may be given several times on the command line and has one value a line in the action. A
 * positional one has no flag; as a `list` it is the last one, and takes all that follow.
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

/** What an option is besides its spelling and its commands. With a placeholder it takes a text, without it is a flag. */
type Rest = Omit<Option, 'name' | 'flag' | 'short' | 'value' | 'type' | 'commands'> & { readonly list?: true };

/** A row of the table: `-o, --out DIR`, or only `PATH` for a positional one, which needs a `name`. */
export function option(
  spelling: string,
  commands: readonly CommandName[],
  { list, ...rest }: Rest & { readonly name?: string },
): Option {
  const [, short, flag, value] = /^(?:(-\w), )?(--[a-z-]+)? ?([A-Z][A-Z=]*)?$/.exec(spelling) ?? [];
  const name = (flag ?? '').replace(/^--/, '').replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  const type = value === undefined ? 'flag' : rest.choices !== undefined ? 'choice' : list === true ? 'list' : 'text';
  return { name, type, commands, ...(short && { short }), ...(flag && { flag }), ...(value && { value }), ...rest };
}

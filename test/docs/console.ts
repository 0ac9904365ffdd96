/**
 * Runs the `console` blocks of a page as its reader would type them, in one temporary folder for the page. A line that
 * begins with `$ ` is a command, `> ` continues it, the rest is what it prints. In that, `…` matches anything on a line
 * and alone on a line any number of lines; how many spaces there are between two columns does not count. Folders that a
 * command changes into and variables that it exports stay for the next one.
 */
import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Block, ROOT } from './markdown.ts';

/** One command with the output its page promises. */
export interface Command {
  readonly line: number;
  readonly command: string;
  readonly expected: string;
}

/** The commands of a block. Throws when it does not begin with one. */
export function commandsOf({ text, line }: Block): readonly Command[] {
  const commands: { line: number; command: string; expected: string[] }[] = [];
  for (const [index, written] of text.trimEnd().split('\n').entries()) {
    const last = commands.at(-1);
    if (written.startsWith('$ ')) commands.push({ line: line + index, command: written.slice(2), expected: [] });
    else if (last === undefined) throw new Error(`line ${line}: a console block begins with a command`);
    else if (/^>(?: |$)/.test(written) && last.expected.length === 0) last.command += `\n${written.slice(2)}`;
    else last.expected.push(written);
  }
  return commands.map((command) => ({ ...command, expected: command.expected.join('\n') }));
}

/** Progress is for the eye and goes to standard error; the pages leave it out. */
const PROGRESS = /^(?:load|render|check|pack|compare|put|prove|verify|gate|record|name) .*\d+\/\d+$/;

const tidy = (text: string): string =>
  text
    .split('\n')
    .filter((line) => !PROGRESS.test(line))
    .map((line) => line.replace(/(?<=\S) {2,}/g, ' ').trimEnd())
    .join('\n')
    .trim();

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Whether a command printed what its page promises. */
export function fits(expected: string, printed: string): boolean {
  const pattern = tidy(expected)
    .split('\n')
    .map((line) => (line === '…' ? '(?:[^\\n]*\\n)*?[^\\n]*' : line.split('…').map(literal).join('[^\\n]*')))
    .join('\\n');
  return new RegExp(`^${pattern}$`).test(tidy(printed));
}

/** Where the commands of one page run. */
export interface Shell {
  /** What the command printed, both outputs together. Rejects when it fails. */
  readonly run: (command: string) => Promise<string>;
}

function program(folder: string, name: string, lines: string): void {
  writeFileSync(join(folder, name), `#!${process.execPath}\n${lines}\n`);
  chmodSync(join(folder, name), 0o755);
}

/** A shell in `folder` that finds slipway (and `npx slipway`), and Git with an identity and no configuration. */
export function openShell(folder: string, replace: Readonly<Record<string, string>>): Shell {
  const [programs, cwd, home] = ['programs', 'work', 'home'].map((name) => {
    mkdirSync(join(folder, name));
    return join(folder, name);
  }) as [string, string, string];
  const start = `import(${JSON.stringify(pathToFileURL(join(ROOT, 'dist/cli.js')).href)});`;
  program(programs, 'slipway', start);
  program(programs, 'npx', `process.argv.splice(2, 1);\n${start}`);
  const who = Object.fromEntries(
    ['AUTHOR', 'COMMITTER'].flatMap((role) => [
      [`GIT_${role}_NAME`, 'Reader'],
      [`GIT_${role}_EMAIL`, 'reader@example.invalid'],
    ]),
  );
  const env = {
    ...who,
    PATH: [programs, process.env.PATH ?? ''].join(delimiter),
    HOME: home,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'init.defaultBranch',
    GIT_CONFIG_VALUE_0: 'main',
  };
  const swap = (text: string, pairs: readonly (readonly [string, string])[]): string =>
    pairs.reduce((result, [from, to]) => result.replaceAll(from, to), text);
  const there = Object.entries(replace);
  const [place, exported] = [join(folder, 'place'), join(folder, 'exported')];
  writeFileSync(place, cwd);
  writeFileSync(exported, '');
  const back = there.map(([from, to]) => [to, from] as const);
  return {
    run: (command) =>
      new Promise((resolve, reject) => {
        const begin = `exec 2>&1\n. ${exported}\ncd "$(cat ${place})"`;
        const script = `${begin}\n${swap(command, there)}\npwd > ${place}\nexport -p > ${exported}`;
        execFile('sh', ['-ec', script], { env }, (error, stdout) => {
          if (error === null) resolve(swap(stdout, back));
          else reject(new Error(`exit code ${String(error.code)}:\n${stdout}`));
        });
      }),
  };
}

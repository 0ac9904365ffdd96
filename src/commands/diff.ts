import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type DiffOptions, resolveDiff } from '../config/resolve-diff.ts';
import { SlipwayError } from '../errors.ts';
import { type Compared, diffSides } from '../live/diff.ts';
import { DIFFERENCE_FORMS, type DifferenceForm, differenceIn } from '../report/difference/forms.ts';
import { sidesText, summaryOf } from '../report/difference/words.ts';
import { type CommandContext, type CommonOptions, paintFor, progressFor } from './context.ts';

/** What `slipway diff` can be told. */
export interface DiffCommandOptions extends DiffOptions, CommonOptions {
  readonly out?: string | undefined;
  readonly exitCode?: boolean | undefined;
}

/** Lines of text on standard output; a file and the other forms have no limit of their own but that of a comment. */
const LINES = 5000;

/** Writes aside and renames, so that the file is the old one or the new one, whole. */
async function writeOut(file: string, text: string, cwd: string): Promise<void> {
  const path = resolve(cwd, file);
  const aside = `${path}.part-${randomBytes(4).toString('hex')}`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(aside, text, { flag: 'wx' });
    await rename(aside, path);
  } catch (cause) {
    await rm(aside, { force: true }).catch(() => undefined);
    const { code = 'it failed' } = cause as NodeJS.ErrnoException;
    const isFolder = code === 'EISDIR' || code === 'ENOTEMPTY' || code === 'EEXIST';
    throw new SlipwayError('USAGE', `Cannot write "${file}": ${isFolder ? 'it is a folder' : code}`, {
      hint: isFolder ? 'name a file in it' : 'choose another file for --out',
      cause,
    });
  }
}

async function answer(compared: Compared, context: CommandContext, options: DiffCommandOptions): Promise<void> {
  const { stdout } = context;
  const { out, unified = false } = options;
  const { difference, sides } = compared;
  const form: DifferenceForm = DIFFERENCE_FORMS.find((known) => known === options.output) ?? 'text';
  if (out === undefined) {
    const paint = paintFor(stdout, context, options);
    stdout.write(differenceIn(form, difference, { sides, unified, paint, lines: LINES }));
    return;
  }
  await writeOut(out, differenceIn(form, difference, { sides, unified }), context.cwd);
  // Who wants JSON reads the file, and nothing else is JSON.
  if (form !== 'json') stdout.write(`${sidesText(sides)}\n${summaryOf(difference)}\nwrote ${out}\n`);
}

/**
 * `slipway diff`: prints what is different, or writes it to a file, and answers 0; with `--exit-code` 1 when anything is
 * different, be it in a comment. Throws what kept it from looking.
 */
export async function run(context: CommandContext, options: DiffCommandOptions): Promise<number> {
  const settings = await resolveDiff(options, context);
  const progress = progressFor(context, options);
  try {
    const compared = await diffSides(settings, { ...context, progress: progress.report });
    progress.end();
    for (const note of compared.notes) context.stderr.write(`note: ${note}\n`);
    await answer(compared, context, options);
    const { counts, artifacts } = compared.difference;
    return options.exitCode === true && counts.artifacts.unchanged < artifacts.length ? 1 : 0;
  } finally {
    progress.end();
  }
}

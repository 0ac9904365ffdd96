/** Where findings go besides the answer: files (`--report`), and the lines of a pull request. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { RULES } from '../check/engine/registry.ts';
import { didYouMean } from '../config/suggest.ts';
import { asSlipwayError, exitCodeOf, SlipwayError } from '../errors.ts';
import type { Finding } from '../model.ts';
import { shownAnnotations } from '../report/annotations.ts';
import { errorText } from '../report/error.ts';
import type { CheckedArtifact, FindingsReport, InRepository } from '../report/findings.ts';
import { FORMATS, type Format, formatted } from '../report/formats.ts';
import { type CommandContext, type CommonOptions, paintFor } from './context.ts';
import { placeIn } from './place.ts';

/** Options about reports. */
export interface ReportOptions extends CommonOptions {
  /** `FORMAT=FILE`. */
  readonly report?: readonly string[] | undefined;
}

/** What findings are told about. */
export interface Subject {
  readonly artifacts: readonly CheckedArtifact[];
  /** Absolute folder that the files of findings are named from. */
  readonly root: string;
}

/** Tells findings to everybody who wants to know them. */
export type Reports = (findings: readonly Finding[]) => Promise<void>;

interface ReportFile {
  readonly format: Format;
  readonly file: string;
}

function reportFile(asked: string): ReportFile {
  const [, name = asked, file] = /^([^=]*)=(.+)$/s.exec(asked) ?? [];
  const format = FORMATS.find((known) => known === name);
  if (format === undefined) {
    throw new SlipwayError('USAGE', `Cannot write report "${asked}": there is no format "${name}"`, {
      hint: didYouMean(name, FORMATS),
    });
  }
  if (file === undefined) {
    throw new SlipwayError('USAGE', `Cannot write report "${asked}": no file is named`, {
      hint: `write --report ${name}=FILE`,
    });
  }
  if (file === '-') {
    throw new SlipwayError('USAGE', `Cannot write report "${asked}": reports are files`, {
      hint: `--output ${format} prints on standard output; write --report ${format}=./- for a file of that name`,
    });
  }
  return { format, file };
}

async function write(
  { format, file }: ReportFile,
  report: FindingsReport,
  place: InRepository,
  cwd: string,
): Promise<void> {
  const path = resolve(cwd, file);
  const text = formatted(format, report, { rules: RULES, place });
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  } catch (cause) {
    const { code = 'it failed' } = cause as NodeJS.ErrnoException;
    const state = code === 'EISDIR' ? 'it is a folder' : code;
    throw new SlipwayError('USAGE', `Cannot write report "${file}": ${state}`, {
      hint: code === 'EISDIR' ? 'name a file in it' : 'choose another file for --report',
      cause,
    });
  }
}

/** Opens the reports of a run. Throws `USAGE` for a format that does not exist, before anything else is done. */
export function openReports(context: CommandContext, options: ReportOptions, subject: Subject): Reports {
  const artifacts = subject.artifacts.map(({ name, shown }) => ({ name, shown }));
  const files = (options.report ?? []).map(reportFile);
  const place = placeIn(subject.root, context);
  const { env, cwd, stderr } = context;
  return async (findings) => {
    // The action makes annotations of the JSON answer.
    if (env.GITHUB_ACTIONS === 'true' && (options.output ?? 'text') === 'text') {
      for (const line of shownAnnotations(findings, place)) stderr.write(`${line}\n`);
    }
    for (const file of files) await write(file, { artifacts, findings }, place, cwd);
  };
}

/** Does what findings may refuse, and reports them then. A report that cannot be written must not hide them. */
export async function reportingRefusal<T>(reports: Reports, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (!(thrown instanceof SlipwayError) || thrown.findings.length === 0) throw thrown;
    const { code, message, findings, hint } = thrown;
    await reports(findings).catch((unwritten: Error) => {
      throw new SlipwayError(code, `${message}\n${unwritten.message}`, { hint, findings, cause: unwritten });
    });
    throw thrown;
  }
}

/**
 * Reports behind the answer, and answers the exit code: that of the command, unless it is 0 and a report cannot be written.
 * The answer stands on standard output already, so that error goes to standard error only.
 */
export async function reportBehind(
  report: () => Promise<void>,
  code: number,
  context: CommandContext,
  options: ReportOptions,
): Promise<number> {
  try {
    await report();
    return code;
  } catch (thrown) {
    const error = asSlipwayError(thrown);
    const { stderr } = context;
    stderr.write(errorText(error, { verbose: options.verbose === true, paint: paintFor(stderr, context, options) }));
    return code === 0 ? exitCodeOf(error.code) : code;
  }
}

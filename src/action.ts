/** The door from GitHub Actions (and what is compatible with it). Only here and in cli.ts is the process touched. */
import { randomBytes } from 'node:crypto';
import { appendFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { commandOf, optionsFrom } from './commands/action-inputs.ts';
import { type Answer, annotationsOf, answerOf, outputsOf, summaryOf } from './commands/action-outputs.ts';
import type { CommandContext } from './commands/context.ts';
import { placeIn } from './commands/place.ts';
import { printError, runCommand } from './commands/run.ts';
import { asSlipwayError } from './errors.ts';
import type { InRepository } from './report/findings.ts';
import { toolVersion } from './tool-version.ts';

/** Appends to one of the runner's files; elsewhere there is none. */
function append(variable: string, text: string): void {
  const file = process.env[variable];
  if (file !== undefined && file !== '') appendFileSync(file, text);
}

/** A delimiter that no value can hold by chance or by intent, as the runner wants it for values of several lines. */
function output(name: string, value: string): void {
  const delimiter = `slipway-${randomBytes(16).toString('hex')}`;
  append('GITHUB_OUTPUT', `${name}<<${delimiter}\n${value}\n${delimiter}\n`);
}

function writeReceipt(json: string): string {
  const file = join(process.env.RUNNER_TEMP || tmpdir(), `slipway-${randomBytes(8).toString('hex')}.json`);
  writeFileSync(file, json);
  return file;
}

/** How a command ended. */
interface Ended {
  readonly answer: Answer;
  readonly code: number;
  /** How the repository calls the files of findings. */
  readonly place: InRepository;
}

/** Tells the next steps, the job's page and the log. */
function tell(json: string, { answer, code, place }: Ended): void {
  for (const [name, value] of Object.entries({ ...outputsOf(answer, code !== 0), receipt: writeReceipt(json) }))
    output(name, value);
  append('GITHUB_STEP_SUMMARY', summaryOf(answer));
  process.stdout.write(answer.text);
  for (const line of annotationsOf(answer, place)) process.stdout.write(`${line}\n`);
}

async function main(): Promise<number> {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => controller.abort());
  let json = '';
  const context: CommandContext = {
    cwd: process.cwd(),
    env: process.env,
    stdout: { write: (text) => (json += text) },
    stderr: process.stderr,
    isTTY: false,
    columns: 80,
    signal: controller.signal,
    now: () => new Date(),
    tool: toolVersion(import.meta.url),
  };
  let code: number;
  // Files of findings are named from the config's folder on.
  let folder = context.cwd;
  try {
    const { command, workingDirectory, options } = { ...commandOf(process.env), options: optionsFrom(process.env) };
    const cwd = resolve(context.cwd, workingDirectory);
    folder = resolve(cwd, dirname(String(options.config ?? '.')));
    code = await runCommand(command, { ...context, cwd }, { ...options, output: 'json' });
  } catch (thrown) {
    code = printError(asSlipwayError(thrown), context, { output: 'json' });
  }
  tell(json, { answer: answerOf(json), code, place: placeIn(folder, context) });
  return code;
}

process.exitCode = await main();

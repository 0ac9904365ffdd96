import { isUtf8 } from 'node:buffer';
import { setTimeout as sleep } from 'node:timers/promises';
import { SlipwayError } from '../../errors.ts';
import type { ArtifactPlan, Drift, Origins, ToolVersion } from '../../model.ts';
import { exec, minimalEnv } from '../../wire/exec.ts';
import { countObjects } from '../count.ts';
import { firstDifference } from '../drift.ts';
import { type Shown, shownComplaint } from './complaint.ts';
import { type Output, RENDERED_FILE, type RenderOptions } from './renderer.ts';

const TIMEOUT_SECONDS = 300;
const MAX_OUTPUT = 100_000_000;
/** `12:34:56`, seconds since 1970, or `20260102123456`. */
const LIKE_A_TIME = /\b\d{1,2}:\d\d:\d\d|\b[12]\d{9}\b|\b20\d{12}\b/;

/** A program to render one artifact with. `env` comes on top of the minimal environment. */
export interface Program {
  readonly command: readonly string[];
  /** Absolute folder to run in. */
  readonly cwd: string;
  readonly tool: ToolVersion;
  readonly env?: Readonly<Record<string, string>>;
  /** What to do when the program is missing. */
  readonly missingHint: string;
  /** It may print something else when it runs again: templates can use the clock and random numbers. */
  readonly mayDrift: boolean;
  /** Where the lines of its output are from. */
  readonly origins: (output: string) => Origins;
}

/**
 * Runs a program and takes its output, unchanged, as the artifact's `manifests.yaml`. Throws `RENDER` with the program's
 * own words when it fails, `TOOL_MISSING` when it is not there, `INVALID` when the output is not UTF-8.
 */
export async function runProgram(artifact: ArtifactPlan, program: Program, options: RenderOptions): Promise<Output> {
  const output = await outputOf(artifact, program, options);
  const text = textOf(artifact, program, output);
  const drift = program.mayDrift && options.twice ? await driftOf(text, artifact, program, options) : undefined;
  return {
    files: [{ path: RENDERED_FILE, bytes: output }],
    resources: countObjects(text, options.read),
    origins: program.origins(text),
    renderer: versionOf(program.tool),
    ...(drift !== undefined && { drift }),
  };
}

async function outputOf(artifact: ArtifactPlan, program: Program, options: RenderOptions): Promise<Uint8Array> {
  const { stdout, stderr, exitCode } = await exec(program.command, {
    cwd: program.cwd,
    env: { ...minimalEnv(options.env), ...program.env },
    timeoutSeconds: options.timeoutSeconds ?? TIMEOUT_SECONDS,
    maxOutputBytes: MAX_OUTPUT,
    signal: options.signal,
    missingHint: program.missingHint,
  });
  if (exitCode === 0) return stdout;
  throw failed(artifact, program, {
    exitCode,
    said: shownComplaint(Buffer.from(stderr).toString(), artifact, options.read),
  });
}

/** Where a second run differs. What may be a time is rendered again in another second, so that a clock shows. */
async function driftOf(
  first: string,
  artifact: ArtifactPlan,
  program: Program,
  options: RenderOptions,
): Promise<Drift | undefined> {
  const second = 1_000;
  const pause = LIKE_A_TIME.test(first) ? second - (Date.now() % second) : 0;
  if (pause > 0) await sleep(pause, undefined, options.signal && { signal: options.signal }).catch(() => undefined);
  return firstDifference(first, Buffer.from(await outputOf(artifact, program, options)).toString());
}

function textOf(artifact: ArtifactPlan, { tool }: Program, output: Uint8Array): string {
  if (isUtf8(output)) return Buffer.from(output.buffer, output.byteOffset, output.length).toString();
  throw new SlipwayError('INVALID', `Invalid artifact "${artifact.name}": the output of ${tool.name} is not UTF-8`, {
    hint: 'Kubernetes reads UTF-8 only',
  });
}

function versionOf({ name, version }: ToolVersion): ToolVersion {
  return { name, version };
}

interface Failed {
  readonly exitCode: number;
  readonly said: Shown;
}

function failed(artifact: ArtifactPlan, { tool }: Program, { exitCode, said }: Failed): SlipwayError {
  const words = said.text || `it ended with exit code ${exitCode} and said nothing`;
  const subject = `artifact "${artifact.name}" from "${artifact.shown}"`;
  const more = said.shortened ? `; run it by hand in "${artifact.shown}" to see all that it says` : '';
  return new SlipwayError('RENDER', `Cannot render ${subject} with ${tool.name}: ${words}`, {
    hint: `${tool.name} ${tool.version} refused it: correct the files it names${more}`,
  });
}

import { isUtf8 } from 'node:buffer';
import { SlipwayError } from '../../errors.ts';
import type { ArtifactPlan, ToolVersion } from '../../model.ts';
import { exec, minimalEnv } from '../../wire/exec.ts';
import { countObjects, type DocumentPlace } from '../documents.ts';
import { type Output, RENDERED_FILE, type RenderOptions } from './renderer.ts';

const TIMEOUT_SECONDS = 300;
const MAX_OUTPUT = 100_000_000;
/** The widest part of a program's complaint that an error shows. */
const SHOWN = 4_000;

/** A program to render one artifact with. `env` comes on top of the minimal environment. */
export interface Program {
  readonly command: readonly string[];
  /** Absolute folder to run in. */
  readonly cwd: string;
  readonly tool: ToolVersion;
  readonly env?: Readonly<Record<string, string>>;
  /** What to do when the program is missing. */
  readonly missingHint: string;
}

/**
 * Runs a program and takes its output, unchanged, as the artifact's `manifests.yaml`. Throws `RENDER` with the program's
 * own words when it fails, `TOOL_MISSING` when it is not there, `INVALID` when the output is empty or not all of it is
 * Kubernetes objects.
 */
export async function runProgram(artifact: ArtifactPlan, program: Program, options: RenderOptions): Promise<Output> {
  const { stdout, stderr, exitCode } = await exec(program.command, {
    cwd: program.cwd,
    env: { ...minimalEnv(options.env), ...program.env },
    timeoutSeconds: options.timeoutSeconds ?? TIMEOUT_SECONDS,
    maxOutputBytes: MAX_OUTPUT,
    signal: options.signal,
    missingHint: program.missingHint,
  });
  if (exitCode !== 0) throw failed(artifact, program, { exitCode, complaint: Buffer.from(stderr).toString() });
  const locate = (place: DocumentPlace): string => placeInOutput(program.tool.name, place);
  const resources = countObjects(
    textOf(artifact, program, stdout),
    { artifact: artifact.name, locate },
    options.documents,
  );
  return { files: [{ path: RENDERED_FILE, bytes: stdout }], resources, renderer: versionOf(program.tool) };
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

function placeInOutput(tool: string, { document, line, column, source }: DocumentPlace): string {
  const from = source === undefined ? '' : ` (from ${source})`;
  return `document ${document} of the output of ${tool}${from}, line ${column === undefined ? line : `${line}:${column}`}`;
}

interface Complaint {
  readonly exitCode: number;
  readonly complaint: string;
}

function failed(artifact: ArtifactPlan, { tool }: Program, { exitCode, complaint }: Complaint): SlipwayError {
  const said =
    withoutUserinfo(complaint.trim()).slice(0, SHOWN) || `it ended with exit code ${exitCode} and said nothing`;
  const subject = `artifact "${artifact.name}" from "${artifact.shown}"`;
  return new SlipwayError('RENDER', `Cannot render ${subject} with ${tool.name}: ${said}`, {
    hint: `${tool.name} ${tool.version} refused it: correct the files it names`,
  });
}

/** Programs repeat the URLs of remote bases, and these may hold a password. */
function withoutUserinfo(text: string): string {
  return text.replace(/:\/\/[^/\s@]*@/g, '://');
}

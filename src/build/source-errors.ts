import { IGNORE_FILE } from '../archive/ignore.ts';
import { SlipwayError } from '../errors.ts';
import type { ArtifactPlan } from '../model.ts';

/** The error for a file or folder of an artifact that the system does not let us read. */
export function unreadable(artifact: ArtifactPlan, path: string, cause: unknown): SlipwayError {
  const code = codeOf(cause);
  const denied = code === 'EACCES' || code === 'EPERM';
  return sourceError(artifact, path, {
    problem: denied ? `permission denied (${code})` : code,
    hint: denied ? 'give the user that runs this read access to it' : undefined,
    cause,
  });
}

/** The error for an artifact above its budget; `limit` says which, with its unit. */
export function overBudget(artifact: ArtifactPlan, limit: string): SlipwayError {
  return new SlipwayError(
    'SOURCE',
    `Artifact "${artifact.name}" is too large: "${artifact.shown}" holds more than ${limit}`,
    {
      hint: `leave files out in "${IGNORE_FILE}", or split it into several artifacts`,
    },
  );
}

/** What is wrong with a file or folder of an artifact, and what to do. */
export interface Problem {
  readonly problem: string;
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/** A `SOURCE` error that names the file or folder at `path` in the artifact; an empty path is the artifact's own. */
export function sourceError(artifact: ArtifactPlan, path: string, { problem, hint, cause }: Problem): SlipwayError {
  const message = `Cannot read ${shownPath(artifact, path)} of artifact "${artifact.name}": ${problem}`;
  return new SlipwayError('SOURCE', message, { hint, cause });
}

/** A path in an artifact as the user would write it, in quotes. */
export function shownPath(artifact: ArtifactPlan, path: string): string {
  return JSON.stringify(path === '' ? artifact.shown : `${artifact.shown}/${path}`);
}

/** The system's code for a failed call, such as `EACCES`. */
export function codeOf(thrown: unknown): string {
  const code = (thrown as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : String(thrown);
}

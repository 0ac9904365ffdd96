import { type Code, SlipwayError } from '../errors.ts';
import type { ArtifactPlan, Rendered, RenderFailure } from '../model.ts';
import type { ReadYaml } from './read-yaml.ts';
import { writtenSources } from './written-sources.ts';

/** Whether an artifact's files are to blame. Anything else (a program that is missing, an interruption) ends the run. */
const blamesFiles = (code: Code): code is RenderFailure['code'] => ['SOURCE', 'INVALID', 'RENDER'].includes(code);

/**
 * Renders an artifact. One that cannot be rendered says why, for the checks to report, and keeps no other from being looked
 * at. Throws what is no fault of the artifact's files.
 */
export async function attempt(
  artifact: ArtifactPlan,
  read: ReadYaml,
  work: () => Promise<Rendered>,
): Promise<Rendered> {
  try {
    return await work();
  } catch (thrown) {
    if (!(thrown instanceof SlipwayError)) throw thrown;
    const { code, message, hint } = thrown;
    if (!blamesFiles(code)) throw thrown;
    return {
      ...{ artifact, files: [], resources: 0 },
      origins: ({ file, line, column }) => ({ file, ...(line > 0 && { line, column }) }),
      failure: { code, message, ...(hint !== undefined && { hint }), sources: writtenSources(artifact, read) },
    };
  }
}

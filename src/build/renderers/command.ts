import { basename } from 'node:path';
import type { Loaded } from '../../model.ts';
import { renderedPlace } from '../origins/place.ts';
import { runProgram } from './program.ts';
import type { Output, RenderOptions } from './renderer.ts';

/** `render: command`: what a program of the user's prints, run in the artifact's folder with the variables given for it. */
export async function renderCommand({ artifact }: Loaded, options: RenderOptions): Promise<Output> {
  const { render } = artifact;
  const { run, env } = render.kind === 'command' ? render : { run: [], env: {} };
  const tool = { name: basename(run[0] ?? ''), version: 'unknown' };
  const missingHint = `install "${tool.name}" and put it on PATH, or correct \`run\` of artifact "${artifact.name}"`;
  return runProgram(
    artifact,
    {
      ...{ command: run, cwd: artifact.root, tool, env, missingHint },
      mayDrift: true,
      origins: () => (place) => renderedPlace(artifact, place),
    },
    options,
  );
}

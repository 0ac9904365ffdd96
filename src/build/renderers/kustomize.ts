import { SlipwayError } from '../../errors.ts';
import type { Loaded } from '../../model.ts';
import { originsOfKustomization } from '../origins/kustomize.ts';
import type { ToolCache } from '../tools.ts';
import { type Program, runProgram } from './program.ts';
import type { Output, RenderOptions } from './renderer.ts';

const INSTALL = 'install kustomize (or kubectl, which has it built in) and put it on PATH';

/** `render: kustomize`: what `kustomize build` prints for the folder, or `kubectl kustomize` where there is no kustomize. */
export async function renderKustomize({ artifact }: Loaded, options: RenderOptions): Promise<Output> {
  const builder = await findBuilder(artifact.name, options.tools);
  const { render } = artifact;
  const withHelm = render.kind === 'kustomize' && render.enableHelm === true;
  const { command, tool } = builder;
  return runProgram(
    artifact,
    {
      command: [...command, artifact.root, ...(withHelm ? ['--enable-helm'] : [])],
      ...{ cwd: artifact.root, tool, missingHint: INSTALL },
      mayDrift: withHelm,
      origins: (output) => originsOfKustomization(artifact, output, options.read),
    },
    options,
  );
}

async function findBuilder(artifact: string, tools: ToolCache): Promise<Pick<Program, 'command' | 'tool'>> {
  const kustomize = await tools.find('kustomize');
  if (kustomize !== undefined) return { command: [kustomize.path, 'build'], tool: kustomize };
  const kubectl = await tools.find('kubectl');
  if (kubectl !== undefined) return { command: [kubectl.path, 'kustomize'], tool: kubectl };
  throw new SlipwayError('TOOL_MISSING', `Cannot render artifact "${artifact}": kustomize is not installed`, {
    hint: INSTALL,
  });
}

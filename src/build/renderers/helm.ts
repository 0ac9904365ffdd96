import { dirname, extname } from 'node:path';
import { SlipwayError } from '../../errors.ts';
import type { ArtifactPlan, Loaded, RenderPlan } from '../../model.ts';
import { originsOfChart } from '../origins/helm.ts';
import { runProgram } from './program.ts';
import type { Output, RenderOptions } from './renderer.ts';

const INSTALL = 'install helm 3 or 4 and put it on PATH';

type HelmPlan = Extract<RenderPlan, { kind: 'helm' }>;

/** `render: helm`: what `helm template` prints for the chart, a folder or a packed `.tgz`, its CRDs included. */
export async function renderHelm({ artifact }: Loaded, options: RenderOptions): Promise<Output> {
  const tool = await options.tools.find('helm');
  if (tool === undefined) {
    const message = `Cannot render artifact "${artifact.name}": helm is not installed`;
    throw new SlipwayError('TOOL_MISSING', message, { hint: INSTALL });
  }
  const { render } = artifact;
  const args = render.kind === 'helm' ? argumentsOf(artifact, render) : [];
  const cwd = extname(artifact.root) === '.tgz' ? dirname(artifact.root) : artifact.root;
  return runProgram(
    artifact,
    {
      ...{ command: [tool.path, ...args], cwd, tool, missingHint: INSTALL },
      mayDrift: true,
      origins: (output) => originsOfChart(artifact, output),
    },
    options,
  );
}

/** Values files come in their order: for helm the last one wins. */
function argumentsOf(artifact: ArtifactPlan, plan: HelmPlan): string[] {
  return [
    ...['template', plan.release, artifact.root, '--include-crds'],
    ...(plan.namespace === undefined ? [] : ['--namespace', plan.namespace]),
    ...plan.values.flatMap((file) => ['--values', file]),
    ...(plan.kubeVersion === undefined ? [] : ['--kube-version', plan.kubeVersion]),
    ...plan.apiVersions.flatMap((version) => ['--api-versions', version]),
  ];
}

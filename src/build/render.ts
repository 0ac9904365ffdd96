import { digestOf } from '../digest.ts';
import { SlipwayError } from '../errors.ts';
import type { ArtifactPlan, Digest, Loaded, Rendered, RenderKind, SourceFile } from '../model.ts';
import { renderCommand } from './renderers/command.ts';
import { renderHelm } from './renderers/helm.ts';
import { renderKustomize } from './renderers/kustomize.ts';
import { renderPlain } from './renderers/plain.ts';
import type { Renderer, RenderOptions } from './renderers/renderer.ts';
import { renderSource } from './renderers/source.ts';

export type { RenderOptions };

const RENDERERS: Readonly<Record<RenderKind, Renderer>> = {
  source: renderSource,
  plain: renderPlain,
  kustomize: renderKustomize,
  helm: renderHelm,
  command: renderCommand,
};

/**
 * Turns an artifact's files into what its consumer reads: the files themselves under `source`, else one `manifests.yaml`.
 * What is in it is for the checks to judge. Throws `INVALID` when nothing is rendered (the consumer would prune
 * everything), `RENDER` when the program fails, `TOOL_MISSING` when it is not installed.
 */
export async function render(loaded: Loaded, options: RenderOptions): Promise<Rendered> {
  const { artifact } = loaded;
  const output = await RENDERERS[artifact.render.kind](loaded, options);
  if (artifact.render.kind !== 'source' && output.resources === 0) throw nothingRendered(artifact);
  return { artifact, ...output, ...(loaded.files.length === 0 ? {} : { input: inputOf(loaded.files) }) };
}

/** As `sha256sum` lists the files, so that anybody can make the same digest. */
function inputOf(files: readonly SourceFile[]): Digest {
  const lines = files.map(({ path, bytes }) => `${digestOf(bytes).slice('sha256:'.length)}  ${path}\n`);
  return digestOf(Buffer.from(lines.join('')));
}

function nothingRendered(artifact: ArtifactPlan): SlipwayError {
  const message = `Artifact "${artifact.name}" renders to nothing: no Kubernetes object in "${artifact.shown}"`;
  return new SlipwayError('INVALID', message, {
    hint: 'an empty artifact would prune everything: check the path and `render`',
  });
}

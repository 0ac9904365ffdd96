/** Wiring of what makes artifacts of sources: files and renderers, without network and credentials. */
import { availableParallelism } from 'node:os';
import type { LoadOptions } from './build/load.ts';
import type { RenderOptions } from './build/render.ts';
import { toolCache } from './build/tools.ts';
import { eachLimit } from './concurrency.ts';
import { throwIfInterrupted } from './errors.ts';
import type { ArtifactPlan, Digest, Progress, SourceFile } from './model.ts';

/** What makes artifacts of sources. */
export interface SourcePlan {
  readonly artifacts: readonly ArtifactPlan[];
  /** Works on everything, on as many at once as there are cores. */
  readonly inParallel: <T, R>(
    stage: 'render' | 'pack',
    items: readonly T[],
    work: (item: T) => Promise<R>,
  ) => Promise<R[]>;
  readonly options: { readonly load: LoadOptions; readonly render: RenderOptions };
}

/** What sources have for their consumers: files, and the digest of the content that these become. */
export interface Drawn {
  readonly name: string;
  readonly content: Digest;
  readonly files: readonly SourceFile[];
  readonly resources: number;
}

/** What of a run the sources have to do with. */
interface SourceContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal | undefined;
  readonly progress?: Progress | undefined;
}

/** A plan for rendering these artifacts; with `twice` so that it shows whether that is reproducible. */
export function openSources(
  { artifacts }: Pick<SourcePlan, 'artifacts'>,
  { env, signal, progress }: SourceContext,
  { read, twice }: Pick<RenderOptions, 'read' | 'twice'>,
): SourcePlan {
  return {
    artifacts,
    async inParallel(stage, items, work) {
      let done = 0;
      return eachLimit(items, availableParallelism(), async (item) => {
        throwIfInterrupted(signal);
        const result = await work(item);
        done += 1;
        progress?.({ stage, done, total: items.length });
        return result;
      });
    },
    options: { load: {}, render: { env, signal, tools: toolCache(env), read, twice } },
  };
}

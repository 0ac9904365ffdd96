import type { Drift, Loaded, Origins, SourceFile, ToolVersion } from '../../model.ts';
import type { ReadYaml } from '../read-yaml.ts';
import type { ToolCache } from '../tools.ts';

/** What one run lends to every renderer. */
export interface RenderOptions {
  /** The environment of the door; programs get only {@link import('../../wire/exec.ts').minimalEnv} of it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly tools: ToolCache;
  readonly read: ReadYaml;
  /** Render a second time what may come out differently, and say where it does. */
  readonly twice: boolean;
  readonly signal?: AbortSignal | undefined;
  /** How long one program may take, in seconds: default 300. */
  readonly timeoutSeconds?: number;
}

/** What a renderer makes: the artifact's new files, how many Kubernetes objects are in them, and where they are from. */
export interface Output {
  readonly files: readonly SourceFile[];
  readonly resources: number;
  readonly origins: Origins;
  readonly renderer?: ToolVersion;
  readonly drift?: Drift;
}

/** Turns an artifact's files into what its consumer reads. Throws `RENDER`, `INVALID` or `TOOL_MISSING`. */
export type Renderer = (loaded: Loaded, options: RenderOptions) => Promise<Output>;

/** The one file of a rendered artifact. */
export const RENDERED_FILE = 'manifests.yaml';

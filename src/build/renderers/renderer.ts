import type { Loaded, SourceFile, ToolVersion } from '../../model.ts';
import type { DocumentCache } from '../documents.ts';
import type { ToolCache } from '../tools.ts';

/** What one run lends to every renderer. */
export interface RenderOptions {
  /** The environment of the door; programs get only {@link import('../../wire/exec.ts').minimalEnv} of it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly tools: ToolCache;
  readonly documents: DocumentCache;
  readonly signal?: AbortSignal | undefined;
  /** How long one program may take, in seconds: default 300. */
  readonly timeoutSeconds?: number;
}

/** What a renderer makes: the artifact's new files, and how many Kubernetes objects are in them. */
export interface Output {
  readonly files: readonly SourceFile[];
  readonly resources: number;
  readonly renderer?: ToolVersion;
}

/** Turns an artifact's files into what its consumer reads. Throws `RENDER`, `INVALID` or `TOOL_MISSING`. */
export type Renderer = (loaded: Loaded, options: RenderOptions) => Promise<Output>;

/** The one file of a rendered artifact. */
export const RENDERED_FILE = 'manifests.yaml';

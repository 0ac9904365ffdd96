/** What the functions of the library are lent. */
import type { Progress } from '../model.ts';

/** What a caller lends to a run. Only what is in `env` is seen: pass `process.env` to use the ambient credentials. */
export interface LibraryContext {
  /** Absolute folder that relative paths and `slipway.yaml` are looked up from. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborting it ends the run: nothing is half named, and the next run completes. */
  readonly signal?: AbortSignal;
  readonly progress?: Progress;
  /** Default: the system's clock. */
  readonly now?: () => Date;
}

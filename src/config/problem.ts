import type { Path } from './yaml.ts';

/** One thing that is wrong in a config file. `part` tells whether the key or the value is to blame. */
export interface Problem {
  readonly path: Path;
  readonly part: 'key' | 'value';
  readonly message: string;
  readonly hint?: string;
  /** The value may be a secret by mistake: its lines are not shown. */
  readonly secret?: true;
}

/** What the functions of the library are lent, as runs take it. */
import type { LibraryContext } from './library/context.ts';
import type { RunContext } from './plan.ts';
import { toolVersion } from './tool-version.ts';

/** What a run works with. */
export const runContext = (context: LibraryContext): RunContext => ({
  now: () => new Date(),
  tool: toolVersion(import.meta.url),
  ...context,
});

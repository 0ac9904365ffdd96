/** `slipway diff` as a function. */
import { type DiffOptions, resolveDiff } from '../config/resolve-diff.ts';
import { runContext } from '../library-context.ts';
import { diffDocument } from '../live/diff.ts';
import type { DifferenceDocument } from '../model.ts';
import type { LibraryContext } from './context.ts';

/**
 * What is different between two sides, object by object; the values of Secrets are never in it. Whole numbers that a number
 * cannot hold are bigints.
 *
 * @example
 * const { counts, common } = await diff({ sides: ['prod', 'staging'] }, { cwd, env: process.env });
 * console.log(counts.objects.changed, common.map(({ artifacts, changes }) => [artifacts.length, changes.length]));
 *
 * @throws SlipwayError `USAGE`, `CONFIG`, `NOT_FOUND`, `SOURCE`, `INVALID`, `RENDER`, `TOOL_MISSING`; the store errors where no
 * store answers
 */
export async function diff(options: DiffOptions, context: LibraryContext): Promise<DifferenceDocument> {
  return diffDocument(await resolveDiff(options, context), runContext(context));
}

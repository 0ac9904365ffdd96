import type { CheckSubject } from './config/resolve-check.ts';
import type { Checked } from './model.ts';
import { inspect, inspectPublished } from './pipeline.ts';
import { openBuild, openPublished, type RunContext } from './plan.ts';

/** Checks sources, or what is published. */
export async function inspectSubject(
  { kind, settings }: CheckSubject,
  context: RunContext,
): Promise<readonly Checked[]> {
  return kind === 'sources'
    ? inspect(await openBuild(settings, context))
    : inspectPublished(await openPublished(settings, context));
}

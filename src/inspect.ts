import { eachLimit } from './concurrency.ts';
import type { AgainstSettings } from './config/against.ts';
import type { CheckSubject } from './config/resolve-check.ts';
import { SlipwayError } from './errors.ts';
import type { Checked, Rendered } from './model.ts';
import { openFetch, openPublished } from './open-fetch.ts';
import { fetchPublished, inspect, inspectPublished } from './pipeline.ts';
import { openBuild, type RunContext } from './plan.ts';

/** What a caller of {@link inspectSubject} lends. */
export interface InspectContext extends RunContext {
  /** Hears of references to compare with under which nothing is published. */
  readonly absent?: (reference: string) => void;
}

/** How many artifacts are fetched at once. */
const AT_ONCE = 8;

/** What is published of an artifact already; undefined before the first release. */
async function before(settings: AgainstSettings, context: InspectContext): Promise<Rendered | undefined> {
  try {
    return await fetchPublished(await openFetch(settings, context));
  } catch (thrown) {
    if (!(thrown instanceof SlipwayError) || thrown.code !== 'NOT_FOUND') throw thrown;
    return undefined;
  }
}

/** What is published of artifacts, by their names. What is absent is told in the order of the settings, whoever answers first. */
async function allBefore(
  against: readonly AgainstSettings[],
  context: InspectContext,
): Promise<ReadonlyMap<string, Rendered>> {
  const fetched = await eachLimit(against, AT_ONCE, async (one) => ({ one, rendered: await before(one, context) }));
  for (const { one, rendered } of fetched) if (rendered === undefined) context.absent?.(one.reference);
  return new Map(fetched.flatMap(({ one, rendered }) => (rendered === undefined ? [] : [[one.artifact, rendered]])));
}

/** Checks sources, or what is published; compared with what was published before, where somebody wants that. */
export async function inspectSubject(
  { kind, settings, against = [] }: CheckSubject,
  context: InspectContext,
): Promise<readonly Checked[]> {
  const known = await allBefore(against, context);
  const compared = known.size === 0 ? {} : { published: (artifact: string) => known.get(artifact) };
  if (kind === 'published') {
    const plan = await openPublished(settings, context);
    return inspectPublished({ ...plan, check: { ...plan.check, ...compared } });
  }
  const { options, ...plan } = await openBuild(settings, context);
  return inspect({ ...plan, options: { ...options, check: { ...options.check, ...compared } } });
}

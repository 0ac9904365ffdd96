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

type Before = [artifact: string, rendered: Rendered];

/** What is published of an artifact already; nothing before the first release. */
async function before({ artifact, ...settings }: AgainstSettings, context: InspectContext): Promise<readonly Before[]> {
  try {
    return [[artifact, await fetchPublished(await openFetch(settings, context))]];
  } catch (thrown) {
    if (!(thrown instanceof SlipwayError) || thrown.code !== 'NOT_FOUND') throw thrown;
    context.absent?.(settings.reference);
    return [];
  }
}

/** Checks sources, or what is published; compared with what was published before, where somebody wants that. */
export async function inspectSubject(
  { kind, settings, against = [] }: CheckSubject,
  context: InspectContext,
): Promise<readonly Checked[]> {
  const fetched = await eachLimit(against, AT_ONCE, (one) => before(one, context));
  const known = new Map(fetched.flat());
  const compared = known.size === 0 ? {} : { published: (artifact: string) => known.get(artifact) };
  if (kind === 'published') {
    const plan = await openPublished(settings, context);
    return inspectPublished({ ...plan, check: { ...plan.check, ...compared } });
  }
  const { options, ...plan } = await openBuild(settings, context);
  return inspect({ ...plan, options: { ...options, check: { ...options.check, ...compared } } });
}

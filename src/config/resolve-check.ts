/** What `slipway check` looks at: artifacts of the config, a folder, or what is published. */
import { SlipwayError } from '../errors.ts';
import type { CheckSettings } from '../model.ts';
import { type AgainstSettings, againstReference, resolveAgainst } from './against.ts';
import type { ResolveContext } from './find.ts';
import { type PullSource, parseReference } from './reference.ts';
import { type BuildOptions, type BuildSettings, checksOf, resolveBuild } from './resolve.ts';

/** Something published, to be checked. */
export interface PublishedSettings {
  readonly reference: string;
  readonly from: PullSource;
  readonly check: CheckSettings;
}

/** What `slipway check` can be told about what it looks at. */
export interface InspectOptions extends BuildOptions {
  /** Reference of what is published already, with `{artifact}` for the artifact's name. */
  readonly against?: string | undefined;
}

/** What `slipway check` works on. */
export type CheckSubject = (
  | { readonly kind: 'sources'; readonly settings: BuildSettings }
  | { readonly kind: 'published'; readonly settings: PublishedSettings }
) & { readonly against?: readonly AgainstSettings[] };

const isReference = (path: string): boolean => /^(?:oci|s3|file):/.test(path);

/**
 * Merges the options of `slipway check` over the config. Throws `USAGE` and `CONFIG` as {@link resolveBuild} and
 * {@link parseReference} do, `SOURCE`.
 */
export async function resolveCheck(options: InspectOptions, context: ResolveContext): Promise<CheckSubject> {
  const { path, against } = options;
  if (path === undefined || !isReference(path)) {
    const settings = await resolveBuild(options, context, 'check');
    const names = settings.artifacts.map(({ name }) => name);
    return {
      ...{ kind: 'sources', settings },
      ...(against !== undefined && { against: resolveAgainst(against, names, context.cwd) }),
    };
  }
  const superfluous = Object.entries({
    config: options.config,
    artifact: options.artifact?.[0],
    render: options.render,
  });
  for (const [name, value] of superfluous) {
    if (value === undefined) continue;
    throw new SlipwayError('USAGE', `Cannot use --${name} with a reference: it is built already`, {
      hint: 'use one of them',
    });
  }
  const from = parseReference(path, context.cwd);
  return {
    kind: 'published',
    settings: { reference: path, from, check: await checksOf(options, context) },
    ...(against !== undefined && { against: againstReference(against, path, context.cwd) }),
  };
}

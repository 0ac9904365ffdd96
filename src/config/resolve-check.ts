/** What `slipway check` looks at: artifacts of the config, a folder, or what is published. */
import { SlipwayError } from '../errors.ts';
import type { CheckSettings } from '../model.ts';
import type { ResolveContext } from './find.ts';
import { type PullSource, parseReference } from './reference.ts';
import { type BuildOptions, type BuildSettings, checksOf, resolveBuild } from './resolve.ts';

/** Something published, to be checked. */
export interface PublishedSettings {
  readonly reference: string;
  readonly from: PullSource;
  readonly check: CheckSettings;
}

/** What `slipway check` works on. */
export type CheckSubject =
  | { readonly kind: 'sources'; readonly settings: BuildSettings }
  | { readonly kind: 'published'; readonly settings: PublishedSettings };

const isReference = (path: string): boolean => /^(?:oci|s3|file):/.test(path);

/**
 * Merges the options of `slipway check` over the config. Throws `USAGE` and `CONFIG` as {@link resolveBuild} and
 * {@link parseReference} do, `SOURCE`.
 */
export async function resolveCheck(options: BuildOptions, context: ResolveContext): Promise<CheckSubject> {
  const { path } = options;
  if (path === undefined || !isReference(path)) {
    return { kind: 'sources', settings: await resolveBuild(options, context, 'check') };
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
  return { kind: 'published', settings: { reference: path, from, check: await checksOf(options, context) } };
}

/** Publishing without a config file: `slipway publish PATH --to URL…`. */

import { stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { SlipwayError } from '../errors.ts';
import type { ArtifactPlan } from '../model.ts';
import { checkPath } from './artifacts.ts';
import { artifactNameProblem, channelProblem, isVersion } from './names.ts';
import { renderRule } from './render.ts';
import type { StoreSpec } from './settings.ts';
import { DEFAULT_STORE, parseStoreUrl } from './store-url.ts';

/** What the options say when there is no config file. */
export interface OneShotOptions {
  readonly path: string;
  readonly to: readonly string[];
  readonly render?: string | undefined;
  readonly artifact: readonly string[];
}

/** A run without a config. `channel` and `version` are what the tags say. */
export interface OneShot {
  readonly artifact: ArtifactPlan;
  readonly stores: readonly StoreSpec[];
  readonly channel?: string;
  readonly version?: string;
  /** Absolute folder whose Git repository the provenance is taken from. */
  readonly root: string;
}

/** A store URL without its tag. Only registries have tags; a colon in a key or a path belongs to it. */
export function splitTag(url: string): { readonly url: string; readonly tag?: string } {
  const [, before = '', tag, query = ''] = /^(oci:\/\/[^?]*\/[^/?:@]*):([^/?@]*)(\?.*)?$/s.exec(url) ?? [];
  return tag === undefined ? { url } : { url: `${before}${query}`, tag };
}

function targetOf(to: string, cwd: string): { readonly store: StoreSpec; readonly tag?: string } {
  const { url, tag } = splitTag(to);
  // The name of such a store is its URL, which must not be shown before it is known to hold no password.
  const store = { ...parseStoreUrl(url, { name: '--to', cwd }), name: url };
  return tag === undefined ? { store } : { store, tag };
}

const ambiguous = (what: string, values: ReadonlySet<string>): SlipwayError =>
  new SlipwayError(
    'USAGE',
    `Cannot publish under several ${what}s at once: ${[...values].map((value) => `"${value}"`).join(' and ')}`,
    {
      hint: `give every --to the same ${what}`,
    },
  );

function theOne(what: string, values: readonly string[]): string | undefined {
  const different = new Set(values);
  if (different.size > 1) throw ambiguous(what, different);
  return values[0];
}

/** The name that registries give: a repository's last segment, unless it leaves the name open. */
function repositoryName(stores: readonly StoreSpec[]): string | undefined {
  const repositories = stores.flatMap((store) => (store.kind === 'registry' ? [basename(store.repository)] : []));
  return theOne(
    'artifact name',
    repositories.filter((name) => !name.includes('{artifact}')),
  );
}

function nameOf(options: OneShotOptions, stores: readonly StoreSpec[], root: string): string {
  const [asked, ...more] = options.artifact;
  if (more.length > 0) {
    throw new SlipwayError('USAGE', 'Cannot name one folder twice: --artifact is given more than once', {
      hint: 'give it once, or write a slipway.yaml',
    });
  }
  const name = asked ?? repositoryName(stores) ?? basename(root);
  const problem = artifactNameProblem(name);
  if (problem === undefined) return name;
  throw new SlipwayError('USAGE', `Cannot name the artifact "${name}": ${problem}`, {
    hint: 'choose its name with --artifact NAME',
  });
}

/** The folder's own artifact, for `slipway build PATH` and publishing alike. Throws `SOURCE` when the path is missing. */
async function artifactOf(options: OneShotOptions, stores: readonly StoreSpec[], cwd: string): Promise<ArtifactPlan> {
  const root = resolve(cwd, options.path);
  await checkPath(root, { shown: options.path, prefix: '' });
  const name = nameOf(options, stores, root);
  return { name, root, shown: options.path, render: renderRule(renderOf(options.render), cwd)(name) };
}

function renderOf(render = 'source'): 'source' | 'plain' | 'kustomize' | 'helm' {
  if (render === 'source' || render === 'plain' || render === 'kustomize' || render === 'helm') return render;
  throw new SlipwayError('USAGE', `Cannot render with "${render}": it is unknown`, {
    hint: 'use source, plain, kustomize or helm; a command needs a slipway.yaml',
  });
}

/**
 * A folder and the URLs it goes to. Throws `USAGE` for tags that contradict each other and a bad name, `CONFIG` for a bad
 * URL, `SOURCE` for a missing path.
 */
export async function oneShot(options: OneShotOptions, cwd: string): Promise<OneShot> {
  const targets = (options.to.length === 0 ? [DEFAULT_STORE] : options.to).map((to) => targetOf(to, cwd));
  const stores = targets.map(({ store }) => store);
  const twice = stores.find(({ name }, index) => stores.some((other, before) => before < index && other.name === name));
  if (twice !== undefined)
    throw new SlipwayError('USAGE', `Cannot publish to "${twice.name}" twice`, { hint: 'give every --to once' });
  const tags = targets.flatMap(({ tag }) => (tag === undefined ? [] : [tag]));
  const channel = theOne(
    'channel',
    tags.filter((tag) => !isVersion(tag)),
  );
  const version = theOne('version', tags.filter(isVersion));
  const problem = channel === undefined ? undefined : channelProblem(channel);
  if (problem !== undefined)
    throw new SlipwayError('USAGE', `Cannot use tag "${channel}" as a channel: ${problem}`, {
      hint: 'write oci://HOST/REPOSITORY:CHANNEL',
    });
  const artifact = await artifactOf(options, stores, cwd);
  const root = (await stat(artifact.root)).isDirectory() ? artifact.root : dirname(artifact.root);
  return {
    artifact,
    stores,
    ...(channel === undefined ? {} : { channel }),
    ...(version === undefined ? {} : { version }),
    root,
  };
}

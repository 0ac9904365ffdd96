/** Releases that travel as one file: out of the stores of one side, and into those of another. */
import { artifactNameProblem } from '../config/names.ts';
import type { ReleaseName } from '../config/release-name.ts';
import { releaseNameText } from '../config/release-name.ts';
import type { ControlSettings } from '../config/resolve-control.ts';
import type { LiveSettings } from '../config/resolve-live.ts';
import { resolveSeal } from '../config/resolve-seal.ts';
import { usage } from '../config/usage.ts';
import { digestOf } from '../digest.ts';
import { SlipwayError } from '../errors.ts';
import { openLive } from '../live/open.ts';
import type { Digest, ReleaseRecord, VersionClaim } from '../model.ts';
import { openPolicy } from '../open-seal.ts';
import type { RunContext } from '../plan.ts';
import { forms } from '../seal/forms.ts';
import { readBundle } from '../ship/bundle/read.ts';
import { bundleOf } from '../ship/bundle/write.ts';
import { type FoundOrigin, findDocument, newestIn, originOfClaim, originOfRecord, returnedIn } from './origin.ts';
import { type Prepared, type PromotionOptions, prepared } from './promote.ts';

/** A release as one file, and what is in it. */
export interface Bundle {
  readonly bytes: Uint8Array;
  readonly digest: Digest;
  /** `generation 41 of channel "prod"`. */
  readonly label: string;
  /** Names of its artifacts. */
  readonly artifacts: readonly string[];
}

const originIn = (document: ReleaseRecord | VersionClaim, returned: readonly string[]): FoundOrigin['origin'] =>
  'generation' in document ? originOfRecord(document, returned) : originOfClaim(document);

/**
 * A release out of its stores as one file, with all of its proofs, judged by the `verify` of its channel. Throws `USAGE` for a
 * digest, `NOT_FOUND` for what no store has, `UNTRUSTED`, and what kept the stores from answering.
 */
export async function takeBundle(settings: LiveSettings, name: ReleaseName, context: RunContext): Promise<Bundle> {
  if (name.kind === 'digest') {
    throw usage(
      `Cannot bundle ${releaseNameText(name)}: a bundle is a whole release`,
      'name a channel (prod), a generation of it (prod@41) or a version (1.4.0)',
    );
  }
  const { config } = settings;
  const live = await openLive(settings, context);
  const { document, stores } = await findDocument(live, name);
  const { label } = originIn(document, []);
  const channel = 'generation' in document ? document.channel : undefined;
  const { verify } = resolveSeal({}, { config, channel, cwd: context.cwd });
  const policy = verify === undefined ? undefined : await openPolicy(verify, context);
  const { progress, signal } = context;
  const bytes = await bundleOf({ document, label, stores, policy, forms, progress, signal });
  return { bytes, digest: digestOf(bytes), label, artifacts: document.artifacts.map((entry) => entry.name) };
}

/** Whoever wrote the bundle chose the names, which end up in paths and repositories. Throws `CORRUPT`. */
function checkNames(file: string, names: readonly string[]): void {
  for (const name of names) {
    const problem = artifactNameProblem(name);
    if (problem === undefined) continue;
    const message = `Cannot publish bundle "${file}": artifact name ${JSON.stringify(name)} is not valid: ${problem}`;
    throw new SlipwayError('CORRUPT', message, { hint: 'use a bundle that slipway pull wrote' });
  }
}

/**
 * A promotion whose origin is a bundle. `file` is what messages call it. Throws `CORRUPT` for a bundle that was cut or changed,
 * `STORE` for one of a newer slipway, `CONFIG` for one of another project, `USAGE` for artifacts that it does not have.
 */
export async function prepareBundle(
  settings: ControlSettings,
  { file, bytes }: { readonly file: string; readonly bytes: Uint8Array },
  options: PromotionOptions,
  context: RunContext,
): Promise<Prepared> {
  const { project, document, store } = await readBundle(bytes, { shown: file, forms });
  if (project !== settings.config.project) {
    const message = `Cannot publish bundle "${file}" to project "${settings.config.project}": it is of project "${project}"`;
    throw new SlipwayError('CONFIG', message, { hint: `write project: ${project} in the config of this side` });
  }
  checkNames(
    file,
    document.artifacts.map(({ name }) => name),
  );
  const origin = originIn(document, 'generation' in document ? await returnedIn(document, []) : []);
  const found: FoundOrigin = { origin, stores: [store], warnings: [] };
  const live = await openLive({ config: settings.config, chosen: settings.stores.map(({ name }) => name) }, context);
  const newest = await newestIn(live, settings.channel);
  return { ...prepared(found, { settings, context, newest, meters: new Map() }, options), bundled: true };
}

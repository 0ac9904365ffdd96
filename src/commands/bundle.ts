/** Bundles as files: written once, never over another file; read whole. */
import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parseReleaseName } from '../config/release-name.ts';
import { type ControlOptions, resolveControl } from '../config/resolve-control.ts';
import { type LiveOptions, resolveLive } from '../config/resolve-live.ts';
import { usage } from '../config/usage.ts';
import { prepareBundle, takeBundle } from '../control/bundle.ts';
import { wavesOf } from '../control/open-waves.ts';
import { promoteOnce } from '../control/promote.ts';
import { SlipwayError } from '../errors.ts';
import { counted, sizeText } from '../report/table.ts';
import { type CommandContext, type CommonOptions, progressFor } from './context.ts';
import { exitOf, print } from './finish.ts';
import { runWaves } from './promote-waves.ts';

const codeOf = (thrown: unknown): unknown => (thrown as { readonly code?: unknown }).code;

function failed(what: string, path: string, cause: unknown): SlipwayError {
  const state = codeOf(cause) === 'ENOENT' ? 'there is no such file' : String(codeOf(cause) ?? 'it failed');
  return new SlipwayError('USAGE', `Cannot ${what} "${path}": ${state}`, { hint: 'name another file', cause });
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** Puts a finished file under its name, unless there is one. Some file systems of sticks and disks have no links. */
async function place(aside: string, path: string): Promise<void> {
  try {
    await link(aside, path);
  } catch (thrown) {
    const hasNoLinks = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(String(codeOf(thrown)));
    if (!hasNoLinks || (await isFile(path))) throw thrown;
    await rename(aside, path);
  }
}

/** Whether the file has these bytes already. Throws `USAGE` for one that has others. */
async function isThere(path: string, shown: string, bytes: Uint8Array): Promise<boolean> {
  const found = await readFile(path).catch((thrown: unknown) => {
    if (codeOf(thrown) === 'ENOENT') return undefined;
    throw thrown;
  });
  if (found === undefined) return false;
  if (found.equals(bytes)) return true;
  throw usage(`Cannot write "${shown}": there is another file of this name`, 'choose another name, or move it away');
}

/** Writes aside and renames, so that the name shows a whole bundle or nothing. */
async function writeWhole(path: string, shown: string, bytes: Uint8Array): Promise<void> {
  const aside = `${path}.part-${randomBytes(6).toString('hex')}`;
  try {
    if (await isThere(path, shown, bytes)) return;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(aside, bytes, { flag: 'wx', flush: true });
    await place(aside, path);
  } catch (cause) {
    if (cause instanceof SlipwayError) throw cause;
    throw failed('write', shown, cause);
  } finally {
    await rm(aside, { force: true });
  }
}

/** What `slipway pull --bundle` can be told. */
export interface PullBundleOptions extends LiveOptions, CommonOptions {
  readonly reference: string;
  readonly bundle: string;
  readonly out?: string | undefined;
}

/** `slipway pull CHANNEL --bundle FILE`: a whole release with its proofs as one file. Throws what went wrong. */
export async function pullBundle(context: CommandContext, options: PullBundleOptions): Promise<number> {
  const { reference, bundle: shown, out } = options;
  if (out !== undefined) throw usage('Cannot use --bundle with --out: a bundle is one file', 'use one of them');
  const settings = await resolveLive('pull a bundle', options, context);
  const name = parseReleaseName(reference, 'REF');
  const progress = progressFor(context, options);
  try {
    const { bytes, digest, label, artifacts } = await takeBundle(settings, name, {
      ...context,
      progress: progress.report,
    });
    await writeWhole(resolve(context.cwd, shown), shown, bytes);
    progress.end();
    const answer = { schema: 1, release: reference, bundle: shown, digest, size: bytes.length, artifacts };
    const text = `bundled ${label}: ${counted(artifacts.length, 'artifact')}, ${sizeText(bytes.length)}, ${digest}, into ${shown}\n`;
    context.stdout.write(options.output === 'json' ? `${JSON.stringify(answer, null, 2)}\n` : text);
    return 0;
  } finally {
    progress.end();
  }
}

/** Flags of `publish` that are about a build, or about another way to get one, by the key of their value. */
const BUILDS: Readonly<Record<string, string>> = {
  path: 'a path',
  to: '--to',
  render: '--render',
  plan: '--plan',
  built: '--built',
  adopt: '--adopt',
  key: '--key',
  keyless: '--keyless',
  legacy: '--legacy',
  signingConfig: '--signing-config',
  report: '--report',
};

const isGiven = (value: unknown): boolean =>
  value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0);

/** Throws `USAGE` for options that say how something is built or signed. */
function refuseBuilding(options: object): void {
  const given = Object.entries(options).find(([key, value]) => BUILDS[key] !== undefined && isGiven(value));
  if (given === undefined) return;
  throw usage(
    `Cannot use --bundle with ${BUILDS[given[0]]}: what is in a bundle was built and signed before`,
    'use one of them',
  );
}

/** What `slipway publish --bundle` can be told. */
export interface PublishBundleOptions extends ControlOptions, CommonOptions {
  readonly bundle: string;
  readonly artifact?: readonly string[] | undefined;
}

/**
 * `slipway publish --bundle FILE`: a promotion out of a file, wave by wave where the channel has waves. Answers the exit code.
 * Throws what kept it from looking.
 */
export async function publishBundle(context: CommandContext, options: PublishBundleOptions): Promise<number> {
  const { bundle: file, artifact = [] } = options;
  refuseBuilding(options);
  const settings = await resolveControl('publish a bundle', options, context);
  const { channel, config } = settings;
  const waves = wavesOf(channel, config.channels[channel]?.waves, undefined);
  const bytes = await readFile(resolve(context.cwd, file)).catch((cause: unknown) => {
    throw failed('read', file, cause);
  });
  const progress = progressFor(context, options);
  try {
    const artifacts = artifact.length === 0 ? {} : { artifacts: artifact };
    const run = { ...context, progress: progress.report };
    const ready = await prepareBundle(settings, { file, bytes }, artifacts, run);
    if (waves !== undefined) return await runWaves(ready, waves, { ...options, context });
    const receipt = await promoteOnce(ready);
    progress.end();
    print(receipt, context, options);
    return exitOf(receipt);
  } finally {
    progress.end();
  }
}

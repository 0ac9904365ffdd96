/** What `slipway verify` looks at, and whose signatures count for it. */
import { resolve } from 'node:path';
import { SlipwayError } from '../errors.ts';
import { bucketName } from './bucket-name.ts';
import { checkAccess } from './consumer.ts';
import { CONFIG_FILE, findConfig, type ResolveContext } from './find.ts';
import { channelProblem } from './names.ts';
import type { Config } from './read.ts';
import { parseReference } from './reference.ts';
import { type PolicyOptions, policyOf } from './resolve-seal.ts';
import type { SignSettings, VerifySettings } from './seal-settings.ts';
import { chooseStores } from './stores.ts';
import { usage } from './usage.ts';

/** What `slipway verify` can be told. */
export interface VerifyOptions extends PolicyOptions {
  /** References, names of channels, or one file with `bundle`. */
  readonly references: readonly string[];
  /** Files or `env://NAME` of public keys, of which any counts. */
  readonly key?: readonly string[] | undefined;
  readonly bundle?: string | undefined;
  readonly artifact?: string | undefined;
  readonly rebuild?: boolean | undefined;
  readonly config?: string | undefined;
}

/** One thing to verify. */
export interface VerifyTarget {
  /** `published`: a reference as `parseReference` reads it. `file`: a path. `channel`: a name; there is a config then. */
  readonly kind: 'published' | 'channel' | 'file';
  /** As the user wrote it. */
  readonly reference: string;
  readonly policy: VerifySettings;
}

/** What `slipway verify` works on. */
export interface VerifyCommandSettings {
  /** At least one, in the order they were given, each once. */
  readonly targets: readonly VerifyTarget[];
  /** Absolute path of the bundle of the only target, which is a `file` then. */
  readonly bundle?: string;
  /** The name that the artifact has to have. */
  readonly artifact?: string;
  /** Build from the checkout, and compare. There is a config then. */
  readonly rebuild: boolean;
  readonly config?: Config;
  /** In one line, why the config that is there is not used. */
  readonly note?: string;
}

function checkCombination({ references, bundle, rebuild }: VerifyOptions): void {
  if (references.length === 0)
    throw usage('Cannot verify: nothing is named', 'name what is published, such as oci://ghcr.io/acme/fleet:prod');
  if (bundle === undefined) return;
  if (references.length > 1)
    throw usage('Cannot use --bundle for several files: it belongs to one', 'verify them one by one');
  if (isReference(references[0] ?? ''))
    throw usage('Cannot use --bundle with a reference: its proofs lie beside it', 'leave --bundle out, or name a file');
  if (rebuild) throw usage('Cannot use --rebuild with --bundle: a file is no release', 'use one of them');
}

const isReference = (text: string): boolean => /^(?:oci|s3|file):/.test(text);

function kindOf(reference: string, { bundle }: VerifyOptions, config: Config | undefined): VerifyTarget['kind'] {
  if (bundle !== undefined) return 'file';
  if (isReference(reference)) return 'published';
  if (channelProblem(reference) !== undefined) {
    throw usage(
      `Cannot verify "${reference}": it is neither a reference nor the name of a channel`,
      'write oci://HOST/REPOSITORY:TAG, s3://BUCKET/KEY, file:DIR:TAG or a channel; a file needs --bundle FILE',
    );
  }
  if (config !== undefined) return 'channel';
  throw usage(
    `Cannot verify channel "${reference}": there is no "${CONFIG_FILE}" here that says where it is`,
    'name one with --config, or write what is published in full: oci://HOST/REPOSITORY:TAG',
  );
}

/**
 * The channel that a reference shows, if it shows one: a tag, or a folder of a bucket. It chooses the policy, so that it has
 * to be the one that is read later: it comes from the parsed reference, whose parameters may hold colons and slashes too.
 */
function channelOf(kind: VerifyTarget['kind'], reference: string, cwd: string): string | undefined {
  if (kind !== 'published') return kind === 'channel' ? reference : undefined;
  const source = parseReference(reference, cwd);
  if (source.kind === 'repository') return source.tag;
  const space = bucketName(source.kind === 'object' ? source.key : source.path)?.space;
  return space?.kind === 'channel' ? space.channel : undefined;
}

/** The public half of what signs; undefined where nobody has one. */
export function ownHalf({ signer }: SignSettings): VerifySettings | undefined {
  if (signer?.kind === 'key') return { signer: { kind: 'key', keys: [{ ...signer.key, private: true }] } };
  if (signer?.kind === 'command') return { signer: { kind: 'key', keys: [signer.publicKey] } };
  return undefined;
}

/** Flags, else the `verify` of the channel, else that of the config, else the public half of what signs. */
function policyFor(
  options: VerifyOptions,
  config: Config | undefined,
  at: { readonly channel: string | undefined; readonly cwd: string },
): VerifySettings {
  const sign = config?.seal.sign;
  const policy =
    policyOf({ ...options, keys: options.key }, { config, ...at }) ?? (sign === undefined ? undefined : ownHalf(sign));
  if (policy !== undefined) return policy;
  throw usage(
    'Cannot verify: nothing says whose signatures count',
    `add --key FILE, or --certificate-identity and --certificate-oidc-issuer, or verify to ${config?.file ?? CONFIG_FILE}`,
  );
}

/**
 * Whether the flags say everything, so that a config only adds names: a broken one in the folder is no reason then not to
 * look. What is named with `--config`, is built from, or says where a channel is, has to be read.
 */
function needsConfig(options: VerifyOptions): boolean {
  const { references, bundle, rebuild = false, certificateIdentity, certificateIdentityRegexp } = options;
  const policy = (options.key ?? []).length > 0 || (certificateIdentity ?? certificateIdentityRegexp) !== undefined;
  const published = bundle !== undefined || references.every(isReference);
  return options.config !== undefined || rebuild || !policy || !published;
}

/** The config, or why there is none where one is there. Throws `CONFIG` where nothing goes without it. */
async function configFor(
  options: VerifyOptions,
  context: ResolveContext,
): Promise<Pick<VerifyCommandSettings, 'config' | 'note'>> {
  try {
    const config = await findConfig(options.config, context);
    return config === undefined ? {} : { config };
  } catch (thrown) {
    if (!(thrown instanceof SlipwayError) || thrown.code !== 'CONFIG' || needsConfig(options)) throw thrown;
    const [first = ''] = thrown.message.split('\n');
    return { note: `the config is left out: ${first.replace(/:$/, '')}` };
  }
}

/**
 * Merges the options of `slipway verify` over the config. Throws `USAGE` for options that contradict each other, for what
 * cannot be verified and where nobody says whose signatures count, and `CONFIG` for a bad config.
 */
export async function resolveVerify(options: VerifyOptions, context: ResolveContext): Promise<VerifyCommandSettings> {
  const { references, bundle, artifact, rebuild = false } = options;
  const { cwd } = context;
  checkCombination(options);
  const { config, note } = await configFor(options, context);
  if (rebuild && config === undefined)
    throw usage(`Cannot use --rebuild: there is no "${CONFIG_FILE}" here to build from`, 'name one with --config');
  const targets = [...new Set(references)].map((reference): VerifyTarget => {
    const kind = kindOf(reference, options, config);
    const channel = channelOf(kind, reference, cwd);
    if (kind === 'channel' && config !== undefined)
      checkAccess(chooseStores(config, channel, { store: [] }).stores, context.env);
    return { kind, reference, policy: policyFor(options, config, { channel, cwd }) };
  });
  return {
    targets,
    rebuild,
    ...(bundle !== undefined && { bundle: resolve(cwd, bundle) }),
    ...(artifact !== undefined && { artifact }),
    ...(config !== undefined && { config }),
    ...(note !== undefined && { note }),
  };
}

/** What `slipway verify` looks at, and whose signatures count for it. */
import { resolve } from 'node:path';
import { SlipwayError } from '../errors.ts';
import { CONFIG_FILE, findConfig, type ResolveContext } from './find.ts';
import { channelProblem } from './names.ts';
import type { Config } from './read.ts';
import { type PolicyOptions, policyOf } from './resolve-seal.ts';
import type { SignSettings, VerifySettings } from './seal-settings.ts';

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
}

const usage = (message: string, hint: string): SlipwayError => new SlipwayError('USAGE', message, { hint });

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

/** The channel that a reference shows, if it shows one: a tag, or a folder of a bucket. */
function channelOf(kind: VerifyTarget['kind'], reference: string): string | undefined {
  if (kind !== 'published') return kind === 'channel' ? reference : undefined;
  return (/\/channels\/([^/]+)\/[^/]+\/[^/]+$/.exec(reference) ?? /[^/]:([\w.-]+)(?:@|$)/.exec(reference))?.[1];
}

/** The public half of what signs. */
function ownHalf({ signer }: SignSettings): VerifySettings | undefined {
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
 * Merges the options of `slipway verify` over the config. Throws `USAGE` for options that contradict each other, for what
 * cannot be verified and where nobody says whose signatures count, and `CONFIG` for a bad config.
 */
export async function resolveVerify(options: VerifyOptions, context: ResolveContext): Promise<VerifyCommandSettings> {
  const { references, bundle, artifact, rebuild = false } = options;
  const { cwd } = context;
  checkCombination(options);
  const config = await findConfig(options.config, context);
  if (rebuild && config === undefined)
    throw usage(`Cannot use --rebuild: there is no "${CONFIG_FILE}" here to build from`, 'name one with --config');
  const targets = [...new Set(references)].map((reference): VerifyTarget => {
    const kind = kindOf(reference, options, config);
    const channel = channelOf(kind, reference);
    return { kind, reference, policy: policyFor(options, config, { channel, cwd }) };
  });
  return {
    targets,
    rebuild,
    ...(bundle !== undefined && { bundle: resolve(cwd, bundle) }),
    ...(artifact !== undefined && { artifact }),
    ...(config !== undefined && { config }),
  };
}

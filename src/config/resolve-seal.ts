/** Flags over `sign` and `verify`: how a run signs, and whose signatures count. */
import { SlipwayError } from '../errors.ts';
import type { Config } from './read.ts';
import type { SealSettings, SignSettings, TextSource, VerifySettings } from './seal-settings.ts';
import { verifierOf } from './sign-settings.ts';
import { sourceSlip, textSource } from './text-source.ts';
import { usage } from './usage.ts';

/** Options that say how to sign. */
export interface SignOptions {
  /** File or `env://NAME` of the private key. */
  readonly key?: string | undefined;
  readonly keyless?: boolean | undefined;
  readonly legacy?: boolean | undefined;
  /** File or `env://NAME`. */
  readonly signingConfig?: string | undefined;
}

/** Options that say whose signatures count. */
export interface PolicyOptions {
  readonly certificateIdentity?: string | undefined;
  readonly certificateIdentityRegexp?: string | undefined;
  readonly certificateOidcIssuer?: string | undefined;
  readonly certificateOidcIssuerRegexp?: string | undefined;
  /** File or `env://NAME`. */
  readonly trustedRoot?: string | undefined;
}

/** What the options stand over. */
export interface SealBase {
  readonly config?: Pick<Config, 'seal' | 'channels'> | undefined;
  /** Its own `verify` replaces the config's. */
  readonly channel?: string | undefined;
  /** Absolute folder that files of flags start from. */
  readonly cwd: string;
}

/** A flag's file or variable. Throws `USAGE`, without showing what may be a secret. */
function flagSource(flag: string, written: string, cwd: string): TextSource {
  const slip = written === '' ? { message: 'it is empty', hint: 'name a file or env://NAME' } : sourceSlip(written);
  if (slip === undefined) return textSource(written, cwd);
  throw usage(`Cannot use ${flag}: ${slip.message}`, slip.hint);
}

/** The one flag that is given, of those that exclude each other. */
function oneOf(flags: Readonly<Record<string, unknown>>): string | undefined {
  const [first, second] = Object.keys(flags).filter((flag) => flags[flag] !== undefined && flags[flag] !== false);
  if (second !== undefined)
    throw usage(`Cannot use ${first} with ${second}: only one of them can count`, 'use one of them');
  return first;
}

/** The policy that flags make. `key`: public keys. Throws `USAGE` for flags that contradict or need each other. */
function verifierFlags(options: PolicyOptions, key: readonly string[], cwd: string): VerifySettings['signer'] {
  const {
    certificateIdentity: identity,
    certificateIdentityRegexp: identityPattern,
    certificateOidcIssuer: issuer,
    certificateOidcIssuerRegexp: issuerPattern,
  } = options;
  const who = oneOf({ '--certificate-identity': identity, '--certificate-identity-regexp': identityPattern });
  const voucher = oneOf({ '--certificate-oidc-issuer': issuer, '--certificate-oidc-issuer-regexp': issuerPattern });
  if (key.length > 0) {
    oneOf({ '--key': key, [who ?? voucher ?? '']: who ?? voucher });
    return { kind: 'key', keys: key.map((written) => flagSource('--key', written, cwd)) };
  }
  if (who !== undefined && voucher === undefined)
    throw usage(`Cannot use ${who} alone: nothing says who vouches for it`, 'add --certificate-oidc-issuer URL');
  if (voucher !== undefined && who === undefined)
    throw usage(
      `Cannot use ${voucher} alone: nothing says whom it has to vouch for`,
      'add --certificate-identity IDENTITY',
    );
  return verifierOf(
    {
      ...(identity !== undefined && { identity }),
      ...(identityPattern !== undefined && { identityPattern }),
      ...(issuer !== undefined && { issuer }),
      ...(issuerPattern !== undefined && { issuerPattern }),
    },
    cwd,
  );
}

/**
 * Whose signatures count: flags that say so replace `verify` as a whole, `--trusted-root` alone replaces its part. Undefined
 * where nobody says anything. Throws `USAGE`.
 */
export function policyOf(
  options: PolicyOptions & { readonly keys?: readonly string[] | undefined },
  { config, channel, cwd }: SealBase,
): VerifySettings | undefined {
  const signer = verifierFlags(options, options.keys ?? [], cwd);
  const ofChannel = channel === undefined ? undefined : config?.channels[channel]?.verify;
  const policy = signer === undefined ? (ofChannel ?? config?.seal.verify) : { signer };
  if (options.trustedRoot === undefined) return policy;
  const trustedRoot = flagSource('--trusted-root', options.trustedRoot, cwd);
  if (policy !== undefined) return { ...policy, trustedRoot };
  throw usage(
    'Cannot use --trusted-root alone: nothing says whose signatures count',
    'add --certificate-identity IDENTITY and --certificate-oidc-issuer URL',
  );
}

/** Who signs: `--key` and `--keyless` replace `sign` as a whole, the other flags add to what is chosen. */
function signerOf(options: SignOptions, configured: SignSettings | undefined, cwd: string): SignSettings | undefined {
  const { key, keyless = false, legacy, signingConfig } = options;
  const asked = oneOf({ '--key': key, '--keyless': keyless });
  // What the config says of keyless stays: without its signing config, signatures would go to public logs.
  const same = configured?.signer?.kind === 'keyless' ? configured : undefined;
  let sign = configured;
  if (key !== undefined) sign = { signer: { kind: 'key', key: flagSource('--key', key, cwd) }, legacy: false };
  else if (asked !== undefined) sign = same ?? { signer: { kind: 'keyless' }, legacy: false };
  if (signingConfig !== undefined) {
    if (sign?.signer?.kind !== 'keyless')
      throw usage('Cannot use --signing-config: nothing signs keyless', 'add --keyless, or leave it out');
    const source = flagSource('--signing-config', signingConfig, cwd);
    sign = { ...sign, signer: { ...sign.signer, signingConfig: source } };
  }
  if (!legacy) return sign;
  if (sign?.signer === undefined)
    throw usage('Cannot use --legacy: nothing signs', 'add --key FILE or --keyless, or sign to slipway.yaml');
  return { ...sign, legacy };
}

const ADD_POLICY =
  'add verify: { identity: …, issuer: … } to slipway.yaml (one identity: Flux refuses several), or give --certificate-identity and --certificate-oidc-issuer';

/** A policy that no signature of the run can meet would stop it only after everything is uploaded. */
function refuseMismatch({ sign, verify }: SealSettings): void {
  const config = (message: string, hint: string): SlipwayError => new SlipwayError('CONFIG', message, { hint });
  if (sign?.signer === undefined) return;
  if (sign.signer.kind !== 'keyless') {
    if (verify?.signer?.kind !== 'identity') return;
    throw config(
      'Cannot sign with a key: whose signatures count is an identity, and only keyless signatures have one',
      'sign keyless, or let verify name the public key',
    );
  }
  if (verify?.signer === undefined) throw config('Cannot sign keyless: nothing says whose identity counts', ADD_POLICY);
  if (verify.signer.kind === 'key')
    throw config(
      'Cannot sign keyless: what counts are signatures by a key',
      'replace key by identity and issuer under verify, or give --certificate-identity and --certificate-oidc-issuer',
    );
}

/** How a run signs and whose signatures count. Throws `USAGE` for flags, `CONFIG` where no signature could count. */
export function resolveSeal(options: SignOptions & PolicyOptions, base: SealBase): SealSettings {
  const sign = signerOf(options, base.config?.seal.sign, base.cwd);
  const verify = policyOf(options, base);
  const seal: SealSettings = { ...(sign !== undefined && { sign }), ...(verify !== undefined && { verify }) };
  refuseMismatch(seal);
  return seal;
}

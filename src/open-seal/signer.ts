/** Who signs: a key from a file or variable, a program that has one, or the CI job itself. */
import { ciToken } from '../config/ci-token.ts';
import type { MatchSettings, SealSettings, SignerSettings } from '../config/seal-settings.ts';
import { SlipwayError } from '../errors.ts';
import { commandKey } from '../seal/keys/command-key.ts';
import { readPublicKey } from '../seal/keys/public-key.ts';
import { readSigningKey, type SigningKey } from '../seal/keys/signing-key.ts';
import { keyIdentity, type SigningIdentity } from '../seal/make/identity.ts';
import type { Policy } from '../seal/verify/policy.ts';
import { signingCommand } from '../wire/signing-command.ts';
import type { SealContext } from './context.ts';
import { identityPolicy } from './policy.ts';
import { once, type Sigstore } from './sigstore.ts';
import { findText, passphraseIn, readText } from './text.ts';

/** A signer, ready. It opens no connection before it signs. */
export interface OpenedSigner {
  readonly identity: SigningIdentity;
  /** What its own signatures meet. */
  readonly policy: Policy;
  /** What messages call it. */
  readonly title: string;
}

const COMMAND_SECONDS = 60;

/** Variables that are secrets of ours and of no business to programs. */
const OWN_SECRETS: readonly string[] = ['SLIPWAY_KEY_PASSWORD', 'COSIGN_PASSWORD'];

/**
 * Opens the signer of the settings. In a dry run a key that is missing, or that nobody gave the passphrase of, is no error:
 * there is no signer then. Throws `CONFIG`.
 */
export async function openSigner(
  settings: SealSettings,
  {
    context,
    sigstore,
    dryRun,
  }: { readonly context: SealContext; readonly sigstore: Sigstore; readonly dryRun: boolean },
): Promise<OpenedSigner | undefined> {
  const signer = settings.sign?.signer;
  if (signer === undefined) return undefined;
  if (signer.kind === 'keyless') return openKeyless(settings, sigstore, context, dryRun);
  const source = signer.kind === 'key' ? signer.key : signer.publicKey;
  if (dryRun && (await findText(source, 'key', context)) === undefined) return undefined;
  const key = signer.kind === 'key' ? await openKey(signer, context, dryRun) : await openCommand(signer, context);
  if (key === undefined) return undefined;
  const policy = { kind: 'key', keys: [readPublicKey(key.publicKey, source.shown)] } as const;
  return { identity: keyIdentity(key), policy, title: `the key "${source.shown}"` };
}

async function openKey(
  { key }: Extract<SignerSettings, { readonly kind: 'key' }>,
  context: SealContext,
  dryRun: boolean,
): Promise<SigningKey | undefined> {
  const text = await readText(key, 'signing key', context);
  return unlessWithheld(context, dryRun, (passphrase) => readSigningKey(text, passphrase, key.shown));
}

/** What reads an encrypted key; undefined in a dry run that was not given the passphrase. */
export async function unlessWithheld<T>(
  context: Pick<SealContext, 'env'>,
  dryRun: boolean,
  read: (passphrase: () => string | undefined) => Promise<T>,
): Promise<T | undefined> {
  const phrase = passphraseIn(context);
  let withheld = false;
  const passphrase = (): string | undefined => {
    withheld = phrase === undefined;
    return phrase;
  };
  try {
    return await read(passphrase);
  } catch (thrown) {
    if (dryRun && withheld) return undefined;
    throw thrown;
  }
}

async function openCommand(
  { run, publicKey }: Extract<SignerSettings, { readonly kind: 'command' }>,
  context: SealContext,
): Promise<SigningKey> {
  const { cwd, env, signal } = context;
  const given = Object.entries(env).filter((entry): entry is [string, string] => {
    return entry[1] !== undefined && !OWN_SECRETS.includes(entry[0]);
  });
  const options = { command: run, cwd, env: Object.fromEntries(given), timeoutSeconds: COMMAND_SECONDS, signal };
  const text = await readText(publicKey, 'public key', context);
  return commandKey({ publicKey: text, shown: publicKey.shown, ask: signingCommand(options) });
}

async function openKeyless(
  { sign, verify }: SealSettings,
  sigstore: Sigstore,
  context: SealContext,
  dryRun: boolean,
): Promise<OpenedSigner> {
  const expected = verify?.signer;
  if (expected?.kind !== 'identity') {
    throw new SlipwayError('CONFIG', 'Cannot sign without a key: "verify" names no identity to be', {
      hint: 'add "verify: { identity: …, issuer: … }" with the identity of this CI job, as the readers expect it',
    });
  }
  const name = `keyless:${shownMatch(expected.identity)} (${shownMatch(expected.issuer)})`;
  const legacy = sign?.legacy === true;
  if (!dryRun) await checkKeyless(sigstore, sign?.signer, legacy, context);
  const identity = once(() => certifiedIdentity(name, legacy, sigstore, context));
  return {
    identity: { name, sign: async (message) => (await identity()).sign(message) },
    policy: identityPolicy(expected),
    title: 'the identity of this job',
  };
}

/** What can be known to fail without asking anybody: a job without a token, a config without a usable service. */
async function checkKeyless(
  sigstore: Sigstore,
  signer: SignerSettings | undefined,
  legacy: boolean,
  context: SealContext,
): Promise<void> {
  const { SIGSTORE_AUDIENCE } = await import('../seal/keyless/identity.ts');
  ciToken(context.env, SIGSTORE_AUDIENCE);
  if (signer?.kind !== 'keyless' || signer.signingConfig === undefined) return;
  const { chooseServices } = await import('../seal/keyless/services.ts');
  chooseServices({ config: await sigstore.signingConfig(), ...logsFor(legacy), now: context.now().getTime() });
}

/** Only entries of the first version carry the time that a `.sig` signature needs. */
const logsFor = (legacy: boolean): { readonly logVersions?: readonly (1 | 2)[] } =>
  legacy ? { logVersions: [1] } : {};

async function certifiedIdentity(
  name: string,
  legacy: boolean,
  sigstore: Sigstore,
  context: SealContext,
): Promise<SigningIdentity> {
  const { keylessIdentity, SIGSTORE_AUDIENCE } = await import('../seal/keyless/identity.ts');
  const { chooseServices } = await import('../seal/keyless/services.ts');
  const { openTokenSource } = await import('../wire/sigstore/token-source.ts');
  const { openHttp } = await import('../wire/http.ts');
  const { cwd, env, signal, http = openHttp({ env, meter: { reads: 0, writes: 0 }, signal }) } = context;
  const now = (): number => context.now().getTime();
  const [config, trust] = [await sigstore.signingConfig(), await sigstore.trust()];
  const services = chooseServices({ config, trust, ...logsFor(legacy), now: now() });
  const token = openTokenSource(ciToken(env, SIGSTORE_AUDIENCE), { http, cwd, env, signal });
  return keylessIdentity({ name, services, token, http, trust, now });
}

const shownMatch = (match: MatchSettings): string => ('exactly' in match ? match.exactly : `/^(?:${match.matching})$/`);

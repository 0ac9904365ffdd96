/** Who signs for the Notary Project: a key with its certificates. */
import type { SignSettings } from '../config/seal-settings.ts';
import { type Certificate, readCertificates } from '../seal/notation/certificate.ts';
import { type NotationSigner, readNotationSigner } from '../seal/notation/sign.ts';
import type { NotationPolicy } from '../seal/notation/verify.ts';
import type { SealContext } from './context.ts';
import { unlessWithheld } from './signer.ts';
import { findText, readText } from './text.ts';

/** A signer with what its signatures are judged by. */
export interface OpenedNotation {
  readonly signer: NotationSigner;
  /** From the signing certificate to the root. */
  readonly chain: readonly Certificate[];
  /** Trusts the root of the chain. */
  readonly policy: NotationPolicy;
  /** The certificates, as the user wrote them. */
  readonly shown: string;
}

/** How opening goes. */
export interface NotationOpening {
  readonly context: SealContext;
  /** A missing key is no error then: there is no signer. */
  readonly dryRun: boolean;
  /** The program that signs, `slipway/1.2.3`. */
  readonly agent?: string | undefined;
}

/** Opens the signer. Throws `CONFIG`, also for certificates that are not valid now. */
export async function openNotation(
  settings: SignSettings['notation'],
  { context, dryRun, agent }: NotationOpening,
): Promise<OpenedNotation | undefined> {
  if (settings === undefined) return undefined;
  const { key, certificates } = settings;
  const found = [await findText(key, 'signing key', context), await findText(certificates, 'certificates', context)];
  if (dryRun && found.includes(undefined)) return undefined;
  const text = await readText(certificates, 'certificates', context);
  const material = {
    key: { text: await readText(key, 'signing key', context), shown: key.shown },
    certificates: { text, shown: certificates.shown },
    ...(agent === undefined ? {} : { agent }),
  };
  const signer = await unlessWithheld(context, dryRun, (passphrase) => readNotationSigner({ ...material, passphrase }));
  if (signer === undefined) return undefined;
  signer.checkLifetime(context.now());
  const chain = readCertificates(text, certificates.shown);
  return { signer, chain, policy: { trusted: chain.slice(-1) }, shown: certificates.shown };
}

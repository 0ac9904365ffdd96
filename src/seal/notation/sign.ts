/** Signs artifacts in Notation's form, each by itself: the Notary Project has no signature over several. */
import { createPublicKey } from 'node:crypto';
import { SlipwayError } from '../../errors.ts';
import type { Descriptor } from '../../model.ts';
import { type Passphrase, readPrivateKey } from '../keys/private-key.ts';
import { NOTATION_KEYS, notationAlgorithm, signRaw } from './algorithm.ts';
import { type Certificate, readCertificates } from './certificate.ts';
import { chainFault, type Fault, lifetimeFault } from './chain.ts';
import { encodeEnvelope, type SigningTimes, signedParts, signingInput } from './envelope.ts';

/** A PEM text, and what messages call it: the path or `env://NAME` as the user wrote it. */
export interface Named {
  readonly text: string;
  readonly shown: string;
}

/** What a Notation signer is made of. */
export interface NotationMaterial {
  /** The private key; for the forms see {@link readPrivateKey}. */
  readonly key: Named;
  readonly passphrase: Passphrase;
  /** The certificate of that key, its issuers, and the root last. */
  readonly certificates: Named;
  /** Goes into the envelope, unsigned: `slipway/1.2.3`. */
  readonly agent?: string;
}

/** Signs in Notation's form. The private key is kept inside: no field, and no print-out, shows it. */
export interface NotationSigner {
  /** How the record calls the signer: `notation:` and the sha256 of the certificate. A renewed certificate is another signer. */
  readonly name: string;
  /** sha256 of each certificate, from the signing one to the root, in lower-case hexadecimal digits. */
  readonly thumbprints: readonly string[];
  /** Throws `CONFIG` when one of the certificates is not valid at this time, so that a run fails before it writes anything. */
  checkLifetime(at: Date): void;
  /**
   * The envelope of an artifact. ECDSA and PSS are random: no two are equal. Throws `CONFIG` when a certificate is not valid
   * at the signing time or the expiry is not after it. With `artifact` the signature also says of which name it is.
   */
  sign(target: Descriptor, times: SigningTimes, artifact?: string): Promise<Uint8Array>;
}

/**
 * Reads key and certificates and holds them against Notation's rules (wire form: notation-core-go 1.3.0), lifetimes aside.
 * Throws `CONFIG` for files that cannot be read, a key that Notation does not take or that is not the first certificate's,
 * and a chain that a verifier would refuse.
 */
export async function readNotationSigner(material: NotationMaterial): Promise<NotationSigner> {
  const { key: keyFile, certificates: chainFile, passphrase, agent } = material;
  const chain = readCertificates(chainFile.text, chainFile.shown);
  const key = await readPrivateKey(keyFile.text, passphrase, keyFile.shown);
  const algorithm = notationAlgorithm(key);
  if (algorithm === undefined) {
    throw new SlipwayError(
      'CONFIG',
      `Cannot sign for Notation with the key "${keyFile.shown}": it does not take such keys`,
      {
        hint: `use ${NOTATION_KEYS}`,
      },
    );
  }
  const [leaf] = chain;
  if (leaf?.key.equals(createPublicKey(key)) !== true) throw mismatch(material, chain);
  const refuse = (fault: Fault | undefined): void => {
    if (fault === undefined) return;
    const message = `Cannot sign for Notation with the certificates "${chainFile.shown}": ${fault.state}`;
    throw new SlipwayError('CONFIG', message, { hint: fault.hint });
  };
  refuse(chainFault(chain));
  return {
    name: `notation:${leaf.thumbprint}`,
    thumbprints: chain.map(({ thumbprint }) => thumbprint),
    checkLifetime: (at) => refuse(lifetimeFault(chain, at)),
    sign: async (target, times, artifact) => {
      refuse(timesFault(times) ?? lifetimeFault(chain, times.signingTime));
      const parts = signedParts(algorithm, target, times, artifact);
      const signature = await signRaw(algorithm, key, signingInput(parts));
      return encodeEnvelope(parts, { signature, chain: chain.map(({ der }) => der), agent });
    },
  };
}

/** Order matters: verifiers take the first certificate as the signer's. */
function mismatch({ key, certificates }: NotationMaterial, chain: readonly Certificate[]): SlipwayError {
  const message = `Cannot sign for Notation with the key "${key.shown}": it is not the key of the first certificate of "${certificates.shown}"`;
  const hint =
    chain.length > 1
      ? 'put the certificate of this key first, each followed by its issuer, the root last'
      : 'name the certificate that was issued for this key';
  return new SlipwayError('CONFIG', message, { hint });
}

const inSeconds = (time: Date): number => Math.floor(time.getTime() / 1000);

function timesFault({ signingTime, expiry }: SigningTimes): Fault | undefined {
  if (expiry === undefined || inSeconds(expiry) > inSeconds(signingTime)) return undefined;
  return { state: 'the signature would expire before it is made', hint: 'let it expire later, or never' };
}

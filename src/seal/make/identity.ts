/** Who signs: the one way from something to sign to a signature with what verifiers need besides. */
import type { Material } from '../bundle.ts';
import { type Payload, preAuthEncoding } from '../envelope.ts';
import type { SigningKey } from '../keys/signing-key.ts';

/**
 * Something to sign. It is more than the bytes, because a transparency log of the first version wants to see the envelope.
 * `bytes` is signed as it is: the payload of a legacy signature.
 */
export type Message =
  | ({ readonly kind: 'envelope' } & Payload)
  | { readonly kind: 'bytes'; readonly payload: Uint8Array };

/** A signature with everything that tells whose it is and when it was made. */
export interface Signed {
  /** Raw signature bytes over {@link bytesToSign}. */
  readonly signature: Uint8Array;
  readonly material: Material;
}

/** Someone who signs: a key, or (with certificates of Fulcio) a pipeline. */
export interface SigningIdentity {
  /** How the record calls the signer; equal for equal signers, so that a new one is noticed. */
  readonly name: string;
  sign(message: Message): Promise<Signed>;
}

/** The bytes that the signature of a message covers. */
export function bytesToSign(message: Message): Uint8Array {
  return message.kind === 'envelope' ? preAuthEncoding(message) : message.payload;
}

/** A key as signer, without log and timestamp: `key:` and the sha256 of its SPKI in hexadecimal digits. */
export function keyIdentity(key: SigningKey): SigningIdentity {
  const { hint } = key;
  const material: Material = { signer: { kind: 'key', hint }, logEntries: [], timestamps: [] };
  return {
    name: `key:${Buffer.from(hint, 'base64').toString('hex')}`,
    sign: async (message) => ({ signature: await key.sign(bytesToSign(message)), material }),
  };
}

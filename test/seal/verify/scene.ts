/** Proofs to verify: made by our own signers, by key and on a fake Sigstore. */

import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import type { Digest } from '../../../src/model.ts';
import { type PublicKey, publicKeyOf } from '../../../src/seal/keys/public-key.ts';
import { signingKey } from '../../../src/seal/keys/signing-key.ts';
import { keyIdentity, type Signed, type SigningIdentity } from '../../../src/seal/make/identity.ts';
import { type ManifestSubject, proveRelease } from '../../../src/seal/make/release.ts';
import { readTrustRoot, type TrustRoot } from '../../../src/seal/trust/root.ts';
import { exactly } from '../../../src/seal/verify/identity.ts';
import type { IdentityPolicy, KeyPolicy } from '../../../src/seal/verify/policy.ts';
import type { FakeSigstore } from '../../fakes/sigstore.ts';
import { ISSUER, SUBJECT } from '../keyless/fixture.ts';
import { MAKE, type Pair } from '../keys/samples.ts';
import { FACTS } from '../make/signer.ts';

/** A bundle as the tests change it. */
export type Json = Record<string, unknown>;

/** A signer with a key, and the policy that expects it. */
export interface KeyScene {
  readonly identity: SigningIdentity;
  readonly key: PublicKey;
  readonly policy: KeyPolicy;
}

/** The digest that consists of one digit. */
export const digestOf = (digit: string): Digest => `sha256:${digit.repeat(64)}`;

/** A release of three artifacts: `a`, `b`, `c`. */
export const SUBJECTS: readonly ManifestSubject[] = ['a', 'b', 'c'].map(
  (name): ManifestSubject => ({ name, manifest: digestOf(name) }),
);

/** A new key of a kind. */
export function keyScene(kind: keyof typeof MAKE = 'ecdsa-p256'): KeyScene {
  return keySceneOf(MAKE[kind]());
}

function keySceneOf({ privateKey, publicKey }: Pair): KeyScene {
  const signing = signingKey(privateKey);
  const key = publicKeyOf(publicKey);
  if ('unusable' in signing || 'unusable' in key) throw new Error('unusable');
  return { identity: keyIdentity(signing), key, policy: { kind: 'key', keys: [key] } };
}

/** The bundle that proves {@link SUBJECTS}. */
export async function provedBy(
  identity: SigningIdentity,
  subjects: readonly ManifestSubject[] = SUBJECTS,
): Promise<Uint8Array> {
  const [proof] = await proveRelease({ subjects, provenance: FACTS, identity });
  if (proof === undefined) throw new Error('no proof');
  return proof.bundle;
}

/** A bundle over bytes, as `cosign sign-blob` writes it. */
export function messageBundle(
  content: Uint8Array,
  { signature, material: { signer, logEntries } }: Signed,
): Uint8Array {
  const whose =
    signer.kind === 'key'
      ? { publicKey: { hint: signer.hint } }
      : { certificate: { rawBytes: Buffer.from(signer.leaf).toString('base64') } };
  const bundle = {
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: { ...whose, tlogEntries: logEntries },
    messageSignature: {
      messageDigest: { algorithm: 'SHA2_256', digest: createHash('sha256').update(content).digest('base64') },
      signature: Buffer.from(signature).toString('base64'),
    },
  };
  return Buffer.from(JSON.stringify(bundle));
}

/** What the verifiers of a fake believe. */
export const rootOf = ({ trustedRoot }: FakeSigstore, change: (root: Json) => Json = (root) => root): TrustRoot =>
  readTrustRoot(Buffer.from(JSON.stringify(change(structuredClone(trustedRoot)))));

/** Whom the fake's tokens name. */
export const IDENTITY: IdentityPolicy = { kind: 'identity', identity: exactly(SUBJECT), issuer: exactly(ISSUER) };

/** A copy of a bundle with something changed. */
export function changed(bundle: Uint8Array, change: (json: Json) => void): Uint8Array {
  const json: Json = JSON.parse(Buffer.from(bundle).toString());
  change(json);
  return Buffer.from(JSON.stringify(json));
}

/** What stands somewhere in JSON, as an object that can be changed. */
export const at = (json: Json, ...path: readonly (string | number)[]): Json =>
  path.reduce<unknown>((here, step) => (here as Json)[step], json) as Json;

/** What an UNTRUSTED error must be, besides its words. */
export const untrusted = (message: string): unknown =>
  expect.objectContaining({ code: 'UNTRUSTED', message: expect.stringContaining(message), hint: expect.any(String) });

/** A keyless identity on a fake Sigstore, and a verifier that believes it. */
import { bundleFromJSON } from '@sigstore/bundle';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { toSignedEntity, toTrustMaterial, Verifier, type VerifierOptions } from '@sigstore/verify';
import { encodeBundle } from '../../../src/seal/bundle.ts';
import { STATEMENT_TYPE } from '../../../src/seal/envelope.ts';
import { type KeylessOptions, keylessIdentity } from '../../../src/seal/keyless/identity.ts';
import type { Services } from '../../../src/seal/keyless/services.ts';
import type { Message, Signed, SigningIdentity } from '../../../src/seal/make/identity.ts';
import { readIdentityToken } from '../../../src/wire/sigstore/identity-token.ts';
import type { FakeSigstore } from '../../fakes/sigstore.ts';
import { quickHttp, tokenText as signedLike } from '../../wire/sigstore/fixture.ts';

export const ISSUER = 'https://token.example';
export const SUBJECT = 'https://ci.example/team/app/.ci/release@refs/heads/main';
/** A token of a job that has just begun. */
export function tokenText(claims: Readonly<Record<string, unknown>> = {}): string {
  const now = Math.floor(Date.now() / 1000);
  return signedLike({ iss: ISSUER, sub: SUBJECT, iat: now, exp: now + 300, ...claims });
}

/** The services of a fake. */
export function servicesOf({ url }: FakeSigstore, ...logs: readonly (1 | 2)[]): Services {
  return {
    authority: new URL(url),
    logs: logs.map((version) => ({ url: new URL(url), version })),
    timestamps: [new URL(`${url}/api/v1/timestamp`)],
  };
}

/** An identity on a fake, by default with a log of version 1 and a timestamp authority. */
export function identityOn(fake: FakeSigstore, options: Partial<KeylessOptions> = {}): SigningIdentity {
  return keylessIdentity({
    name: 'keyless',
    services: servicesOf(fake, 1),
    token: async () => readIdentityToken(tokenText(), 'a test'),
    http: quickHttp(),
    ...options,
  });
}

export const payload: Uint8Array = Buffer.from('{"_type":"https://in-toto.io/Statement/v1"}');
export const envelope: Extract<Message, { kind: 'envelope' }> = {
  kind: 'envelope',
  payloadType: STATEMENT_TYPE,
  payload,
};

/** Verifies a signature as cosign and Flux would: certificate, SCT, logs, times, identity. Throws what is wrong. */
export function verify(fake: FakeSigstore, { signature, material }: Signed, options: VerifierOptions = {}): void {
  const trust = toTrustMaterial(TrustedRoot.fromJSON(fake.trustedRoot));
  const bundle = encodeBundle({ payloadType: STATEMENT_TYPE, payload, signature }, material);
  const entity = toSignedEntity(bundleFromJSON(JSON.parse(Buffer.from(bundle).toString())));
  const policy = { subjectAlternativeName: `^${SUBJECT}$`, extensions: { issuer: ISSUER } };
  new Verifier(trust, options).verify(entity, policy);
}

/** Envelopes that no signer makes. */
import { sign } from 'node:crypto';
import { CREATED, SUBJECT } from '../golden.ts';
import type { Issued } from './certificates.ts';

/** What is laid over a good envelope: protected headers, the payload, and parts of the envelope after it was signed. */
export interface Forgery {
  readonly header?: object;
  readonly body?: unknown;
  readonly change?: object;
}

const json64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** An envelope with whatever certificates and content, validly signed by the first one's key on P-256. */
export function forged(certificates: readonly [Issued, ...Issued[]], forgery: Forgery = {}): Uint8Array {
  const { header = {}, body = { targetArtifact: SUBJECT }, change = {} } = forgery;
  const parts = {
    payload: json64(body),
    protected: json64({
      alg: 'ES256',
      crit: ['io.cncf.notary.signingScheme'],
      cty: 'application/vnd.cncf.notary.payload.v1+json',
      'io.cncf.notary.signingScheme': 'notary.x509',
      'io.cncf.notary.signingTime': CREATED,
      ...header,
    }),
  };
  const input = { key: certificates[0].pair.privateKey, dsaEncoding: 'ieee-p1363' } as const;
  const signature = sign('sha256', Buffer.from(`${parts.protected}.${parts.payload}`), input).toString('base64url');
  const x5c = certificates.map(({ der }) => Buffer.from(der).toString('base64'));
  return Buffer.from(JSON.stringify({ ...parts, header: { x5c }, signature, ...change }));
}

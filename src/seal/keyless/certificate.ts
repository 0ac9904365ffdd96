/** One short-lived key with its certificate, for as many signatures of a run as its life allows. */
import { generateKeyPairSync, type KeyObject, sign, type X509Certificate } from 'node:crypto';
import { SlipwayError } from '../../errors.ts';
import type { Http } from '../../wire/http.ts';
import { type IssuedCertificate, requestCertificate } from '../../wire/sigstore/fulcio.ts';
import type { TokenSource } from '../../wire/sigstore/identity-token.ts';

/** A key that the certificate authority has certified. The private half lives in the closure and nowhere else. */
export interface CertifiedKey extends IssuedCertificate {
  /** ECDSA P-256 over SHA-256, in ASN.1 DER. */
  readonly sign: (message: Uint8Array) => Uint8Array;
}

/** Whom to ask, and as whom. */
export interface CertificationOptions {
  readonly http: Http;
  /** Base URL of Fulcio. */
  readonly authority: URL;
  readonly token: TokenSource;
  readonly audience: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** No signature is begun with less than this left: a log may take 20 seconds, and is asked again when it is busy. Half of a shorter life. */
const MARGIN_MILLISECONDS = 120_000;

/**
 * A source of certified keys: the first call gets one, later ones get the same while it lives, also those that come at the
 * same time. Its age is counted from when it came, not from the times in it: those are of another clock. Throws what
 * {@link requestCertificate} and the token source throw; the next call then tries again.
 */
export function certifiedKeys(options: CertificationOptions): () => Promise<CertifiedKey> {
  let current: { readonly key: Promise<CertifiedKey>; readonly until: () => number } | undefined;
  return () => {
    if (current !== undefined && options.now() < current.until()) return current.key;
    let until = Number.POSITIVE_INFINITY;
    const key = certify(options).then((certified) => {
      const life = to(certified.leaf) - from(certified.leaf);
      until = options.now() + life - Math.min(MARGIN_MILLISECONDS, life / 2);
      return certified;
    });
    const held = { key, until: () => until };
    current = held;
    key.catch(() => {
      if (current === held) current = undefined;
    });
    return key;
  };
}

async function certify({ http, authority, token, audience, now }: CertificationOptions): Promise<CertifiedKey> {
  const key = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issued = await requestCertificate({ http, url: authority, key, token: await token(), audience, now });
  return { ...issued, sign: signWith(key.privateKey) };
}

const signWith =
  (privateKey: KeyObject) =>
  (message: Uint8Array): Uint8Array =>
    sign('sha256', message, privateKey);

const from = ({ validFrom }: X509Certificate): number => Date.parse(validFrom);
const to = ({ validTo }: X509Certificate): number => Date.parse(validTo);

/**
 * Checks that a log or timestamp authority dates the signature into the life of the certificate: verifiers go by that date.
 * `at` is in milliseconds since 1970. Throws `UNTRUSTED`.
 */
export function checkDated(certificate: X509Certificate, at: number, by: string): void {
  if (from(certificate) <= at && at <= to(certificate)) return;
  const seconds = Math.ceil((at < from(certificate) ? from(certificate) - at : at - to(certificate)) / 1_000);
  const place = at < from(certificate) ? 'before' : 'after';
  const hint =
    'run again; if it stays, the clocks of the certificate authority and this service differ: tell its operator';
  throw new SlipwayError(
    'UNTRUSTED',
    `Cannot sign: "${by}" dates the signature ${seconds} s ${place} the life of its certificate`,
    { hint },
  );
}

/** Who has to have signed. */
import type { PublicKey } from '../keys/public-key.ts';
import type { Matcher } from './identity.ts';

/** One of these keys. What cosign and Flux do: a log entry is not needed, but verified where it is there with a trust root. */
export interface KeyPolicy {
  readonly kind: 'key';
  readonly keys: readonly PublicKey[];
  /** A verified log entry is needed. Default false. */
  readonly requireLog?: boolean;
}

/** A certificate of the trust root's authorities with this identity and issuer, logged twice and signed in its lifetime. */
export interface IdentityPolicy {
  readonly kind: 'identity';
  readonly identity: Matcher;
  readonly issuer: Matcher;
  /**
   * What a private Sigstore may do without: entries in a transparency log, certificates in a certificate log. What a bundle
   * has of them is verified all the same. cosign needs `--insecure-ignore-tlog` or `--insecure-ignore-sct` there, and Flux
   * refuses.
   */
  readonly without?: readonly ('log' | 'certificate log')[];
}

/** Who has to have signed. */
export type Policy = KeyPolicy | IdentityPolicy;

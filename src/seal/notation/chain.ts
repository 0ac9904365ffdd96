/**
 * What Notation asks of the certificates behind a signature (signature-specification v1.1 "Certificate requirements"), in the
 * reading of notation-core-go 1.3.0 `x509/codesigning_cert_validations.go`, because that is what Flux and notation run.
 */
import { quoted } from '../verify/refusal.ts';
import { NOTATION_KEYS, notationAlgorithm } from './algorithm.ts';
import type { Certificate } from './certificate.ts';
import { USAGE } from './extensions.ts';

/** What is wrong, as the second half of a message, and what to do about it. */
export interface Fault {
  readonly state: string;
  readonly hint: string;
}

/** Extended key usages that a signing certificate must not have: TLS server and client, mail, timestamps, OCSP. */
const FOREIGN_PURPOSES: readonly string[] = ['01', '02', '04', '08', '09'].map((last) => `2b060105050703${last}`);

const ORDER = 'put the certificates in one file: the signing one first, each followed by its issuer, the root last';
const LEAF =
  'have it issued with basicConstraints=critical,CA:FALSE, keyUsage=critical,digitalSignature and extendedKeyUsage=codeSigning';
const AUTHORITY = 'use an authority with basicConstraints=critical,CA:TRUE and keyUsage=critical,keyCertSign';

const about = ({ shown }: Certificate, state: string, hint: string): Fault => ({
  state: `certificate ${quoted(shown)} ${state}`,
  hint,
});

/**
 * What is wrong with a chain from the signing certificate to a self-signed root, which has to be in it; undefined: nothing. A
 * single certificate signs itself. Says nothing of lifetimes ({@link lifetimeFault}) and of trust.
 */
export function chainFault(chain: readonly Certificate[]): Fault | undefined {
  const [leaf] = chain;
  if (leaf === undefined) return { state: 'there is no certificate', hint: ORDER };
  const links = chain.map((certificate, index) => linkFault(certificate, chain[index + 1], index === 0));
  const authorities = chain.slice(1).map((certificate, below) => authorityFault(certificate, below));
  return [...links, leafFault(leaf), ...authorities].find((fault) => fault !== undefined);
}

function linkFault(certificate: Certificate, issuer: Certificate | undefined, isLeaf: boolean): Fault | undefined {
  const isSelfSigned = certificate.isIssuedBy(certificate);
  if (issuer === undefined) {
    const state = isLeaf ? 'is alone and not self-signed' : 'is the last one and not self-signed';
    return isSelfSigned ? undefined : about(certificate, `${state}: its root is missing`, ORDER);
  }
  if (isSelfSigned) return about(certificate, 'is self-signed, and others follow it', ORDER);
  if (certificate.isIssuedBy(issuer)) return undefined;
  const state = `is not issued by the next one, ${quoted(issuer.shown)}, or signed with a hash that is too weak`;
  return about(certificate, state, ORDER);
}

function leafFault(leaf: Certificate): Fault | undefined {
  const { usage, purposes, authority, key } = leaf;
  const allowed = USAGE.digitalSignature | USAGE.contentCommitment;
  if (authority !== undefined) return about(leaf, 'is that of an authority, not of a signer', LEAF);
  if (usage?.critical !== true) return about(leaf, 'has no critical key usage', LEAF);
  if ((usage.bits & USAGE.digitalSignature) === 0) return about(leaf, 'is not for digital signatures', LEAF);
  if ((usage.bits & ~allowed) !== 0) return about(leaf, 'has other key usages beside digital signatures', LEAF);
  if (purposes.some((purpose) => FOREIGN_PURPOSES.includes(purpose))) {
    return about(leaf, 'is for TLS, mail, timestamps or OCSP, not only for signing code', LEAF);
  }
  if (notationAlgorithm(key) !== undefined) return undefined;
  return about(leaf, 'has a key that Notation does not take', `use ${NOTATION_KEYS}`);
}

/** `below`: how many authorities stand between it and the signing certificate. */
function authorityFault(certificate: Certificate, below: number): Fault | undefined {
  const { authority, usage } = certificate;
  if (authority === undefined) return about(certificate, 'is not that of an authority', AUTHORITY);
  if (authority.pathLength !== undefined && authority.pathLength < below) {
    return about(certificate, `allows ${authority.pathLength} authorities below it, and there are ${below}`, AUTHORITY);
  }
  if (usage?.critical !== true) return about(certificate, 'has no critical key usage', AUTHORITY);
  if ((usage.bits & USAGE.keyCertSign) === 0) return about(certificate, 'may not sign certificates', AUTHORITY);
  return undefined;
}

/** Which certificate of a chain is not valid at a time, if one is; undefined: all are. */
export function lifetimeFault(chain: readonly Certificate[], at: Date): Fault | undefined {
  const faults = chain.map((certificate) => {
    const { notBefore, notAfter } = certificate;
    if (at > notAfter) return about(certificate, `expired at ${iso(notAfter)}`, 'renew it and sign again');
    if (at >= notBefore) return undefined;
    return about(certificate, `is not valid before ${iso(notBefore)}`, 'set the clock of this machine, or wait');
  });
  return faults.find((fault) => fault !== undefined);
}

/** ISO 8601 in UTC with whole seconds. */
export function iso(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}

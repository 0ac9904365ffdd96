/** X.509 certificates, with what Notation's rules are about and Node.js does not show. */
import { createHash, type KeyObject, X509Certificate } from 'node:crypto';
import { SlipwayError } from '../../errors.ts';
import { decode, type Element, inside, TAG } from '../../wire/sigstore/der.ts';
import { pemBlocks } from '../keys/pem.ts';
import { type Extensions, readExtensions } from './extensions.ts';
import { type NameAttribute, nameAttributes, shownName } from './name.ts';

/** A certificate that was read. Nothing of it is verified yet. */
export interface Certificate extends Extensions {
  readonly der: Uint8Array;
  /** sha256 of the DER in lower-case hexadecimal digits. */
  readonly thumbprint: string;
  readonly key: KeyObject;
  readonly subject: readonly NameAttribute[];
  /** The subject, for messages. */
  readonly shown: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Whether the other's name and key made it. Whether the other may issue certificates is another question. */
  isIssuedBy(other: Certificate): boolean;
  /** Bytes of its subject; an issuer is found by comparing bytes, as Go does. */
  readonly subjectName: Uint8Array;
}

const EXPLICIT_3 = 0xa3;
const UTC_TIME = 0x17;

/** Signature algorithms of certificates that Go verifies: ECDSA and RSA with SHA-2, Ed25519. Hexadecimal DER of their OIDs. */
const STRONG: readonly string[] = [
  '2a8648ce3d040302',
  '2a8648ce3d040303',
  '2a8648ce3d040304',
  '2a864886f70d01010b',
  '2a864886f70d01010c',
  '2a864886f70d01010d',
  '2b6570',
];
const RSA_PSS = '2a864886f70d01010a';
/** SHA-256, SHA-384 and SHA-512; without the field a PSS signature has SHA-1. */
const STRONG_HASHES: readonly string[] = ['608648016503040201', '608648016503040202', '608648016503040203'];

const hex = ({ content }: Element): string => Buffer.from(content).toString('hex');

/** Reads one certificate. Throws a plain `Error` whose message is the second half of one of ours. */
export function parseCertificate(der: Uint8Array): Certificate {
  const { x509, key } = openX509(der);
  const [certificate, ...trailing] = decode(der) ?? [];
  const [body, algorithm] = inside(certificate, TAG.sequence) ?? [];
  const fields = inside(body, TAG.sequence);
  if (fields === undefined || trailing.length > 0) throw new Error('it cannot be decoded');
  // Version 1 certificates begin with the serial number.
  const [, , issuer, validity, subject, , ...rest] = fields[0]?.tag === TAG.context0 ? fields.slice(1) : fields;
  const [from, to] = inside(validity, TAG.sequence) ?? [];
  const names = nameAttributes(subject);
  const extensions = rest.find(({ tag }) => tag === EXPLICIT_3);
  const isStrong = hasStrongSignature(algorithm);
  const issuerName = issuer?.content ?? new Uint8Array();
  return {
    ...readExtensions(extensions === undefined ? undefined : inside(extensions, EXPLICIT_3)?.[0]),
    der,
    thumbprint: createHash('sha256').update(der).digest('hex'),
    key,
    subject: names,
    shown: shownName(names),
    notBefore: timeOf(from),
    notAfter: timeOf(to),
    isIssuedBy: (other) => isStrong && Buffer.compare(issuerName, other.subjectName) === 0 && verifies(x509, other.key),
    subjectName: subject?.content ?? new Uint8Array(),
  };
}

function openX509(der: Uint8Array): { readonly x509: X509Certificate; readonly key: KeyObject } {
  try {
    const x509 = new X509Certificate(der);
    return { x509, key: x509.publicKey };
  } catch {
    throw new Error('it cannot be decoded');
  }
}

function verifies(x509: X509Certificate, key: KeyObject): boolean {
  try {
    return x509.verify(key);
  } catch {
    return false;
  }
}

function hasStrongSignature(algorithm: Element | undefined): boolean {
  const [oid, parameters] = inside(algorithm, TAG.sequence) ?? [];
  if (oid === undefined) return false;
  if (hex(oid) !== RSA_PSS) return STRONG.includes(hex(oid));
  const hashField = inside(parameters, TAG.sequence)?.find(({ tag }) => tag === TAG.context0);
  const [hash] = inside(inside(hashField, TAG.context0)?.[0], TAG.sequence) ?? [];
  return hash !== undefined && STRONG_HASHES.includes(hex(hash));
}

/** `YYMMDDHHMMSSZ` up to 2049, `YYYYMMDDHHMMSSZ` from then on (RFC 5280 4.1.2.5). */
function timeOf(element: Element | undefined): Date {
  const text = Buffer.from(element?.content ?? []).toString('latin1');
  const full = element?.tag === UTC_TIME ? `${text < '50' ? '20' : '19'}${text}` : text;
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(full) ?? [];
  const time = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(time.getTime())) throw new Error('its times cannot be read');
  return time;
}

/**
 * Reads the certificates of a PEM text in their order; other blocks beside them (a key) do not count. `shown` is what
 * messages call it: the path or `env://NAME` as the user wrote it. Throws `CONFIG` when there is none, or one is malformed.
 */
export function readCertificates(text: string, shown: string): readonly Certificate[] {
  const refuse = (state: string, hint: string): SlipwayError =>
    new SlipwayError('CONFIG', `Cannot read the certificates "${shown}": ${state}`, { hint });
  const blocks = pemBlocks(text).filter(({ label }) => label === 'CERTIFICATE');
  if (blocks.length === 0) {
    throw refuse(
      'it holds none',
      'name a PEM file with -----BEGIN CERTIFICATE----- blocks, of at most 64,000 characters',
    );
  }
  return blocks.map(({ body }, index) => {
    try {
      return parseCertificate(Buffer.from(body, 'base64'));
    } catch (thrown) {
      const state = `number ${index + 1} is no certificate: ${(thrown as Error).message}`;
      throw refuse(state, 'copy the file again, or have the certificate made again');
    }
  });
}

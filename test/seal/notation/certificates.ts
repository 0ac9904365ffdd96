/** Certificates of any shape, right and wrong, made on the spot. */
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { encodePem } from '../../../src/seal/keys/pem.ts';
import { encode, TAG } from '../../../src/wire/sigstore/der.ts';

/** A pair of keys. */
export interface Pair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** Bits of keyUsage, from the left: digitalSignature is 0x80. */
export const BITS = { signing: 0x80, commitment: 0x40, encipherment: 0x20, certificates: 0x04, lists: 0x02 } as const;

/** OIDs of extended key usages, as DER. */
export const PURPOSE = { server: '2b06010505070301', code: '2b06010505070303', stamping: '2b06010505070308' } as const;

/** What a certificate says. By default it is a leaf that Notation takes, valid in 2026 and 2027. */
export interface Shape {
  readonly pair?: Pair;
  /** Pairs of type and value: `[['C', 'US'], ['O', 'Example']]`. */
  readonly subject?: readonly (readonly [string, string])[];
  readonly from?: string;
  readonly to?: string;
  /** undefined: no basicConstraints. */
  readonly ca?: boolean | undefined;
  readonly pathLength?: number;
  /** null: no keyUsage. */
  readonly usage?: number | null;
  readonly usageCritical?: boolean;
  readonly purposes?: readonly string[];
  /** Times over that the keyUsage stands in it. */
  readonly repeat?: number;
  /** The hash that it is signed with; RSA issuers sign with it as PKCS #1 v1.5, Ed25519 ones without. */
  readonly hash?: 'sha1' | 'sha256' | 'sha384';
}

/** A certificate with its key. */
export interface Issued {
  readonly der: Uint8Array;
  readonly pem: string;
  readonly pair: Pair;
  readonly subject: Uint8Array;
}

const OIDS: Readonly<Record<string, string>> = {
  CN: '550403',
  C: '550406',
  ST: '550408',
  O: '55040a',
  OU: '55040b',
  MAIL: '2a864886f70d010901',
};
const ALGORITHMS: Readonly<Record<string, string>> = {
  'ec sha1': '2a8648ce3d0401',
  'ec sha256': '2a8648ce3d040302',
  'ec sha384': '2a8648ce3d040303',
  'rsa sha256': '2a864886f70d01010b',
  'ed25519 sha256': '2b6570',
};
const [SET, BIT_STRING, UTF8, UTC_TIME, GENERAL_TIME, EXPLICIT_3] = [0x31, 0x03, 0x0c, 0x17, 0x18, 0xa3];

const sequence = (...parts: readonly Uint8Array[]): Uint8Array => encode(TAG.sequence, ...parts);
const oid = (hex: string): Uint8Array => encode(TAG.oid, Buffer.from(hex, 'hex'));
const number = (...bytes: readonly number[]): Uint8Array => encode(TAG.integer, Uint8Array.from(bytes));
const yes: Uint8Array = encode(TAG.boolean, Uint8Array.of(0xff));

/** An ECDSA pair: the quick ones. */
export function ecPair(namedCurve = 'prime256v1'): Pair {
  return generateKeyPairSync('ec', { namedCurve });
}

/** An RSA pair: 4096 bits take a second. */
export function rsaPair(modulusLength: number): Pair {
  return generateKeyPairSync('rsa', { modulusLength });
}

/** A subject that trust policies can name. */
export const RELEASE: readonly (readonly [string, string])[] = [
  ['C', 'US'],
  ['ST', 'WA'],
  ['O', 'Example, Inc.'],
  ['CN', 'Release'],
];

function name(attributes: readonly (readonly [string, string])[]): Uint8Array {
  const sets = attributes.map(([type, value]) =>
    encode(SET, sequence(oid(OIDS[type] ?? ''), encode(UTF8, Buffer.from(value)))),
  );
  return sequence(...sets);
}

/** `2026-01-01T00:00:00Z` in the form that RFC 5280 wants for its year. */
function time(iso: string): Uint8Array {
  const digits = iso.replace(/[-:T]/g, '');
  return digits < '2050' ? encode(UTC_TIME, Buffer.from(digits.slice(2))) : encode(GENERAL_TIME, Buffer.from(digits));
}

function extension(id: string, critical: boolean, value: Uint8Array): Uint8Array {
  return sequence(oid(id), ...(critical ? [yes] : []), encode(TAG.octets, value));
}

function extensions(shape: Shape): Uint8Array {
  const { ca, pathLength, usage = BITS.signing, usageCritical = true, purposes = [], repeat = 1 } = shape;
  const list: Uint8Array[] = [];
  if (ca !== undefined) {
    const length = pathLength === undefined ? [] : [number(pathLength)];
    list.push(extension('551d13', true, sequence(...(ca ? [yes, ...length] : []))));
  }
  if (usage !== null) {
    const bits = encode(BIT_STRING, Uint8Array.of(0, usage));
    for (let count = 0; count < repeat; count += 1) list.push(extension('551d0f', usageCritical, bits));
  }
  if (purposes.length > 0) list.push(extension('551d25', false, sequence(...purposes.map(oid))));
  return encode(EXPLICIT_3, sequence(...list));
}

/** Makes a certificate; without an issuer it signs itself. */
export function issue(shape: Shape = {}, issuer?: Issued): Issued {
  const pair = shape.pair ?? ecPair();
  const { from = '2026-01-01T00:00:00Z', to = '2027-12-31T23:59:59Z', hash = 'sha256' } = shape;
  const subject = name(shape.subject ?? [['CN', 'Release']]);
  const key = (issuer?.pair ?? pair).privateKey;
  const algorithm = sequence(oid(ALGORITHMS[`${key.asymmetricKeyType} ${hash}`] ?? ''));
  const body = sequence(
    encode(TAG.context0, number(2)),
    number(1, ...randomBytes(8)),
    algorithm,
    issuer?.subject ?? subject,
    sequence(time(from), time(to)),
    subject,
    pair.publicKey.export({ type: 'spki', format: 'der' }),
    extensions(shape),
  );
  const signature = encode(
    BIT_STRING,
    Uint8Array.of(0),
    sign(key.asymmetricKeyType === 'ed25519' ? null : hash, body, key),
  );
  const der = sequence(body, algorithm, signature);
  return { der, pem: encodePem('CERTIFICATE', der), pair, subject };
}

/** The shape of an authority that Notation takes. */
export const AUTHORITY: Shape = { ca: true, usage: BITS.certificates | BITS.lists, subject: [['CN', 'Authority']] };

/** A leaf, an authority between and a root. */
export interface Chain {
  readonly leaf: Issued;
  readonly between: Issued;
  readonly root: Issued;
  /** All three in PEM, in Notation's order. */
  readonly pem: string;
  /** The leaf's private key, PKCS #8 in PEM. */
  readonly key: string;
}

/** Makes a chain; shapes are laid over those of a good one. */
export function chainOf(leafShape: Shape = {}, betweenShape: Shape = {}, rootShape: Shape = {}): Chain {
  const root = issue({ ...AUTHORITY, subject: [['CN', 'Root']], ...rootShape });
  const between = issue({ ...AUTHORITY, ...betweenShape }, root);
  const leaf = issue(leafShape, between);
  const key = leaf.pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { leaf, between, root, pem: leaf.pem + between.pem + root.pem, key };
}

/** What is taken and what is refused. The interop suite asks notation-go the same: the verdicts are its verdicts. */
import { generateKeyPairSync } from 'node:crypto';
import { BITS, type Chain, chainOf, PURPOSE, rsaPair, type Shape } from './certificates.ts';

const DAY = 86_400_000;

/** A time around now, in whole seconds. */
export const daysFromNow = (days: number): string => `${new Date(Date.now() + days * DAY).toISOString().slice(0, 19)}Z`;

/** notation-go knows no other time than now. */
export const LIFETIME: Shape = { from: daysFromNow(-10), to: daysFromNow(10) };

/** A chain that is valid now; shapes are laid over those of a good one. */
export function currentChain(leaf: Shape = {}, between: Shape = {}, root: Shape = {}): Chain {
  return chainOf({ ...LIFETIME, ...leaf }, { ...LIFETIME, ...between }, { ...LIFETIME, ...root });
}

const RSA_AUTHORITY = rsaPair(2048);

/** Chains: whether they are taken, and the shapes of leaf, authority between, and root. */
export const CHAIN_VERDICTS: readonly (readonly [string, boolean, readonly Shape[]])[] = [
  ['that is plain', true, []],
  ['whose leaf is for signing code and no authority', true, [{ ca: false, purposes: [PURPOSE.code] }]],
  ['whose leaf is for commitments too', true, [{ usage: BITS.signing | BITS.commitment }]],
  ['with path lengths that are just enough', true, [{}, { pathLength: 0 }, { pathLength: 1 }]],
  ['of RSA authorities', true, [{}, { pair: RSA_AUTHORITY }, { pair: RSA_AUTHORITY }]],
  ['of Ed25519 authorities', true, [{}, { pair: generateKeyPairSync('ed25519') }, {}]],
  ['whose leaf is signed with SHA-384', true, [{ hash: 'sha384' }]],
  ['whose leaf is an authority', false, [{ ca: true }]],
  ['whose leaf has no key usage', false, [{ usage: null }]],
  ['whose key usage is not critical', false, [{ usageCritical: false }]],
  ['whose key usage is there twice', false, [{ repeat: 2 }]],
  ['whose leaf is for commitments only', false, [{ usage: BITS.commitment }]],
  ['whose leaf is for encryption too', false, [{ usage: BITS.signing | BITS.encipherment }]],
  ['whose leaf is for servers too', false, [{ purposes: [PURPOSE.code, PURPOSE.server] }]],
  ['whose leaf is for timestamps', false, [{ purposes: [PURPOSE.stamping] }]],
  ['whose leaf is signed with SHA-1', false, [{ hash: 'sha1' }]],
  ['whose leaf has expired', false, [{ to: daysFromNow(-1) }]],
  ['whose leaf is not valid yet', false, [{ from: daysFromNow(1) }]],
  ['whose root has expired', false, [{}, {}, { to: daysFromNow(-1) }]],
  ['with one between that is no authority', false, [{}, { ca: false }]],
  ['with one between that says nothing', false, [{}, { ca: undefined }]],
  ['with one between that may not sign certificates', false, [{}, { usage: BITS.signing }]],
  ['with one between without key usage', false, [{}, { usage: null }]],
  ['whose path is too long', false, [{}, {}, { pathLength: 0 }]],
];

const SCHEME = 'io.cncf.notary.signingScheme';
const SIGNED = 'io.cncf.notary.signingTime';
const EXPIRY = 'io.cncf.notary.expiry';

/** What is laid over the protected header of a good envelope. */
export const HEADER_VERDICTS: readonly (readonly [string, boolean, object])[] = [
  ['that is plain', true, {}],
  ['with a header that nobody knows', true, { 'com.example.x': 1 }],
  ['with an expiry to come', true, { crit: [EXPIRY, SCHEME], [EXPIRY]: daysFromNow(1), [SIGNED]: daysFromNow(-2) }],
  ['with an expiry in another time zone', true, { crit: [SCHEME, EXPIRY], [EXPIRY]: '2999-01-01T00:00:00.5+02:00' }],
  ['that has expired', false, { crit: [SCHEME, EXPIRY], [EXPIRY]: daysFromNow(-1), [SIGNED]: daysFromNow(-2) }],
  ['whose expiry is not critical', false, { [EXPIRY]: daysFromNow(1) }],
  ['with a critical header that is not there', false, { crit: [SCHEME, 'com.example.x'] }],
  ['with the same critical header twice', false, { crit: [SCHEME, SCHEME] }],
  ['without critical headers', false, { crit: undefined }],
  ['of another algorithm', false, { alg: 'ES384' }],
  ['of no algorithm', false, { alg: 'none' }],
  ['of another payload type', false, { cty: 'application/json' }],
  ['of another scheme', false, { [SCHEME]: 'notary.x509.signingAuthority' }],
  ['without a signing time', false, { [SIGNED]: undefined }],
  ['with a time that is none', false, { [SIGNED]: 'yesterday' }],
];

/** A subject with everything that has to be escaped. */
export const IDENTITY_SUBJECT: readonly (readonly [string, string])[] = [
  ['C', 'US'],
  ['ST', 'WA'],
  ['O', ' Zürich, "Inc." '],
  ['CN', String.raw`a=b#\c`],
];

const O = String.raw`C=US, ST=WA, O=\ Zürich\, \"Inc.\"\ `;

/** Identities of a trust policy, and attributes that the certificate has besides those of {@link IDENTITY_SUBJECT}. */
export const IDENTITY_VERDICTS: readonly (readonly [string, boolean, readonly (readonly [string, string])[]])[] = [
  [`x509.subject: ${O}`, true, []],
  [`x509.subject:${O}  `, true, []],
  [`x509.subject: ${O};${String.raw`CN=a=b\#\\c`}`, true, []],
  [`x509.subject: ${O} , ${String.raw`CN = a\=b\23\5cc`}`, true, []],
  [`x509.subject: ${O.replace('ST=', 'S=')}`, true, []],
  [`x509.subject: ${O.replace('ü', String.raw`\C3\bc`)}`, true, []],
  [`x509.subject: ${O.replace(String.raw`O=\ `, 'O= ')}`, false, []],
  [`x509.subject: ${O.replace('US', 'us')}`, false, []],
  [`x509.subject: ${O}, OU=x`, false, []],
  [`x509.subject: ${O}, C=US`, false, []],
  [`x509.subject: ${O}+CN=x`, false, []],
  [`x509.subject: ${O},`, false, []],
  ['x509.subject: C=US, ST=WA', false, []],
  ['x509.subject: C=US, ST=WA, O=#0c01', false, []],
  [`subject: ${O}`, false, []],
  [`x509.subject: ${O}`, false, [['MAIL', 'a@example.com']]],
  [`x509.subject: ${O}`, false, [['O', 'Example']]],
];

import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { parseCertificate } from '../../../src/seal/notation/certificate.ts';
import { chainFault, lifetimeFault } from '../../../src/seal/notation/chain.ts';
import { AUTHORITY, BITS, chainOf, ecPair, type Issued, issue, PURPOSE, rsaPair, type Shape } from './certificates.ts';

const fault = (...chain: readonly Issued[]): string | undefined =>
  chainFault(chain.map(({ der }) => parseCertificate(der)))?.state;

const faultOf = (leaf: Shape = {}, between: Shape = {}, root: Shape = {}): string | undefined => {
  const chain = chainOf(leaf, between, root);
  return fault(chain.leaf, chain.between, chain.root);
};

describe('a chain is good', () => {
  const rsa = rsaPair(2048);
  test.each<readonly [string, readonly Shape[]]>([
    ['with an authority between', [{}]],
    ['when the leaf says that it is no authority', [{ ca: false }]],
    ['when the leaf is for signing code', [{ purposes: [PURPOSE.code] }]],
    ['when the leaf is for commitments too', [{ usage: BITS.signing | BITS.commitment }]],
    ['when path lengths are just enough', [{}, { pathLength: 0 }, { pathLength: 1 }]],
    ['when its authorities sign with RSA', [{}, { pair: rsa }, { pair: rsa }]],
    ['when its authorities sign with SHA-384', [{ hash: 'sha384' }, {}, { pair: ecPair('secp384r1'), hash: 'sha384' }]],
  ])('%s', (_, [leaf, between, root]) => {
    expect(faultOf(leaf, between, root)).toBeUndefined();
  });

  test('when it is one certificate that signs itself', () => {
    expect(fault(issue())).toBeUndefined();
  });
});

describe('a chain is refused', () => {
  test.each<readonly [string, string, readonly Shape[]]>([
    ['the leaf is an authority', 'not of a signer', [{ ca: true }]],
    ['the leaf has no key usage', 'no critical key usage', [{ usage: null }]],
    ['the key usage is not critical', 'no critical key usage', [{ usageCritical: false }]],
    ['the leaf is not for signatures', 'not for digital signatures', [{ usage: BITS.commitment }]],
    ['the leaf is for encryption too', 'other key usages', [{ usage: BITS.signing | BITS.encipherment }]],
    ['the leaf is for servers too', 'is for TLS', [{ purposes: [PURPOSE.code, PURPOSE.server] }]],
    ['the leaf is for timestamps', 'is for TLS', [{ purposes: [PURPOSE.stamping] }]],
    ['the key is of another kind', 'a key that Notation does not take', [{ pair: generateKeyPairSync('ed25519') }]],
    ['the curve is another', 'a key that Notation does not take', [{ pair: ecPair('secp256k1') }]],
    ['the leaf is signed with SHA-1', 'a hash that is too weak', [{ hash: 'sha1' }]],
    ['the one between is no authority', 'not that of an authority', [{}, { ca: false }]],
    ['the one between says nothing', 'not that of an authority', [{}, { ca: undefined }]],
    ['the one between may not sign certificates', 'may not sign', [{}, { usage: BITS.signing }]],
    ['the one between has no key usage', 'no critical key usage', [{}, { usage: null }]],
    ['the path is too long', 'allows 0 authorities below it, and there are 1', [{}, {}, { pathLength: 0 }]],
  ])('when %s', (_, state, [leaf, between, root]) => {
    expect(faultOf(leaf, between, root)).toContain(state);
  });

  const { leaf, between, root } = chainOf();
  test.each<readonly [string, string, readonly Issued[]]>([
    ['it is empty', 'no certificate', []],
    ['its root is missing', '"CN=Authority" is the last one and not self-signed', [leaf, between]],
    ['a single certificate is not self-signed', 'is alone and not self-signed', [leaf]],
    ['the one between is missing', 'is not issued by the next one, "CN=Root"', [leaf, root]],
    ['the order is another', 'is self-signed, and others follow it', [root, between, leaf]],
    ['a root comes twice', 'is self-signed, and others follow it', [leaf, between, root, root]],
    ['somebody else has the name of the issuer', 'is not issued by', [leaf, issue(AUTHORITY, root), root]],
    ['a single certificate is an authority', 'not of a signer', [root]],
  ])('when %s', (_, state, chain) => {
    expect(fault(...chain)).toContain(state);
  });
});

describe('lifetimes', () => {
  const chain = [
    issue({ from: '2026-01-01T00:00:00Z', to: '2026-12-31T23:59:59Z' }),
    issue({ to: '2060-01-01T00:00:00Z' }),
  ];
  const at = (time: string) =>
    lifetimeFault(
      chain.map(({ der }) => parseCertificate(der)),
      new Date(time),
    )?.state;

  test.each([
    ['2025-12-31T23:59:59Z', 'certificate "CN=Release" is not valid before 2026-01-01T00:00:00Z'],
    ['2026-01-01T00:00:00Z', undefined],
    ['2026-12-31T23:59:59Z', undefined],
    ['2027-01-01T00:00:00Z', 'certificate "CN=Release" expired at 2026-12-31T23:59:59Z'],
  ])('at %s all certificates are held to theirs, both ends included', (time, state) => {
    expect(at(time)).toBe(state);
  });

  test('years from 2050 on are read', () => {
    const { notAfter } = parseCertificate(issue({ to: '2060-01-01T00:00:00Z' }).der);
    expect(notAfter.toISOString()).toBe('2060-01-01T00:00:00.000Z');
  });
});

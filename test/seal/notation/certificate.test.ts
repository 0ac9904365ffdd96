import { X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseCertificate, readCertificates } from '../../../src/seal/notation/certificate.ts';
import { BITS, chainOf, issue, PURPOSE } from './certificates.ts';

test('a certificate is read as Node.js reads it, with what Node.js does not show', () => {
  const subject = [
    ['C', 'US'],
    ['ST', 'WA'],
    ['O', 'Example'],
    ['CN', 'Release'],
  ] as const;
  const { der } = issue({ subject, purposes: [PURPOSE.code], usage: BITS.signing | BITS.commitment });
  const x509 = new X509Certificate(der);
  const read = parseCertificate(der);
  expect(read.thumbprint).toBe(x509.fingerprint256.replaceAll(':', '').toLowerCase());
  expect(read.key.equals(x509.publicKey)).toBe(true);
  expect([read.notBefore, read.notAfter]).toEqual([new Date(x509.validFrom), new Date(x509.validTo)]);
  expect(read.shown).toBe('C=US, ST=WA, O=Example, CN=Release');
  expect(read).toMatchObject({ usage: { bits: 0x180, critical: true }, purposes: [PURPOSE.code] });
  expect(read.authority).toBeUndefined();
});

test('an authority says how long the path below it may be', () => {
  expect(parseCertificate(issue({ ca: true, pathLength: 2 }).der).authority).toEqual({ pathLength: 2 });
  expect(parseCertificate(issue({ ca: true }).der).authority).toEqual({});
  expect(() => parseCertificate(issue({ ca: true, pathLength: 0xff }).der)).toThrow('its extensions are malformed');
});

test('the same extension twice is refused, and so are bytes behind the end', () => {
  expect(() => parseCertificate(issue({ repeat: 2 }).der)).toThrow('it has the same extension twice');
  expect(() => parseCertificate(Buffer.concat([issue().der, Buffer.from([0])]))).toThrow('it cannot be decoded');
});

test('a certificate that was changed anywhere is refused or is no longer issued by its issuer', () => {
  const { leaf, between } = chainOf({ purposes: [PURPOSE.code], ca: false });
  const issuer = parseCertificate(between.der);
  expect(parseCertificate(leaf.der).isIssuedBy(issuer)).toBe(true);
  const isIssued = (der: Uint8Array): boolean | string => {
    try {
      return parseCertificate(der).isIssuedBy(issuer);
    } catch (thrown) {
      return thrown instanceof Error ? `refused: ${thrown.message}` : 'no error';
    }
  };
  fc.assert(
    fc.property(fc.nat(leaf.der.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const changed = Uint8Array.from(leaf.der);
      changed[at] = (changed[at] ?? 0) ^ change;
      const verdict = isIssued(changed);
      expect(verdict === false || /^refused: it/.test(String(verdict))).toBe(true);
    }),
    { numRuns: 150 },
  );
});

test('all certificates of a file are read in their order, whatever stands between them', () => {
  const { leaf, between, root, key } = chainOf();
  const text = `${key}subject=CN = Release\n${leaf.pem}\n# issuer\n${between.pem.replaceAll('\n', '\r\n')}${root.pem}`;
  const read = readCertificates(text, 'chain.pem');
  expect(read.map(({ shown }) => shown)).toEqual(['CN=Release', 'CN=Authority', 'CN=Root']);
});

test.each([
  ['', 'it holds none'],
  ['-----BEGIN PUBLIC KEY-----\nAA==\n-----END PUBLIC KEY-----\n', 'it holds none'],
  [
    `${issue().pem}-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n`,
    'number 2 is no certificate: it cannot be decoded',
  ],
])('a file without good certificates is refused (%#)', (text, state) => {
  expect(() => readCertificates(text, 'certs/chain.pem')).toThrowError(
    expect.objectContaining({
      code: 'CONFIG',
      message: `Cannot read the certificates "certs/chain.pem": ${state}`,
      hint: expect.any(String),
    }),
  );
});

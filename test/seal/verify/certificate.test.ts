import { X509Certificate } from 'node:crypto';
import { initializeTSA } from '@sigstore/mock';
import type { Signer } from '@sigstore/verify';
import { describe, expect, test } from 'vitest';
import { type CertificateClaims, checkPurpose, claimsOf } from '../../../src/seal/verify/certificate.ts';
import { encode } from '../../../src/wire/sigstore/der.ts';
import { selfSigned } from '../../fakes/certificate.ts';
import { MAKE } from '../keys/samples.ts';
import { untrusted } from './scene.ts';

const text = (tag: number, value: string | Uint8Array): Uint8Array => encode(tag, Buffer.from(value));
const [UTF8, MAIL, HOST, URI] = [0x0c, 0x81, 0x82, 0x86];
const names = (...all: readonly Uint8Array[]): Uint8Array => encode(0x30, ...all);
const userName = (value: string, oid = '060a2b0601040183bf300107'): Uint8Array =>
  encode(0xa0, Buffer.from(oid, 'hex'), encode(0xa0, text(UTF8, value)));

/** The claims of a certificate with these extensions. */
function claims(extensions: Readonly<Record<string, Uint8Array>>): CertificateClaims {
  const oids = Object.entries(extensions).map(([id, value]) => ({
    oid: { id: id.split('.').map(Number) },
    value: Buffer.from(value),
  }));
  const signer: Signer = { key: MAKE.ed25519().publicKey, identity: { oids } };
  return claimsOf(signer);
}

const SAN = '2.5.29.17';
const fulcio = (number: number): string => `1.3.6.1.4.1.57264.1.${number}`;

describe('the identity of a certificate', () => {
  test.each([
    ['a URI', text(URI, 'https://ci.example/team/app@refs/heads/main'), 'https://ci.example/team/app@refs/heads/main'],
    ['a mail address', text(MAIL, 'robot@example.com'), 'robot@example.com'],
    ['a host', text(HOST, 'ci.example'), 'ci.example'],
    ['a user name', userName('robot!example.com'), 'robot!example.com'],
  ])('may be %s', (_, name, identity) => {
    expect(claims({ [SAN]: names(name) })).toEqual({ identity, issuer: undefined });
  });

  test.each<[string, Uint8Array | undefined, string]>([
    ['is missing', undefined, 'it names 0 identities'],
    ['is nobody', names(), 'it names 0 identities'],
    ['is two', names(text(URI, 'https://a'), text(MAIL, 'b@c')), 'it names 2 identities'],
    [
      'has a byte that is a letter with its first bit off',
      names(text(URI, Buffer.from([0xe1, 0x62]))),
      'which is no identity',
    ],
    ['has a line break', names(text(URI, 'https://a\nb')), 'which is no identity'],
    ['is a user name of another kind', names(userName('x', '060a2b0601040183bf300109')), 'an unknown kind'],
    ['is an address', names(text(0x87, Buffer.of(127, 0, 0, 1))), 'an unknown kind'],
    ['is no DER', Buffer.of(0x30, 0x05, 0x01), 'malformed'],
  ])('is refused when it %s', (_, value, message) => {
    expect(() => claims(value === undefined ? {} : { [SAN]: value })).toThrow(untrusted(message));
  });

  test('comes with what the issuer told of the run', () => {
    const found = claims({
      [SAN]: names(text(URI, 'https://a')),
      [fulcio(1)]: Buffer.from('https://old.example'),
      [fulcio(8)]: text(UTF8, 'https://issuer.example'),
      [fulcio(12)]: text(UTF8, 'https://git.example/team/app'),
      [fulcio(13)]: text(UTF8, 'abc'),
      [fulcio(21)]: text(UTF8, 'https://git.example/team/app/runs/1'),
    });
    expect(found).toEqual({
      identity: 'https://a',
      issuer: 'https://issuer.example',
      repository: 'https://git.example/team/app',
      commit: 'abc',
      run: 'https://git.example/team/app/runs/1',
    });
    const old = { [SAN]: names(text(URI, 'https://a')), [fulcio(1)]: Buffer.from('https://old.example') };
    expect(claims(old).issuer).toBe('https://old.example');
  });
});

/** A certificate of an authority that is for stamping times only. */
async function stampingCertificate(): Promise<Uint8Array> {
  const { buffer, byteOffset, byteLength } = (await initializeTSA(MAKE['ecdsa-p256']())).intCertificate;
  return Buffer.from(buffer, byteOffset, byteLength);
}

describe('the purpose of a certificate', () => {
  test.each<[string, () => Uint8Array | Promise<Uint8Array>, string]>([
    ['an authority', () => new X509Certificate(selfSigned().cert).raw, 'is that of an authority, not of a signer'],
    ['a timestamp authority', stampingCertificate, 'its certificate is not for code signing'],
    ['nobody', () => Buffer.of(0x30, 0), 'its certificate cannot be read'],
  ])('must not be that of %s', async (_, make, message) => {
    const leaf = await make();
    expect(() => checkPurpose(leaf)).toThrow(untrusted(message));
  });
});

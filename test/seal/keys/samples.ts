/** Keys to test with. None of them protects anything. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';

export interface Pair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** Slow to make, so there is one. */
let rsa: Pair | undefined;

/** Makes a pair of each kind that can be used. */
export const MAKE: Readonly<Record<'ecdsa-p256' | 'ecdsa-p384' | 'rsa' | 'ed25519', () => Pair>> = {
  'ecdsa-p256': () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' }),
  'ecdsa-p384': () => generateKeyPairSync('ec', { namedCurve: 'secp384r1' }),
  rsa: () => {
    rsa ??= generateKeyPairSync('rsa', { modulusLength: 2048 });
    return rsa;
  },
  ed25519: () => generateKeyPairSync('ed25519'),
};

/** `cosign generate-key-pair` of version 3.1.2 made this; the passphrase is {@link COSIGN_PASSPHRASE}. */
export const COSIGN_KEY = `-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----
eyJrZGYiOnsibmFtZSI6InNjcnlwdCIsInBhcmFtcyI6eyJOIjo2NTUzNiwiciI6
OCwicCI6MX0sInNhbHQiOiJQMC9pdEdIWXlyeGdOSFAyM0s1cENyS3pQZDVFYXZX
aFArTkZueEQ0RC9RPSJ9LCJjaXBoZXIiOnsibmFtZSI6Im5hY2wvc2VjcmV0Ym94
Iiwibm9uY2UiOiJuZUhnMVc1R05PR3orbVhqV0h3ZVY5K3J1alU3NXFMRSJ9LCJj
aXBoZXJ0ZXh0IjoiRVI3TXJXTnFFM296bllWZnhNaWs4ekFTTnNHNVVEQk42QnJ5
TGsvRm95K2tXMUtibGVnTkFicUZJUndabHBXZGhMcW00RDlrT3pzQnd0MlZPMVhs
dVVZZU1EUzF3cVlCTmxxQnUxZWlEUjVIL2dxTmQxQmIvaUxoOTFBNWJtUzUwTUp3
andJMmcvUUcvSnFvdzUxbkFUVlNxMStxdTRzTTU2aDBzdnBMQzhzRm9SbDlaSWpF
a2ZIUlNla0VIT2FNaGk4QzJnMWVyTWdwcHc9PSJ9
-----END ENCRYPTED SIGSTORE PRIVATE KEY-----
`;
export const COSIGN_PUBLIC_KEY = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEgo6w1nXaC4taeFBiALIoZLSrIdLc
EqIF9xJBiFbtVxZiA8WPj7uDtStHHYzKeHOyy8ET+pN0Ce5rfj0Eh2Eq0g==
-----END PUBLIC KEY-----
`;
export const COSIGN_PASSPHRASE = 'hello';

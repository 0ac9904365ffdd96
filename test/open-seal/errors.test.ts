import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import type { SealSettings, SignSettings, VerifySettings } from '../../src/config/seal-settings.ts';
import { openSeal, type SealContext } from '../../src/open-seal.ts';
import { tree } from '../build/tree.ts';
import { COSIGN_KEY, COSIGN_PASSPHRASE } from '../seal/keys/samples.ts';
import { chainOf } from '../seal/notation/certificates.ts';
import { everythingIn } from '../wire/sigstore/fixture.ts';
import { contextOf, fileIn, keyFolder, privatePem, publicPem, RUN, theirs, variable } from './scene.ts';

const SECRET = 'canary-of-a-passphrase';
const chain = chainOf({ from: '2026-01-01T00:00:00Z', to: '2026-06-30T23:59:59Z' });
const young = generateKeyPairSync('ec', { namedCurve: 'secp256k1' });
const locked = theirs.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: SECRET });

const folder = (): string => {
  const root = keyFolder({
    'sealed.key': COSIGN_KEY,
    'locked.key': locked.toString(),
    'k1.key': privatePem(young),
    'notation.key': chain.key,
    'notation.pem': chain.pem,
    'other.pem': chainOf().pem,
    'config.json': '{"mediaType":"application/json"}',
  });
  mkdirSync(join(root, 'folder.key'));
  return root;
};

const byKey = (root: string, name: string): SignSettings => ({
  signer: { kind: 'key', key: fileIn(root, name) },
  legacy: false,
});
const keyless = { signer: { kind: 'keyless' }, legacy: false } as const;
const identity = (pattern: string): VerifySettings => ({
  signer: { kind: 'identity', identity: { matching: pattern }, issuer: { exactly: 'https://token.example' } },
});
const notation = (root: string, key: string, certificates: string): SignSettings => ({
  legacy: false,
  notation: { key: fileIn(root, key), certificates: fileIn(root, certificates) },
});

interface Trouble {
  readonly settings: (root: string) => SealSettings;
  readonly env?: SealContext['env'];
  readonly message: string;
  readonly hint: string;
}

const PASSWORD_HINT = 'set SLIPWAY_KEY_PASSWORD or COSIGN_PASSWORD to the passphrase that the key was made with';

const TROUBLES: Readonly<Record<string, Trouble>> = {
  'a wrong passphrase': {
    settings: (root) => ({ sign: byKey(root, 'sealed.key') }),
    env: { SLIPWAY_KEY_PASSWORD: SECRET, COSIGN_PASSWORD: COSIGN_PASSPHRASE },
    message: 'Cannot read the signing key "sealed.key": the passphrase is wrong, or the file is damaged',
    hint: PASSWORD_HINT,
  },
  'no passphrase': {
    settings: (root) => ({ sign: byKey(root, 'locked.key') }),
    message: 'Cannot read the signing key "locked.key": it is encrypted and no passphrase is set',
    hint: PASSWORD_HINT,
  },
  'an unsupported key': {
    settings: (root) => ({ sign: byKey(root, 'k1.key') }),
    message: 'Cannot sign with "k1.key": it is an elliptic curve key on curve "secp256k1"',
    hint: 'use ECDSA P-256 or P-384, RSA of 2048 bits or more, or Ed25519; slipway keygen makes one',
  },
  'a missing key': {
    settings: (root) => ({ sign: byKey(root, 'missing.key') }),
    message: 'Cannot read the signing key "missing.key": there is no such file',
    hint: 'correct the path; it is relative to the config file, or to the current folder',
  },
  'a key that is a folder': {
    settings: (root) => ({ sign: byKey(root, 'folder.key') }),
    message: 'Cannot read the signing key "folder.key": EISDIR',
    hint: 'name a file that this process may read',
  },
  'a variable that is not set': {
    settings: () => ({ sign: { signer: { kind: 'key', key: variable('SIGNING_KEY') }, legacy: false } }),
    env: { SIGNING_KEY: '' },
    message: 'Cannot read the signing key "env://SIGNING_KEY": the variable "SIGNING_KEY" is not set',
    hint: 'set "SIGNING_KEY" to the text of the file; CI systems keep secrets from runs of forks',
  },
  'a variable without line breaks': {
    settings: () => ({ sign: { signer: { kind: 'key', key: variable('SIGNING_KEY') }, legacy: false } }),
    env: { SIGNING_KEY: privatePem(theirs).replaceAll('\n', ' ') },
    message: 'Cannot read the signing key "env://SIGNING_KEY": its line breaks or its end are lost',
    hint: 'keep the line breaks of the file, also in a variable of the CI',
  },
  'a key that the policy does not accept': {
    settings: (root) => ({
      sign: byKey(root, 'other.key'),
      verify: { signer: { kind: 'key', keys: [fileIn(root, 'cosign.pub')] } },
    }),
    message: 'Cannot sign with the key "other.key": "verify" does not accept its signatures',
    hint: 'add its public half to "verify.key"; the old one may stay beside it until all readers know the new one',
  },
  'a key where an identity is expected': {
    settings: (root) => ({ sign: byKey(root, 'cosign.key'), verify: identity('https://ci\\.example/team/app/.*') }),
    message: 'Cannot sign with the key "cosign.key": "verify" does not accept its signatures',
    hint: 'add its public half to "verify.key"; the old one may stay beside it until all readers know the new one',
  },
  'a private key where a public one belongs': {
    settings: (root) => ({ verify: { signer: { kind: 'key', keys: [fileIn(root, 'cosign.key')] } } }),
    message: 'Cannot read the public key "cosign.key": it is a private key',
    hint: 'name the public half, usually cosign.pub, and keep the private one secret',
  },
  'a Notation certificate that has expired': {
    settings: (root) => ({ sign: notation(root, 'notation.key', 'notation.pem') }),
    message:
      'Cannot sign for Notation with the certificates "notation.pem": certificate "CN=Release" expired at 2026-06-30T23:59:59Z',
    hint: 'renew it and sign again',
  },
  'a missing Notation certificate': {
    settings: (root) => ({ sign: notation(root, 'notation.key', 'missing.pem') }),
    message: 'Cannot read the certificates "missing.pem": there is no such file',
    hint: 'correct the path; it is relative to the config file, or to the current folder',
  },
  'no identity to be': {
    settings: () => ({ sign: keyless }),
    message: 'Cannot sign without a key: "verify" names no identity to be',
    hint: 'add "verify: { identity: …, issuer: … }" with the identity of this CI job, as the readers expect it',
  },
  'a job without id-token: write': {
    settings: () => ({ sign: keyless, verify: identity('https://ci\\.example/team/app/.*') }),
    env: { GITHUB_ACTIONS: 'true' },
    message: 'Cannot sign without a key: GitHub Actions offers no identity token',
    hint: 'add "permissions: { contents: read, id-token: write }" to the job; runs for pull requests from forks never get one',
  },
  'a pattern that accepts longer names': {
    settings: () => ({ verify: identity('https://github\\.com/org/repo.*') }),
    message:
      'Cannot use the pattern "https://github\\\\.com/org/repo.*": a wildcard behind a name accepts longer names too, as "org/repo.*" accepts "org/repo-evil"',
    hint: 'end the name before the wildcard, such as "org/repo/.*"',
  },
  'a signing config that is none': {
    settings: (root) => ({
      sign: { signer: { kind: 'keyless', signingConfig: fileIn(root, 'config.json') }, legacy: false },
      verify: identity('https://ci\\.example/team/app/.*'),
    }),
    env: { SIGSTORE_ID_TOKEN: SECRET },
    message:
      'Cannot use the signing config: "mediaType": expected "application/vnd.dev.sigstore.signingconfig.v0.2+json"',
    hint: 'take the file from the Sigstore instance to sign with, or make it with "cosign signing-config create"',
  },
  'a missing trusted root': {
    settings: (root) => ({
      verify: { ...identity('https://ci\\.example/team/app/.*'), trustedRoot: fileIn(root, 'root.json') },
    }),
    message: 'Cannot read the trusted root "root.json": there is no such file',
    hint: 'correct the path; it is relative to the config file, or to the current folder',
  },
};

/** What stands in keys and passphrases and nowhere else. */
const SECRETS: readonly string[] = [
  ...[SECRET, COSIGN_PASSPHRASE].map((phrase) => `${phrase}`),
  ...[privatePem(theirs), privatePem(young), chain.key, locked.toString(), COSIGN_KEY].flatMap((pem) =>
    pem.split('\n').slice(1, -2),
  ),
];

test.each(Object.entries(TROUBLES))('%s is said before anything is built, without a secret', async (_, trouble) => {
  const { settings, env = {}, message, hint } = trouble;
  const thrown: unknown = await openSeal(settings(folder()), RUN, contextOf(env)).then(
    () => new Error('it opened'),
    (error: unknown) => error,
  );
  expect(thrown).toMatchObject({ name: 'SlipwayError', code: 'CONFIG', message, hint });
  const seen = inspect(thrown, { depth: 20, showHidden: true }) + JSON.stringify(thrown) + everythingIn(thrown);
  for (const secret of SECRETS) expect(seen).not.toContain(secret);
});

test.each([`secret\n${SECRET}`, `${SECRET}\u001b[2J`])(
  'a name that is none is not in the message: %j',
  async (shown) => {
    const key = { kind: 'file', shown, path: `/nonexistent/${shown}` } as const;
    await expect(openSeal({ sign: { signer: { kind: 'key', key }, legacy: false } }, RUN, contextOf())).rejects.toThrow(
      /^Cannot read the signing key: there is no such file$/,
    );
  },
);

test('a certificate that the policy does not trust is said too', async () => {
  const root = tree({ 'n.key': chain.key, 'n.pem': chain.pem, 'other.pem': chainOf().pem, 'c.pub': publicPem(theirs) });
  const now = (): Date => new Date('2026-03-01T00:00:00Z');
  const verify = { notation: { certificates: fileIn(root, 'other.pem') } };
  await expect(
    openSeal({ sign: notation(root, 'n.key', 'n.pem'), verify }, RUN, contextOf({}, { now })),
  ).rejects.toMatchObject({
    code: 'CONFIG',
    message: 'Cannot sign for Notation with the certificates "n.pem": "verify.notation" does not accept them',
    hint: 'add their root to "verify.notation.certificates", and their subject where "identities" are named',
  });
});

test.each<[string, (root: string) => SealSettings]>([
  ['no passphrase', (root) => ({ sign: byKey(root, 'locked.key') })],
  ['no key', () => ({ sign: { signer: { kind: 'key', key: variable('SIGNING_KEY') }, legacy: true } })],
  ['no Notation key', (root) => ({ sign: notation(root, 'missing.key', 'other.pem') })],
  ['no Notation certificate', (root) => ({ sign: notation(root, 'notation.key', 'missing.pem') })],
  ['no passphrase of the Notation key', (root) => ({ sign: notation(root, 'locked.key', 'other.pem') })],
])('a dry run goes on with %s', async (_, settings) => {
  const { sealing } = await openSeal(settings(folder()), { ...RUN, dryRun: true }, contextOf());
  expect(sealing).toEqual({ signs: true, requires: [] });
});

test.each(['SLIPWAY_KEY_PASSWORD', 'COSIGN_PASSWORD'])('the passphrase is taken from %s', async (name) => {
  const { sealing } = await openSeal({ sign: byKey(folder(), 'locked.key') }, RUN, contextOf({ [name]: SECRET }));
  expect(sealing.requires).toHaveLength(2);
});

test('a dry run without a token knows who would sign', async () => {
  const settings = { sign: { ...keyless, legacy: true }, verify: identity('https://ci\\.example/team/app/.*') };
  const { sealing } = await openSeal(settings, { ...RUN, dryRun: true }, contextOf());
  const signer = 'keyless:/^(?:https://ci\\.example/team/app/.*)$/ (https://token.example)';
  expect(sealing.requires).toEqual([
    { kind: 'bundle', signer },
    { kind: 'views', signer },
    { kind: 'signature', signer },
  ]);
});

test('a dry run says what is wrong with a key that is there', async () => {
  const root = folder();
  const run = openSeal({ sign: byKey(root, 'k1.key') }, { ...RUN, dryRun: true }, contextOf());
  await expect(run).rejects.toThrow('Cannot sign with "k1.key"');
  const locked = openSeal(
    { sign: byKey(root, 'locked.key') },
    { ...RUN, dryRun: true },
    contextOf({ COSIGN_PASSWORD: 'no' }),
  );
  await expect(locked).rejects.toThrow('the passphrase is wrong');
});

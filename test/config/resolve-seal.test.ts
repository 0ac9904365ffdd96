import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type PublishOptions, resolvePublish } from '../../src/config/resolve.ts';
import { tree } from './tree.ts';

const CONFIG = 'version: 1\nartifacts: [{ path: deploy }]\nstores: { disk: "file:out" }\nchannel: staging\n';
const WORKFLOW = 'https://github.com/acme/fleet/.github/workflows/release.yml@refs/heads/main';
const GITHUB = 'https://token.actions.githubusercontent.com';

async function sealOf(options: PublishOptions, config = '') {
  const cwd = await tree({ 'slipway.yaml': `${CONFIG}${config}\n`, 'deploy/a.yaml': '' });
  const file = (shown: string) => ({ kind: 'file', shown, path: join(cwd, shown) });
  return { seal: (await resolvePublish(options, { cwd, env: {} })).seal, file };
}

const IDENTITY = { kind: 'identity', identity: { exactly: WORKFLOW }, issuer: { exactly: GITHUB } };
const FLAGS = { certificateIdentity: WORKFLOW, certificateOidcIssuer: GITHUB };
const KEYLESS = `sign: { keyless: true, signingConfig: signing.json, notation: { key: n.key, certificates: n.pem } }\nverify: { identity: "${WORKFLOW}", issuer: "${GITHUB}" }`;

test('the config says how to sign, and a channel whose signatures count', async () => {
  const config = 'sign: { key: a.key }\nverify: { key: a.pub }\nchannels: { prod: { verify: { key: prod.pub } } }';
  const staging = await sealOf({}, config);
  expect(staging.seal).toEqual({
    sign: { signer: { kind: 'key', key: staging.file('a.key') }, legacy: false },
    verify: { signer: { kind: 'key', keys: [staging.file('a.pub')] } },
  });
  const prod = await sealOf({ channel: 'prod' }, config);
  expect(prod.seal.verify).toEqual({ signer: { kind: 'key', keys: [prod.file('prod.pub')] } });
});

test('--key replaces sign as a whole, and starts from the working folder', async () => {
  const { seal, file } = await sealOf(
    { key: 'b.key' },
    'sign: { key: a.key, legacy: true, notation: { key: n.key, certificates: n.pem } }',
  );
  expect(seal).toEqual({ sign: { signer: { kind: 'key', key: file('b.key') }, legacy: false } });
  expect((await sealOf({ key: 'env://KEY' })).seal.sign?.signer).toEqual({
    kind: 'key',
    key: { kind: 'env', shown: 'env://KEY', variable: 'KEY' },
  });
});

test('--legacy adds to what signs, by flag or by config', async () => {
  expect((await sealOf({ legacy: true, key: 'b.key' })).seal.sign).toMatchObject({ legacy: true });
  const { seal, file } = await sealOf({ legacy: true }, 'sign: { key: a.key }');
  expect(seal.sign).toEqual({ signer: { kind: 'key', key: file('a.key') }, legacy: true });
});

test('--keyless replaces a key, but not what the config says of keyless: signatures would go to public logs', async () => {
  const { seal } = await sealOf({ keyless: true, ...FLAGS }, 'sign: { key: a.key, legacy: true }');
  expect(seal).toEqual({ sign: { signer: { kind: 'keyless' }, legacy: false }, verify: { signer: IDENTITY } });
  const own = await sealOf({ keyless: true }, KEYLESS);
  expect(own.seal.sign).toEqual({
    signer: { kind: 'keyless', signingConfig: own.file('signing.json') },
    legacy: false,
    notation: { key: own.file('n.key'), certificates: own.file('n.pem') },
  });
});

test('--signing-config replaces that of the config', async () => {
  const { seal, file } = await sealOf({ signingConfig: 'other.json' }, KEYLESS);
  expect(seal.sign?.signer).toEqual({ kind: 'keyless', signingConfig: file('other.json') });
});

test('identity and issuer replace verify as a whole, also that of the channel', async () => {
  const config = 'verify: { key: a.pub, trustedRoot: a.json }\nchannels: { staging: { verify: { key: b.pub } } }';
  expect((await sealOf(FLAGS, config)).seal).toEqual({ verify: { signer: IDENTITY } });
  const patterns = { certificateIdentityRegexp: 'https://github\\.com/acme/.*', certificateOidcIssuerRegexp: GITHUB };
  expect((await sealOf(patterns, config)).seal.verify?.signer).toEqual({
    kind: 'identity',
    identity: { matching: 'https://github\\.com/acme/.*' },
    issuer: { matching: GITHUB },
  });
});

test('--trusted-root replaces that of the policy, whoever makes it', async () => {
  const fromFlags = await sealOf({ ...FLAGS, trustedRoot: 'root.json' });
  expect(fromFlags.seal.verify).toEqual({ signer: IDENTITY, trustedRoot: fromFlags.file('root.json') });
  const fromConfig = await sealOf({ trustedRoot: 'root.json' }, 'verify: { key: a.pub, trustedRoot: a.json }');
  expect(fromConfig.seal.verify).toEqual({
    signer: { kind: 'key', keys: [fromConfig.file('a.pub')] },
    trustedRoot: fromConfig.file('root.json'),
  });
});

test('a path of its own is sealed as the config beside it says', async () => {
  const { seal, file } = await sealOf({ path: 'deploy', to: ['file:out'] }, 'sign: { key: a.key }');
  expect(seal).toEqual({ sign: { signer: { kind: 'key', key: file('a.key') }, legacy: false } });
  const channels = 'channels: { prod: { verify: { key: prod.pub } } }';
  const prod = await sealOf({ path: 'deploy', to: ['oci://reg.example/app:prod'] }, channels);
  expect(prod.seal).toEqual({ verify: { signer: { kind: 'key', keys: [prod.file('prod.pub')] } } });
});

test.each([
  [{ key: 'a', keyless: true }, 'Cannot use --key with --keyless: only one of them can count', 'use one of them'],
  [
    { ...FLAGS, certificateIdentityRegexp: 'a' },
    'Cannot use --certificate-identity with --certificate-identity-regexp: only one of them can count',
    'use one of them',
  ],
  [
    { ...FLAGS, certificateOidcIssuerRegexp: 'a' },
    'Cannot use --certificate-oidc-issuer with --certificate-oidc-issuer-regexp: only one of them can count',
    'use one of them',
  ],
  [
    { certificateIdentityRegexp: 'a' },
    'Cannot use --certificate-identity-regexp alone: nothing says who vouches for it',
    'add --certificate-oidc-issuer URL',
  ],
  [
    { certificateOidcIssuer: 'a' },
    'Cannot use --certificate-oidc-issuer alone: nothing says whom it has to vouch for',
    'add --certificate-identity IDENTITY',
  ],
  [
    { trustedRoot: 'root.json' },
    'Cannot use --trusted-root alone: nothing says whose signatures count',
    'add --certificate-identity IDENTITY and --certificate-oidc-issuer URL',
  ],
  [{ legacy: true }, 'Cannot use --legacy: nothing signs', 'add --key FILE or --keyless, or sign to slipway.yaml'],
  [
    { signingConfig: 'a.json', key: 'a' },
    'Cannot use --signing-config: nothing signs keyless',
    'add --keyless, or leave it out',
  ],
  [{ key: '' }, 'Cannot use --key: it is empty', 'name a file or env://NAME'],
  [
    { key: '-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n' },
    'Cannot use --key: the text of a key or certificate does not belong here',
    'name its file, or put it into a variable and write env://NAME',
  ],
  [
    { key: 'gcpkms://projects/a' },
    'Cannot use --key: scheme "gcpkms" is unknown here',
    'name a file or env://NAME; a key in a KMS or HSM signs through sign.command',
  ],
])('%j is refused as wrong usage', async (options, message, hint) => {
  await expect(sealOf(options)).rejects.toMatchObject({ code: 'USAGE', message, hint });
});

const HALF = 'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgc2VjcmV0c2VjcmV0';
const KEY = `-----BEGIN PRIVATE KEY-----\n${HALF}\n-----END PRIVATE KEY-----\n`;
const KEY_TEXT = 'the text of a key or certificate does not belong here';

const PASTED: readonly (readonly [what: string, written: string, message: string])[] = [
  ['a key', KEY, KEY_TEXT],
  ['a key in quotes', `'"${KEY}"'`, KEY_TEXT],
  ['a key without line breaks', `"${KEY.replaceAll('\n', ' ')}"`, KEY_TEXT],
  ['a key behind its attributes', `Bag Attributes\n    localKeyID: 01\n${KEY}`, KEY_TEXT],
  ['a key in base64', Buffer.from(KEY).toString('base64'), KEY_TEXT],
  ['a key in base64 in quotes', `"${Buffer.from(KEY).toString('base64')}"`, KEY_TEXT],
  ['a key with a space before it in base64', Buffer.from(` ${KEY}`).toString('base64'), KEY_TEXT],
  ['the inside of a key in quotes', `'${HALF}'`, KEY_TEXT],
  ['a key as a variable', `env://${KEY}`, KEY_TEXT],
  ['lines', 'Bag Attributes\nc2VjcmV0', 'a text with line breaks or control characters does not belong here'],
  ['an escape', 'c2VjcmV0\u001b[2J', 'a text with line breaks or control characters does not belong here'],
  ['a long text', `c2VjcmV0.${'x-'.repeat(124)}`, 'a text of more than 255 characters does not belong here'],
];

test.each(PASTED)('%s is refused where a file is named, and not shown', async (_, written, message) => {
  const verify = { certificateIdentity: 'ci', certificateOidcIssuer: 'https://a.example' };
  const flags = [
    ['--key', { key: written }],
    ['--trusted-root', { trustedRoot: written, ...verify }],
    ['--signing-config', { signingConfig: written, keyless: true }],
  ] as const;
  const hint = 'name its file, or put it into a variable and write env://NAME';
  for (const [flag, options] of flags) {
    await expect(sealOf(options)).rejects.toMatchObject({ message: `Cannot use ${flag}: ${message}`, hint });
  }
  const quoted = JSON.stringify(written);
  for (const [place, config] of [
    ['5:15', `sign: { key: ${quoted} }`],
    ['5:35', `sign: { command: [a], publicKey: ${quoted} }`],
    ['5:27', `sign: { notation: { key: ${quoted}, certificates: a.pem } }`],
    ['5:44', `sign: { notation: { key: a, certificates: ${quoted} } }`],
    ['5:25', `verify: { key: [a.pub, ${quoted}] }`],
    ['5:37', `verify: { key: a.pub, trustedRoot: ${quoted} }`],
    ['5:38', `verify: { notation: { certificates: ${quoted} } }`],
  ] as const) {
    const said = `Cannot use config file "slipway.yaml": slipway.yaml:${place}: ${message}`;
    await expect(sealOf({}, config)).rejects.toMatchObject({ code: 'CONFIG', message: said, hint });
  }
});

test('a key beside another mistake is not shown either', async () => {
  const base64 = Buffer.from(KEY).toString('base64');
  const thrown: unknown = await sealOf({}, `sign: { key: ${base64}, keylses: true }`).catch((error: unknown) => error);
  expect(String(thrown)).toContain('unknown key "keylses"');
  expect(String(thrown)).toContain('  sign: { key: …, keylses: true }\n');
});

test('a name that only looks a little like a key is one', async () => {
  for (const key of ['MAIN/release.key', 'keys/BEGIN.pem', `${'a/'.repeat(120)}k.pem`]) {
    const { seal, file } = await sealOf({ key });
    expect(seal.sign?.signer).toEqual({ kind: 'key', key: file(key) });
  }
});

const ADD_POLICY =
  'add verify: { identity: …, issuer: … } to slipway.yaml (one identity: Flux refuses several), or give --certificate-identity and --certificate-oidc-issuer';

test.each([
  ['sign: { keyless: true }', {}, 'Cannot sign keyless: nothing says whose identity counts', ADD_POLICY],
  [
    'verify: { notation: { certificates: a.pem } }',
    { keyless: true },
    'Cannot sign keyless: nothing says whose identity counts',
    ADD_POLICY,
  ],
  [
    `${KEYLESS}\nchannels: { staging: { verify: { key: a.pub } } }`,
    {},
    'Cannot sign keyless: what counts are signatures by a key',
    'replace key by identity and issuer under verify, or give --certificate-identity and --certificate-oidc-issuer',
  ],
  [
    KEYLESS,
    { key: 'a.key' },
    'Cannot sign with a key: whose signatures count is an identity, and only keyless signatures have one',
    'sign keyless, or let verify name the public key',
  ],
])(
  '%j with %j cannot be met by any signature, and is said before work begins',
  async (config, options, message, hint) => {
    await expect(sealOf(options, config)).rejects.toMatchObject({ code: 'CONFIG', message, hint });
  },
);

import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { type Config, readConfig } from '../../src/config/read.ts';
import { SlipwayError } from '../../src/errors.ts';

const MINIMAL = 'version: 1\nartifacts: [{ path: deploy }]\n';

const read = (text: string): Config => readConfig(`${MINIMAL}${text}\n`, 'slipway.yaml', { dir: '/repo', env: {} });

function errorOf(text: string): SlipwayError {
  try {
    read(text);
  } catch (thrown) {
    if (thrown instanceof SlipwayError) return thrown;
    throw thrown;
  }
  throw new Error('the config was accepted');
}

const file = (shown: string, path = `/repo/${shown}`) => ({ kind: 'file', shown, path });
const variable = (name: string) => ({ kind: 'env', shown: `env://${name}`, variable: name });

test('without sign and verify nothing is sealed', () => {
  expect(read('').seal).toEqual({});
});

test.each([
  [
    'a key',
    'sign: { key: keys/slipway.key }',
    { signer: { kind: 'key', key: file('keys/slipway.key') }, legacy: false },
  ],
  [
    'a key with an absolute path and signatures for older verifiers',
    'sign: { key: /etc/slipway.key, legacy: true }',
    { signer: { kind: 'key', key: file('/etc/slipway.key', '/etc/slipway.key') }, legacy: true },
  ],
  [
    'a key in a variable, which need not be set',
    'sign: { key: env://SLIPWAY_KEY }',
    { signer: { kind: 'key', key: variable('SLIPWAY_KEY') }, legacy: false },
  ],
  ['the identity of the job', 'sign: { keyless: true }', { signer: { kind: 'keyless' }, legacy: false }],
  [
    'the identity of the job, at services of its own',
    'sign: { keyless: true, signingConfig: signing.json }',
    { signer: { kind: 'keyless', signingConfig: file('signing.json') }, legacy: false },
  ],
  [
    'a program',
    'sign: { command: [kms-sign, --key, release], publicKey: env://RELEASE_PUB }',
    {
      signer: { kind: 'command', run: ['kms-sign', '--key', 'release'], publicKey: variable('RELEASE_PUB') },
      legacy: false,
    },
  ],
  [
    'Notation alone',
    'sign: { notation: { key: env://NOTATION_KEY, certificates: certs.pem } }',
    { legacy: false, notation: { key: variable('NOTATION_KEY'), certificates: file('certs.pem') } },
  ],
])('%s signs', (_, text, sign) => {
  expect(read(text).seal).toEqual({ sign });
});

const WORKFLOW = 'https://github.com/acme/fleet/.github/workflows/release.yml@refs/heads/main';

test.each([
  ['one key', 'verify: { key: slipway.pub }', { signer: { kind: 'key', keys: [file('slipway.pub')] } }],
  [
    'any of several keys',
    'verify: { key: [slipway.pub, env://NEXT_PUB] }',
    { signer: { kind: 'key', keys: [file('slipway.pub'), variable('NEXT_PUB')] } },
  ],
  [
    'an identity with its issuer and a trust root',
    `verify: { identity: "${WORKFLOW}", issuer: https://token.example.com, trustedRoot: root.json }`,
    {
      signer: {
        kind: 'identity',
        identity: { exactly: WORKFLOW },
        issuer: { exactly: 'https://token.example.com' },
      },
      trustedRoot: file('root.json'),
    },
  ],
  [
    'a pattern beside an exact issuer',
    "verify: { identityPattern: 'https://github\\.com/acme/.*', issuer: https://token.example.com }",
    {
      signer: {
        kind: 'identity',
        identity: { matching: 'https://github\\.com/acme/.*' },
        issuer: { exactly: 'https://token.example.com' },
      },
    },
  ],
  [
    'a pattern of issuers beside an exact identity',
    "verify: { identity: ci@example.com, issuerPattern: 'https://[a-z]+\\.example\\.com' }",
    {
      signer: {
        kind: 'identity',
        identity: { exactly: 'ci@example.com' },
        issuer: { matching: 'https://[a-z]+\\.example\\.com' },
      },
    },
  ],
  [
    'the roots of Notation',
    'verify: { notation: { certificates: roots.pem, identities: ["x509.subject: C=US, ST=WA, O=Example"] } }',
    { notation: { certificates: file('roots.pem'), identities: ['x509.subject: C=US, ST=WA, O=Example'] } },
  ],
])('%s can be what counts', (_, text, verify) => {
  expect(read(text).seal).toEqual({ verify });
});

test("a channel's verify stands beside its other rules", () => {
  const { channels, seal } = read(
    'verify: { key: a.pub }\nchannels: { prod: { quorum: 1, verify: { key: b.pub } }, dev: { quorum: 1 } }',
  );
  expect(seal.verify).toEqual({ signer: { kind: 'key', keys: [file('a.pub')] } });
  expect(channels).toEqual({
    prod: { quorum: 1, verify: { signer: { kind: 'key', keys: [file('b.pub')] } } },
    dev: { quorum: 1 },
  });
});

test('what is no file, key or certificate still comes from the environment', () => {
  const text = `${MINIMAL}verify: { identity: env://WHO, issuer: https://token.example.com }\n`;
  const { seal } = readConfig(text, 'slipway.yaml', { dir: '/repo', env: { WHO: 'ci@example.com' } });
  expect(seal.verify?.signer).toMatchObject({ identity: { exactly: 'ci@example.com' } });
  expect(errorOf('verify: { identity: env://WHO, issuer: a }').message).toContain(
    'slipway.yaml:3:21: environment variable "WHO" is not set',
  );
});

const SIGNER = 'add key: FILE, keyless: true, or command with publicKey';

test.each([
  ['sign: {}', '3:1: nothing says who signs', SIGNER],
  ['sign: { legacy: false }', '3:1: nothing says who signs', SIGNER],
  ['sign: { key: a, keyless: true }', '3:17: "keyless" cannot stand beside "key"', 'keep one of them'],
  [
    'sign: { keyless: true, command: [a], publicKey: b }',
    '3:24: "command" cannot stand beside "keyless"',
    'keep one of them',
  ],
  [
    'sign: { command: [a] }',
    '3:9: "command" needs "publicKey" beside it',
    'add publicKey: FILE, with which every signature is checked',
  ],
  [
    'sign: { key: a, publicKey: b }',
    '3:17: "publicKey" needs "command" beside it',
    'remove it: only a command does not know its public half',
  ],
  [
    'sign: { key: a, signingConfig: b }',
    '3:17: "signingConfig" needs "keyless" beside it',
    'remove it, or sign with keyless: true',
  ],
  ['sign: { notation: { key: a, certificates: b }, legacy: true }', '3:48: "legacy" needs a signer beside it', SIGNER],
  ['sign: { key: env://MY-KEY }', '3:14: env:// is not followed by the name of a variable', 'write env://NAME'],
  [
    'sign: { key: awskms:///alias/release }',
    '3:14: scheme "awskms" is unknown here',
    'name a file or env://NAME; a key in a KMS or HSM signs through sign.command',
  ],
  ['verify: {}', '3:1: nothing says whose signatures count', 'add key: FILE, or identity and issuer'],
  ['verify: { trustedRoot: a }', '3:1: nothing says whose signatures count', 'add key: FILE, or identity and issuer'],
  ['verify: { key: a, issuer: b }', '3:19: "issuer" cannot stand beside "key"', 'keep one of them'],
  [
    'verify: { identity: a, identityPattern: b, issuer: c }',
    '3:24: "identityPattern" cannot stand beside "identity"',
    'keep one of them',
  ],
  [
    'verify: { identity: a, issuer: b, issuerPattern: c }',
    '3:35: "issuerPattern" cannot stand beside "issuer"',
    'keep one of them',
  ],
  [
    'verify: { identityPattern: a }',
    '3:11: "identityPattern" needs "issuer" beside it',
    'add who vouches for it, such as issuer: https://token.actions.githubusercontent.com',
  ],
  ['verify: { issuer: a }', '3:11: "issuer" needs "identity" beside it', 'add whom the issuer has to vouch for'],
  [
    'verify: { key: [a, "https://example.com/a.pub"] }',
    '3:21: scheme "https" is unknown here',
    'name a file or env://NAME; a key in a KMS or HSM signs through sign.command',
  ],
  [
    'channels: { prod: { verify: { key: a, identity: b, issuer: c } } }',
    '3:39: "identity" cannot stand beside "key"',
    'keep one of them',
  ],
])('%s is refused with its place and what to do', (text, place, hint) => {
  const error = errorOf(text);
  expect({ code: error.code, hint: error.hint }).toEqual({ code: 'CONFIG', hint });
  expect(error.message).toContain(`Cannot use config file "slipway.yaml": slipway.yaml:${place}\n`);
});

test.each([
  ['sign: { keylses: true }', '3:9: unknown key "keylses" (did you mean "keyless")'],
  ['sign: { keyless: false }', '3:18: expected true, found a true or false'],
  ['sign: { command: kms-sign, publicKey: a }', '3:18: expected a list: the program and its arguments, found a text'],
  ['sign: { key: "" }', '3:15: expected a file or env://NAME, not an empty one'],
  ['sign: { notation: { key: a } }', '3:9: key "certificates" is missing'],
  ['verify: { identity: [a, b], issuer: c }', '3:21: expected one identity; Flux refuses several, found a list'],
  ['verify: { key: [] }', '3:16: expected at least one key'],
  ['verify: { key: 7 }', '3:16: expected a file or env://NAME, or a list of them, found a number'],
  ['verify: { identities: [a] }', '3:11: unknown key "identities" (did you mean "identity")'],
  ['channels: { prod: { verify: { kee: a } } }', '3:31: unknown key "kee" (did you mean "key")'],
])('%s is not the form of the file', (text, place) => {
  expect(errorOf(text).message).toContain(`slipway.yaml:${place}`);
});

const PEM = [
  '-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----',
  'c2VjcmV0',
  '-----END ENCRYPTED SIGSTORE PRIVATE KEY-----',
];

test.each([
  ['as a block', `sign:\n  key: |\n    ${PEM.join('\n    ')}`],
  ['on one line', `sign: { key: "${PEM.join('\\n')}" }`],
  ['without quotes', `sign:\n  key: ${PEM.join('\n    ')}`],
  ['as an unclosed text', `sign:\n  key: "${PEM.join('\n')}`],
  ['beside it, as broken YAML', `sign:\n  key: ${PEM.join('\n')}`],
  ['without its end', `sign:\n  key: "${PEM.slice(0, 2).join('\n')}\n: [`],
  ['as a public key', `verify:\n  key: [a.pub, "${PEM.join('\\n')}"]`],
  ['as a trust root', `verify: { key: a.pub, trustedRoot: "${PEM.join('\\n')}" }`],
  ['as the key of a certificate', `sign: { notation: { certificates: a, key: "${PEM.join('\\n')}" } }`],
])('a key that was pasted %s is refused and never shown', (_, text) => {
  const error = errorOf(text);
  expect(error.code).toBe('CONFIG');
  expect(`${error.message} ${error.hint} ${inspect(error, { depth: 10, showHidden: true })}`).not.toContain('c2VjcmV0');
});

test('a key that was pasted is told where it belongs', () => {
  expect(errorOf(`sign: { key: "${PEM.join('\\n')}" }`)).toMatchObject({
    message:
      'Cannot use config file "slipway.yaml": slipway.yaml:3:15: the text of a key or certificate does not belong here',
    hint: 'name its file, or put it into a variable and write env://NAME',
  });
});

import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { credentialsIn, mayHoldCredential } from '../../../src/check/hygiene/credentials.ts';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Characters that look drawn by chance, always the same. Credentials are put together here: none stands in this file. */
function random(length: number, alphabet = ALPHABET): string {
  const bytes = createHash('shake256', { outputLength: length }).update(`${length} ${alphabet}`).digest();
  return [...bytes].map((byte) => alphabet.charAt(byte % alphabet.length)).join('');
}

function checksum(text: string): string {
  let rest = crc32(text);
  let sum = '';
  for (let index = 0; index < 6; index++) {
    sum = ALPHABET.charAt(rest % 62) + sum;
    rest = Math.floor(rest / 62);
  }
  return sum;
}

const UPPER = ALPHABET.slice(10, 36);
const BASE64 = `${ALPHABET}+/`;
const HEX = '0123456789abcdef';
const pem = (kind: string, body = random(640, BASE64)): string =>
  `-----BEGIN ${kind}PRIVATE KEY-----\n${body.replace(/.{64}/g, '$&\n')}-----END ${kind}PRIVATE KEY-----\n`;
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const field = (text: string | Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(Buffer.byteLength(text));
  return Buffer.concat([length, Buffer.from(text)]);
};
const bytes = (length: number): Buffer => createHash('shake256', { outputLength: length }).update('ssh').digest();
/** What `ssh-keygen -t ed25519` writes: numbers and lengths in it are rows of the letter A. */
const openssh = (cipher: string): string =>
  pem(
    'OPENSSH ',
    Buffer.concat([
      Buffer.from('openssh-key-v1\0'),
      ...[field(cipher), field(cipher === 'none' ? 'none' : 'bcrypt'), field(''), Buffer.from([0, 0, 0, 1])],
      ...[field(Buffer.concat([field('ssh-ed25519'), field(bytes(32))])), field(bytes(136))],
    ]).toString('base64'),
  );
const github = random(30);
const awsId = `AKIA${random(16, `${UPPER}234567`)}`;

const certain: readonly (readonly [what: string, text: string])[] = [
  ['a private key', pem('RSA ')],
  ['a private key', pem('')],
  ['a private key', pem('OPENSSH ')],
  ['a private key', `    ${pem('EC ', random(160, BASE64)).replaceAll('\n', '\n    ')}`],
  ['a private key', JSON.stringify({ type: 'service_account', private_key: pem('') })],
  ['a private key', openssh('none')],
  ['a private key', `  identity: |\n    ${openssh('none').replaceAll('\n', '\n    ')}`],
  ['a private key', `account: ${JSON.stringify(JSON.stringify({ private_key: openssh('none') }))}`],
  ['a private key', JSON.stringify({ private_key: pem('') }).replaceAll('/', '\\/')],
  ['a private key in base64', `identity: ${base64(openssh('none'))}`],
  ['a private key in base64', `tls.key: ${base64(pem('RSA '))}`],
  ['a private key in base64', `client-key-data: ${base64(pem('EC ', random(160, BASE64)))}`],
  ['an age key, which opens what SOPS encrypted', `AGE-SECRET-KEY-1${random(58, UPPER)}`],
  ['an AWS access key with its secret', `id: ${awsId}\nsecret: "${random(40, BASE64)}"`],
  ['a GitHub token', `token: ghp_${github}${checksum(github)}`],
  ['a GitHub token', `ghs_${github}${checksum(github)}`],
  ['a GitHub token', `github_pat_${random(22)}_${random(59)}`],
  ['a GitLab token', `glpat-${random(20)}`],
  ['a GitLab token', `glrt-${random(27)}.01.${random(9, '0123456789abcdefghijklmnopqrstuvwxyz')}`],
  ['a Slack token', `xoxb-${random(12, '0123456789')}-${random(12, '0123456789')}-${random(24)}`],
  ['a Slack webhook', `https://hooks.slack.com/services/T${random(9, UPPER)}/B${random(9, UPPER)}/${random(24)}`],
  ['an Azure storage key', `AccountName=web;AccountKey=${random(86, BASE64)}==;`],
  ['an Azure access key', `SharedAccessKeyName=root;SharedAccessKey=${random(43, BASE64)}=`],
  ['an Azure client secret', `secret: ${random(3)}8Q~${random(34)}`],
  ['a Stripe key', `sk_live_${random(24)}`],
  ['an npm token', `//registry.example.com/:_authToken=npm_${random(36)}`],
  ['a Hugging Face token', `HF_TOKEN: hf_${random(34, ALPHABET.slice(10))}`],
  ['a registry login', JSON.stringify({ auths: { 'registry.example.com': { auth: base64('ci:open sesame') } } })],
  ['a registry login', JSON.stringify(JSON.stringify({ auths: { a: { auth: base64('ci:open sesame') } } }, null, 1))],
  ['a login in a kubeconfig', `kind: Config\nclusters: []\nusers:\n- user:\n    token: ${random(32)}\n`],
  ['a PyPI token', `pypi-AgE${random(80)}`],
  ['a Docker Hub token', `dckr_pat_${random(27)}`],
  ['a Vault token', `hvs.${random(92)}`],
  ['a SendGrid key', `SG.${random(22)}.${random(43)}`],
  ['an OpenAI key', `sk-proj-${random(20)}T3BlbkFJ${random(20)}`],
  ['an Anthropic key', `sk-ant-api03-${random(93)}`],
  ['a DigitalOcean token', `dop_v1_${random(64, HEX)}`],
  ['a login in a kubeconfig', `kind: Config\ncurrent-context: edge\nusers:\n- user:\n    token: ${random(32)}\n`],
];

const possible: readonly (readonly [what: string, text: string])[] = [
  ['the id of an AWS access key', `id: ${awsId}`],
  ['a Google API key', `key: AIza${random(35)}`],
  [
    'a signed token (JWT)',
    `${base64('{"alg":"RS256"}').replace(/=/g, '')}.${base64('{"sub":"web-0001"}').replace(/=/g, '')}.${random(43)}`,
  ],
  ['a password in a URL', 'amqp://web:h7Kp2xQ9@queue.example.com'],
  ['a password in a URL', 'redis://:h7Kp2xQ9@cache.example.com:6379'],
];

describe('what is a credential', () => {
  test.each(certain)('%s is found, with its place: %#', (what, text) => {
    expect(mayHoldCredential(text)).toBe(true);
    const [credential, ...more] = credentialsIn(`# before\n${text}`);
    expect(credential).toMatchObject({ what, certain: true });
    expect(credential?.at).toBeGreaterThanOrEqual(9);
    expect(more.filter((other) => other.certain)).toEqual([]);
  });

  test.each(possible)('%s may be one: %#', (what, text) => {
    expect(mayHoldCredential(text)).toBe(true);
    expect(credentialsIn(text)).toMatchObject([{ what, certain: false }]);
  });

  test('every form is in this table, and every credential is found in one text that has them all', () => {
    const text = [...certain, ...possible].map(([, one]) => one).join('\n\n');
    expect(new Set(credentialsIn(text).map(({ what }) => what))).toEqual(
      new Set([...certain, ...possible].map(([what]) => what)),
    );
  });
});

const innocent: readonly (readonly [why: string, text: string])[] = [
  ['the example in the documentation of AWS', 'AKIAIOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'],
  [
    'a GitHub token whose checksum is wrong',
    `ghp_${github}${checksum(github).split('').reverse().join('')}x`.slice(0, 40),
  ],
  ['a token of one character', `glpat-${'x'.repeat(20)}`],
  ['a placeholder', 'ghp_your_token_here glpat-REPLACE_ME_WITH_TOKEN'],
  ['a private key without a body', '-----BEGIN PRIVATE KEY-----\n…\n-----END PRIVATE KEY-----\n'],
  [
    'a private key that Flux fills in',
    `-----BEGIN PRIVATE KEY-----\n\${TLS_KEY_OF_THE_INGRESS_CONTROLLER_OF_THIS_CLUSTER}\n-----END PRIVATE KEY-----`,
  ],
  ['a private key with a passphrase', pem('ENCRYPTED ')],
  ['an OpenSSH key with a passphrase', openssh('aes256-ctr')],
  ['an OpenSSH key with a passphrase, in base64', base64(openssh('aes256-ctr'))],
  ['a private key of one word', pem('', 'EXAMPLEKEY'.repeat(12))],
  ['a placeholder of a registry login', JSON.stringify({ auths: { a: { auth: base64('ci:<password>') } } })],
  ['a login of something else', JSON.stringify({ auth: base64('ci:open sesame') })],
  ['a certificate', pem('').replaceAll('PRIVATE KEY', 'CERTIFICATE')],
  ['a certificate in base64', `caBundle: ${base64(pem('').replaceAll('PRIVATE KEY', 'CERTIFICATE'))}`],
  ['a value that SOPS encrypted', `password: ENC[AES256_GCM,data:${random(60, BASE64)},type:str]`],
  [
    'the key of every storage emulator',
    `AccountKey=${'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=='}`,
  ],
  ['a test key', `sk_test_${random(24)}`],
  ['a variable in a URL', `postgres://web:\${PASSWORD_1}@db.example.com/web`],
  ['a template in a URL', 'https://{{ .user }}:{{ .password1 }}@example.com'],
  ['a word in a URL', 'https://user:password@example.com amqp://guest:guest@queue:5672'],
  ['an address with a port', 'https://web.example.com:8443/@scope/package http://[::1]:9000/a@b'],
  ['a digest', `image: registry.example.com/web@sha256:${random(64, HEX)}`],
  ['a secret access key of an unknown id', `secret: "${random(40, BASE64)}"`],
  ['names that begin like tokens', 'npm_config_registry: x\nxoxb-files: y\nhvs.example\nghp_'],
  [
    'a kubeconfig that asks a program',
    'kind: Config\ncurrent-context: edge\nusers:\n- user:\n    exec: { command: aws }\n',
  ],
  ['a token in something that is no kubeconfig', `kind: ConfigMap\ndata:\n  token: ${random(32)}\n`],
];

test.each(innocent)('%s is none', (_why, text) => {
  expect(credentialsIn(text)).toEqual([]);
});

test('random base64 and hexadecimal text of 400 kB holds none', () => {
  const text = random(200_000, BASE64).replace(/.{76}/g, '$&\n');
  expect(credentialsIn(`${text}\n${random(200_000, HEX)}`)).toEqual([]);
});

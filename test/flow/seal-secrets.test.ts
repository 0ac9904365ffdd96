/** No key, passphrase or token in what a signing run says and leaves, however it ends. */
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { startAnswers } from '../fakes/answers.ts';
import { PATHS, startFakeSigstore } from '../fakes/sigstore.ts';
import { ISSUER, SUBJECT, tokenText } from '../seal/keyless/fixture.ts';
import { chainOf } from '../seal/notation/certificates.ts';
import { base64, everythingIn, formsOf, leaksIn, traitsOf, WAYS } from './canaries.ts';
import { CONFIG, clusters, type Fleet, fleet, type Outcome, slipway } from './fleet.ts';
import { pair } from './verify-fleet.ts';

/** What stands between the first and the last line of a key's file. */
const linesOf = (key: string): string => key.split('\n').slice(1, -2).join('');

const PASSPHRASE = 'canary of a passphrase';
const [SIGNING, NOTATION] = [pair(), chainOf()];
/** The same key behind a passphrase, quickly stretched. */
const LOCKED = createPrivateKey(SIGNING.key)
  .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: PASSPHRASE })
  .toString();
/** The shortest text of a key. */
const ED25519 = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const SECRETS = [...traitsOf(SIGNING.key), linesOf(ED25519), ...traitsOf(NOTATION.key), ...formsOf(PASSPHRASE)];

/** A fleet that seals so; `north` is what the key's first line is planted in where told. */
const sealing = (text: string, files: Readonly<Record<string, string>> = {}): Promise<Fleet> =>
  fleet(slipway, { files: { 'slipway.yaml': `${CONFIG}primary: us\n${text}`, ...files } });

/** Runs it in every way of speaking; answers the leaks of all of them, and what they said. */
async function spoken(
  by: Fleet,
  env: Readonly<Record<string, string>>,
  { args = [], secrets = SECRETS }: { readonly args?: readonly string[]; readonly secrets?: readonly string[] } = {},
): Promise<{ readonly ended: readonly Outcome[]; readonly leaks: readonly string[]; readonly text: string }> {
  const ended: Outcome[] = [];
  for (const way of WAYS) ended.push(await by.run(['publish', ...args, ...way], { env }));
  const leaks = ended.flatMap((one) => leaksIn(by.stage.live, one, secrets));
  return { ended, leaks, text: ended.map(({ stdout, stderr }) => stdout + stderr).join('\n') };
}

const BY_KEY = 'sign: { key: env://KEY }\n';

test('a secret that is published is found, in the content, in a proof and in what a run says', async () => {
  const [line = ''] = traitsOf(SIGNING.key);
  const by = await sealing(BY_KEY, clusters(line));
  await by.tree.git('remote', 'add', 'origin', `https://git.example.com/${encodeURIComponent(PASSPHRASE)}/one.git`);
  const { leaks } = await spoken(by, { KEY: SIGNING.key });
  expect(new Set(leaks)).toEqual(new Set([line, encodeURIComponent(PASSPHRASE)]));
  const proofs = [...by.stage.live.objects].filter(([key]) => key.includes('/proofs/'));
  expect(proofs.length).toBeGreaterThan(0);
  expect(everythingIn({ repositories: new Map(), objects: new Map(proofs) })).toContain(encodeURIComponent(PASSPHRASE));
  const said = await spoken(by, { KEY: SIGNING.key }, { args: ['--channel', PASSPHRASE] });
  expect(said.leaks).toContain(PASSPHRASE);
});

test('a signed publish says and leaves no key and no passphrase', async () => {
  const by = await sealing(
    'sign: { key: env://KEY, legacy: true, notation: { key: env://NOTATION_KEY, certificates: env://PEM } }\n',
  );
  const env = { KEY: LOCKED, SLIPWAY_KEY_PASSWORD: PASSPHRASE, NOTATION_KEY: NOTATION.key, PEM: NOTATION.pem };
  const { ended, leaks, text } = await spoken(by, env);
  expect(ended.map(({ code }) => code)).toEqual([0, 0, 0]);
  expect(everythingIn(by.stage.live)).toContain('"predicateType":"https://slsa.dev/provenance/v1"');
  expect(text).toContain('"proofs"');
  expect(leaks).toEqual([]);
});

const WORDS = 'the words of the program';
/** A program that shows all that it is given, and fails. */
const TELLTALE = `sign: { command: [sh, -c, "env >&2; echo '${WORDS}' \\"$KMS_TOKEN\\" >&2; exit 3"], publicKey: env://PUB }\n`;

test.each<[string, string, Readonly<Record<string, string>>, string, number]>([
  ['a wrong passphrase', BY_KEY, { KEY: LOCKED, COSIGN_PASSWORD: `${PASSPHRASE} not` }, 'the passphrase is wrong', 2],
  ['no passphrase', BY_KEY, { KEY: LOCKED }, 'it is encrypted and no passphrase is set', 2],
  ['a key without line breaks', BY_KEY, { KEY: SIGNING.key.replaceAll('\n', ' ') }, 'its line breaks', 2],
  ['half a key', BY_KEY, { KEY: SIGNING.key.replace(/\n[^\n]+\n-----END/, '\n-----END') }, 'env://KEY', 2],
  ['a key where a public one belongs', 'verify: { key: env://KEY }\n', { KEY: SIGNING.key }, 'it is a private key', 2],
  [
    'a command that fails and shows all it has',
    TELLTALE,
    { PUB: SIGNING.pub, SLIPWAY_KEY_PASSWORD: PASSPHRASE, KMS_TOKEN: PASSPHRASE },
    WORDS,
    4,
  ],
])('%s brings no secret into an error', async (_, text, env, words, code) => {
  const by = await sealing(text);
  const { ended, leaks, text: said } = await spoken(by, env);
  expect(ended.map((one) => one.code)).toEqual([code, code, code]);
  expect(said).toContain(words);
  expect(leaks).toEqual([]);
});

test.each([
  ['in the config', (key: string) => `sign: { key: ${JSON.stringify(key)} }\n`, () => []],
  ['on the command line', () => '', (key: string) => ['--key', key]],
  ['on the command line, without line breaks', () => '', (key: string) => ['--key', key.replaceAll('\n', ' ')]],
  ['on the command line, in base64', () => '', (key: string) => ['--key', base64(key)]],
  ['in the config, in base64', (key: string) => `sign: { key: ${base64(key)} }\n`, () => []],
  ['on the command line, without its first line', () => '', (key: string) => ['--key', linesOf(key)]],
  ['as a public one', (key: string) => `verify: { key: ${JSON.stringify(key)} }\n`, () => []],
  ['as a short one', () => '', () => ['--key', linesOf(ED25519)]],
] as const)('a key that is written where its place belongs is refused and not echoed: %s', async (_, text, argsOf) => {
  const by = await sealing(text(SIGNING.key));
  const { ended, leaks, text: said } = await spoken(by, {}, { args: argsOf(SIGNING.key) });
  expect(ended.map(({ code }) => code)).toEqual([2, 2, 2]);
  expect(said).toContain('the text of a key or certificate does not belong here');
  expect(leaks).toEqual([]);
});

const service = (url: string, majorApiVersion: number): object => ({
  url,
  majorApiVersion,
  validFor: { start: '2020-01-01T00:00:00Z' },
  operator: 'example.com',
});

const KEYLESS = `sign: { keyless: true, signingConfig: env://SERVICES, legacy: true }
verify: { identity: "${SUBJECT}", issuer: "${ISSUER}", trustedRoot: env://ROOT }
`;

/** A Sigstore, gone after the test, and what a run needs to sign there. */
async function onSigstore() {
  const sigstore = await startFakeSigstore();
  onTestFinished(() => sigstore[Symbol.asyncDispose]());
  const { url } = sigstore;
  const services = {
    mediaType: 'application/vnd.dev.sigstore.signingconfig.v0.2+json',
    caUrls: [service(url, 1)],
    rekorTlogUrls: [service(url, 1)],
    rekorTlogConfig: { selector: 'ANY' },
    tsaUrls: [service(`${url}${PATHS.tsa}`, 1)],
    tsaConfig: { selector: 'ANY' },
  };
  const env = { SERVICES: JSON.stringify(services), ROOT: JSON.stringify(sigstore.trustedRoot) };
  return { sigstore, env };
}

const tokenSecrets = (token: string): readonly string[] => [
  ...formsOf(token),
  token.split('.').slice(-1).join(''),
  `${token.split('.').slice(0, 2).join('.')}.`,
];

test('an identity token is neither said nor left where it was good', async () => {
  const { sigstore, env } = await onSigstore();
  const token = tokenText();
  const by = await sealing(KEYLESS);
  const { ended, leaks } = await spoken(by, { ...env, SIGSTORE_ID_TOKEN: token }, { secrets: tokenSecrets(token) });
  expect(ended.map(({ code }) => code)).toEqual([0, 0, 0]);
  expect(sigstore.requests.some(({ body }) => body.includes(token))).toBe(true);
  expect(leaks).toEqual([]);
});

test('an identity token is neither said nor left where the authority refuses it and repeats it', async () => {
  const { sigstore, env } = await onSigstore();
  const token = tokenText();
  const message = `the words of the authority, ${token}`;
  sigstore.fail(PATHS.fulcio, ...WAYS.map(() => ({ status: 403, body: { message } })));
  const by = await sealing(KEYLESS);
  const { ended, leaks, text } = await spoken(
    by,
    { ...env, SIGSTORE_ID_TOKEN: token },
    { secrets: tokenSecrets(token) },
  );
  expect(ended.map(({ code }) => code)).toEqual([4, 4, 4]);
  expect(text).toContain('the words of the authority');
  expect(leaks).toEqual([]);
});

test('the permission to request a token is not said where the CI refuses it and repeats it', async () => {
  const { env } = await onSigstore();
  const bearer = 'canary-of-a-request-token';
  const ci = await startAnswers((request, response) => {
    response.writeHead(403).end(JSON.stringify({ message: `the words of the CI: ${request.headers.authorization}` }));
  });
  onTestFinished(() => ci.stop());
  const by = await sealing(KEYLESS);
  const github = { GITHUB_ACTIONS: 'true', ACTIONS_ID_TOKEN_REQUEST_URL: `${ci.url}/token?x=1` };
  const { ended, leaks } = await spoken(
    by,
    { ...env, ...github, ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer },
    { secrets: formsOf(bearer) },
  );
  expect(ended.map(({ code }) => code)).toEqual([4, 4, 4]);
  expect(ci.requests.map(({ headers }) => headers.authorization)).toContain(`Bearer ${bearer}`);
  expect(leaks).toEqual([]);
});

test('a token that is none is not quoted', async () => {
  const { env } = await onSigstore();
  const by = await sealing(KEYLESS);
  const { ended, leaks } = await spoken(by, { ...env, SIGSTORE_ID_TOKEN: PASSPHRASE });
  expect(ended.map(({ code }) => code)).toEqual([4, 4, 4]);
  expect(leaks).toEqual([]);
});

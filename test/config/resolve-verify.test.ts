import { join } from 'node:path';
import { expect, test } from 'vitest';
import { resolveVerify, type VerifyOptions } from '../../src/config/resolve-verify.ts';
import { tree } from './tree.ts';

const CONFIG = 'version: 1\nartifacts: [{ path: deploy }]\nstores: { disk: "file:out" }\n';

async function verify(options: VerifyOptions, config?: string) {
  const cwd = await tree(config === undefined ? {} : { 'slipway.yaml': `${CONFIG}${config}\n` });
  const settings = await resolveVerify(options, { cwd, env: {} });
  const keys = (...names: readonly string[]) => ({
    signer: { kind: 'key', keys: names.map((shown) => ({ kind: 'file', shown, path: join(cwd, shown) })) },
  });
  return { settings, cwd, keys };
}

const WEB = 'oci://ghcr.io/acme/fleet/web:prod';

test('flags say whose signatures count, without any config', async () => {
  const { settings, keys } = await verify({ references: [WEB, WEB], key: ['a.pub', 'b.pub'] });
  expect(settings).toEqual({
    targets: [{ kind: 'published', reference: WEB, policy: keys('a.pub', 'b.pub') }],
    rebuild: false,
  });
});

test('flags replace the verify of config and channel', async () => {
  const flags = { certificateIdentity: 'ci@example.com', certificateOidcIssuer: 'https://token.example.com' };
  const config = 'verify: { key: a.pub }\nchannels: { prod: { verify: { key: b.pub } } }';
  const { settings } = await verify({ references: ['prod', WEB], ...flags }, config);
  expect(settings.targets.map(({ policy }) => policy.signer?.kind)).toEqual(['identity', 'identity']);
});

test('what shows a channel is judged by the verify of that channel', async () => {
  const references = [
    'prod',
    'staging',
    WEB,
    'oci://ghcr.io/acme/fleet/web:staging',
    `${WEB}@sha256:${'0'.repeat(64)}`,
    `oci://ghcr.io/acme/fleet/prod@sha256:${'0'.repeat(64)}`,
    'file:out/web:prod',
    's3://fleet/gitops/channels/prod/web/manifests.yaml',
    's3://fleet/gitops/versions/prod/web/manifests.yaml',
  ];
  const config = 'verify: { key: a.pub }\nchannels: { prod: { verify: { key: prod.pub } } }';
  const { settings, keys } = await verify({ references }, config);
  const [own, all] = [keys('prod.pub'), keys('a.pub')];
  expect(settings.targets).toEqual(
    [own, all, own, all, own, all, own, own, all].map((policy, index) => ({
      kind: index < 2 ? 'channel' : 'published',
      reference: references[index],
      policy,
    })),
  );
  expect(settings.config?.channels).toEqual({ prod: { verify: own } });
});

const DIGEST = `sha256:${'0'.repeat(64)}`;
const ENDPOINT = 'region=us-east-1&endpoint=http://127.0.0.1:9000';

test.each([
  ['oci://127.0.0.1:5000/fleet/web:prod', 'prod'],
  [`oci://127.0.0.1:5000/fleet/web:prod@${DIGEST}`, 'prod'],
  [`oci://registry.example:5000/fleet/web:prod@${DIGEST}?insecure=true&ca=keys:dev`, 'prod'],
  [`oci://127.0.0.1:5000/fleet/web@${DIGEST}`, undefined],
  ['oci://127.0.0.1:5000/fleet/web:1.4.0', undefined],
  [`s3://fleet/channels/prod/web/manifests.yaml?${ENDPOINT}`, 'prod'],
  [`s3://fleet/gitops/channels/prod/web/manifests.tgz?${ENDPOINT}/`, 'prod'],
  [`s3://fleet/gitops/channels/prod/web/manifests.yaml/?${ENDPOINT}/channels/dev/web/manifests.yaml`, 'prod'],
  ['s3://fleet/channels/prod/web/manifests.yaml?profile=a:dev', 'prod'],
  [`s3://fleet/channels/dev/channels/prod/web/manifests.yaml?${ENDPOINT}`, 'prod'],
  [`s3://fleet/gitops/versions/1.4.0/web/manifests.yaml?${ENDPOINT}`, undefined],
  ['file:out/web:prod', 'prod'],
  [`file:out/web:prod@${DIGEST}`, 'prod'],
  ['file:///srv/out/web:prod', 'prod'],
  ['file:out/channels/prod/web/manifests.yaml', 'prod'],
  ['file:out/channels/prod/web/manifests.tgz?layout=tarball', 'prod'],
  ['file:out/channels/prod/web/../web/manifests.yaml', 'prod'],
  ['file:out/versions/prod/web/manifests.yaml', undefined],
])('%s is judged by the verify of channel %s', async (reference, channel) => {
  const config =
    'verify: { key: a.pub }\nchannels: { prod: { verify: { key: prod.pub } }, dev: { verify: { key: dev.pub } } }';
  const { settings, keys } = await verify({ references: [reference] }, config);
  expect(settings.targets.map(({ policy }) => policy)).toEqual([keys(channel === undefined ? 'a.pub' : 'prod.pub')]);
});

test('without verify the public half of what signs counts', async () => {
  const { settings, cwd } = await verify({ references: [WEB] }, 'sign: { key: a.key }');
  const key = { kind: 'file', shown: 'a.key', path: join(cwd, 'a.key'), private: true };
  expect(settings.targets[0]?.policy).toEqual({ signer: { kind: 'key', keys: [key] } });
  const command = await verify({ references: [WEB] }, 'sign: { command: [kms-sign], publicKey: a.pub }');
  expect(command.settings.targets[0]?.policy).toEqual(command.keys('a.pub'));
});

test('a file has its bundle beside it', async () => {
  const options = { references: ['manifests.yaml'], bundle: 'a.sigstore.json', artifact: 'web', key: ['a.pub'] };
  const { settings, cwd, keys } = await verify(options);
  expect(settings).toEqual({
    targets: [{ kind: 'file', reference: 'manifests.yaml', policy: keys('a.pub') }],
    bundle: join(cwd, 'a.sigstore.json'),
    artifact: 'web',
    rebuild: false,
  });
});

const BROKEN = 'stores: { eu: env://NOPE }';
const LEFT_OUT = 'Cannot use config file "slipway.yaml": slipway.yaml:3:15: environment variable "NOPE" is not set';

async function besideBroken(options: VerifyOptions) {
  const cwd = await tree({ 'slipway.yaml': `version: 1\nartifacts: [{ path: deploy }]\n${BROKEN}\n` });
  return resolveVerify(options, { cwd, env: {} });
}

const IDENTITY = { certificateIdentityRegexp: 'ci@.*', certificateOidcIssuer: 'https://token.example.com' };

test.each<VerifyOptions>([
  { references: [WEB], key: ['a.pub'] },
  { references: [WEB, 'file:out/web:prod'], ...IDENTITY },
  { references: ['manifests.yaml'], bundle: 'a.sigstore.json', key: ['a.pub'] },
])('%j goes on without a config that cannot be used, and says so', async (options) => {
  const { targets, config, note } = await besideBroken(options);
  expect(targets.map(({ reference }) => reference)).toEqual(options.references);
  expect({ config, note }).toEqual({ config: undefined, note: `the config is left out: ${LEFT_OUT}` });
});

test.each<VerifyOptions>([
  { references: [WEB] },
  { references: ['manifests.yaml'], bundle: 'a.sigstore.json' },
  { references: [WEB], trustedRoot: 'root.json' },
  { references: [WEB, 'prod'], key: ['a.pub'] },
  { references: [WEB], key: ['a.pub'], rebuild: true },
  { references: [WEB], key: ['a.pub'], config: 'slipway.yaml' },
])('%j needs the config, and says what is wrong with it', async (options) => {
  await expect(besideBroken(options)).rejects.toMatchObject({
    code: 'CONFIG',
    message: expect.stringContaining(LEFT_OUT),
  });
});

const key = ['a.pub'];
const SAY = 'add --key FILE, or --certificate-identity and --certificate-oidc-issuer, or verify to slipway.yaml';

test.each([
  [{ references: [WEB] }, undefined, 'Cannot verify: nothing says whose signatures count', SAY],
  [{ references: [WEB] }, '', 'Cannot verify: nothing says whose signatures count', SAY],
  [{ references: [WEB] }, 'sign: { keyless: true }', 'Cannot verify: nothing says whose signatures count', SAY],
  [
    { references: [], key },
    undefined,
    'Cannot verify: nothing is named',
    'name what is published, such as oci://ghcr.io/acme/fleet:prod',
  ],
  [
    { references: ['prod'], key },
    undefined,
    'Cannot verify channel "prod": there is no "slipway.yaml" here that says where it is',
    'name one with --config, or write what is published in full: oci://HOST/REPOSITORY:TAG',
  ],
  [
    { references: ['out/manifests.yaml'], key },
    '',
    'Cannot verify "out/manifests.yaml": it is neither a reference nor the name of a channel',
    'write oci://HOST/REPOSITORY:TAG, s3://BUCKET/KEY, file:DIR:TAG or a channel; a file needs --bundle FILE',
  ],
  [
    { references: ['a', 'b'], bundle: 'c', key },
    undefined,
    'Cannot use --bundle for several files: it belongs to one',
    'verify them one by one',
  ],
  [
    { references: [WEB], bundle: 'c', key },
    undefined,
    'Cannot use --bundle with a reference: its proofs lie beside it',
    'leave --bundle out, or name a file',
  ],
  [
    { references: ['a'], bundle: 'c', rebuild: true, key },
    undefined,
    'Cannot use --rebuild with --bundle: a file is no release',
    'use one of them',
  ],
  [
    { references: [WEB], rebuild: true, key },
    undefined,
    'Cannot use --rebuild: there is no "slipway.yaml" here to build from',
    'name one with --config',
  ],
  [
    { references: [WEB], key, certificateIdentity: 'a' },
    undefined,
    'Cannot use --key with --certificate-identity: only one of them can count',
    'use one of them',
  ],
  [
    { references: [WEB], key: ['awskms:///alias/release'] },
    undefined,
    'Cannot use --key: scheme "awskms" is unknown here',
    'name a file or env://NAME; a key in a KMS or HSM signs through sign.command',
  ],
])('%j with config %j is refused as wrong usage', async (options, config, message, hint) => {
  await expect(verify(options, config)).rejects.toMatchObject({ code: 'USAGE', message, hint });
});

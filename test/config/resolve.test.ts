import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type PublishOptions, resolveBuild, resolvePublish } from '../../src/config/resolve.ts';
import { tree } from './tree.ts';

const CONFIG = [
  'version: 1',
  'project: fleet',
  'artifacts:',
  '  - { path: clusters/*, render: plain }',
  'stores:',
  '  eu: oci://registry.example/fleet/{artifact}',
  '  us: s3://fleet-us/gitops?region=us-east-1',
  '  disk: file:out',
  'channel: staging',
  'channels: { prod: { stores: [eu, us], quorum: 1 }, dev: { stores: [disk] } }',
].join('\n');

const FILES = { 'slipway.yaml': CONFIG, 'clusters/a/x.yaml': 'a: 1', 'clusters/b/x.yaml': 'b: 1' };

async function publish(options: PublishOptions, files: Readonly<Record<string, string>> = FILES) {
  const cwd = await tree(files);
  return { cwd, settings: await resolvePublish(options, { cwd, env: {} }) };
}

const names = (items: readonly { readonly name: string }[]) => items.map(({ name }) => name);

test('the config alone gives everything', async () => {
  const { cwd, settings } = await publish({});
  expect(settings).toMatchObject({
    project: 'fleet',
    channel: 'staging',
    listed: ['a', 'b'],
    primary: 'us',
    quorum: 3,
    allowed: [],
    adopt: false,
    dryRun: false,
    root: cwd,
  });
  expect(settings.version).toBeUndefined();
  expect(names(settings.artifacts)).toEqual(['a', 'b']);
  expect(names(settings.stores)).toEqual(['eu', 'us', 'disk']);
});

test('options win over the config', async () => {
  const { settings } = await publish({
    channel: 'prod',
    version: '1.2.3',
    artifact: ['b'],
    allow: ['dirty'],
    adopt: true,
    dryRun: true,
  });
  expect(settings).toMatchObject({
    channel: 'prod',
    version: '1.2.3',
    primary: 'us',
    quorum: 1,
    allowed: ['dirty'],
    adopt: true,
    dryRun: true,
  });
  expect(names(settings.artifacts)).toEqual(['b']);
  expect(settings.listed).toEqual(['a', 'b']);
  expect(names(settings.stores)).toEqual(['eu', 'us']);
});

test('another config file has its own folder for relative paths', async () => {
  const { cwd, settings } = await publish(
    { config: 'sub/other.yaml' },
    { 'sub/other.yaml': CONFIG, 'sub/clusters/a/x': '' },
  );
  expect(settings.root).toBe(join(cwd, 'sub'));
  expect(settings.artifacts).toMatchObject([{ root: join(cwd, 'sub/clusters/a') }]);
  expect(settings.stores[2]).toMatchObject({ root: join(cwd, 'sub/out') });
});

test('the primary is the configured one, else the first bucket or folder, else the first store', async () => {
  const primary = async (config: string, options: PublishOptions = {}) =>
    (await publish(options, { ...FILES, 'slipway.yaml': config })).settings.primary;
  expect(await primary(CONFIG)).toBe('us');
  expect(await primary(`${CONFIG}\nprimary: eu`)).toBe('eu');
  expect(await primary(`${CONFIG}\nprimary: eu`, { channel: 'dev' })).toBe('disk');
  expect(await primary(`${CONFIG}\nprimary: eu`, { primary: 'disk' })).toBe('disk');
  expect(await primary(CONFIG.replace('quorum: 1', 'primary: eu'), { channel: 'prod' })).toBe('eu');
  expect(await primary(CONFIG, { store: ['eu', 'us'] })).toBe('us');
});

test.each(['', '\nprimary: us'])(
  'the primary cannot be left out by --store, only replaced by --primary (%o)',
  async (more) => {
    const files = { ...FILES, 'slipway.yaml': `${CONFIG}${more}` };
    await expect(publish({ store: ['eu'] }, files)).rejects.toMatchObject({
      code: 'USAGE',
      hint: expect.stringContaining('--primary'),
    });
    expect((await publish({ store: ['eu'], primary: 'eu' }, files)).settings.primary).toBe('eu');
  },
);

test.each([
  [{ store: ['uss'] }, /--store "uss"/, 'did you mean "us"'],
  [{ channel: 'prod', store: ['disk'] }, /--store "disk"/, 'known are "eu", "us"'],
  [{ primary: 'd1sk' }, /--primary "d1sk"/, 'did you mean "disk"'],
  [{ artifact: ['c'] }, /artifact "c"/, 'known are "a", "b"'],
  [{ channel: '1.2.3' }, /channel "1\.2\.3"/, 'choose another --channel'],
  [{ version: '1.2' }, /version "1\.2"/, 'choose another --version'],
  [{ render: 'plain' }, /--render with a config/, 'set render in slipway.yaml'],
  [
    { path: 'clusters/a' },
    /path "clusters\/a"/,
    'add --to URL to publish "clusters/a" alone, or select with --artifact NAME',
  ],
  [{ path: 'clusters/a', config: 'slipway.yaml' }, /--config with a path/, 'use one of them'],
  [{ to: ['file:x'], store: ['eu'], path: '.' }, /--to with --store/, 'use one of them'],
] as const)('%j is refused as wrong usage', async (options, message, hint) => {
  await expect(publish(options)).rejects.toMatchObject({
    code: 'USAGE',
    message: expect.stringMatching(message),
    hint,
  });
});

test('nothing at all is answered with an example', async () => {
  await expect(publish({}, {})).rejects.toMatchObject({
    code: 'USAGE',
    hint: expect.stringContaining('slipway publish ./deploy --to oci://'),
  });
  await expect(publish({ to: ['file:x'] }, {})).rejects.toMatchObject({
    code: 'USAGE',
    hint: expect.stringContaining('--to'),
  });
  const cwd = await tree();
  await expect(resolveBuild({}, { cwd, env: {} })).rejects.toMatchObject({
    code: 'USAGE',
    hint: expect.stringContaining('slipway build ./deploy'),
  });
});

test('a config that is named but missing is a configuration error', async () => {
  await expect(publish({ config: 'no.yaml' })).rejects.toMatchObject({
    code: 'CONFIG',
    message: expect.stringContaining('there is no such file'),
  });
  await expect(publish({ config: 'clusters' })).rejects.toMatchObject({
    code: 'CONFIG',
    message: expect.stringContaining('cannot be opened'),
  });
});

test('without stores there is the embedded one', async () => {
  const { cwd, settings } = await publish(
    {},
    { 'slipway.yaml': 'version: 1\nartifacts: [{ path: a }]\n', 'a/x.yaml': '' },
  );
  expect(settings).toMatchObject({ channel: 'latest', primary: 'file:.slipway/store', quorum: 1, project: 'default' });
  expect(settings.stores).toEqual([
    { kind: 'oci-layout', name: 'file:.slipway/store', url: 'file:.slipway/store', root: join(cwd, '.slipway/store') },
  ]);
});

test('a version alone is a name: the channel is not moved then', async () => {
  const config = 'version: 1\nartifacts: [{ path: a }]\n';
  const { settings } = await publish({ version: 'v1.2.3' }, { 'slipway.yaml': config, 'a/x.yaml': '' });
  expect(settings.version).toBe('v1.2.3');
  expect(settings.channel).toBeUndefined();
});

test('several artifacts do not fit into one repository, and many files not into one object', async () => {
  const files = (store: string, render: string) => ({
    ...FILES,
    'slipway.yaml': `version: 1\nartifacts: [{ path: "clusters/*", render: ${render} }]\nstores: { eu: "${store}" }\n`,
  });
  await expect(publish({}, files('oci://reg.example/fleet', 'plain'))).rejects.toMatchObject({
    code: 'CONFIG',
    hint: expect.stringContaining('{artifact}'),
  });
  await expect(publish({ artifact: ['a'] }, files('oci://reg.example/fleet', 'plain'))).rejects.toMatchObject({
    code: 'CONFIG',
  });
  await expect(publish({}, files('s3://fleet?layout=object', 'source'))).rejects.toMatchObject({
    code: 'CONFIG',
    hint: expect.stringContaining('layout=tarball'),
  });
  await expect(publish({}, files('file:out?layout=object', 'source'))).rejects.toMatchObject({
    code: 'CONFIG',
    hint: expect.stringContaining('layout=tarball'),
  });
  expect((await publish({}, files('s3://fleet?layout=object', 'plain'))).settings.stores).toHaveLength(1);
  expect((await publish({}, files('s3://fleet', 'source'))).settings.stores).toHaveLength(1);
});

test('build takes the config or a path, never both', async () => {
  const cwd = await tree(FILES);
  const context = { cwd, env: {} };
  expect(names((await resolveBuild({}, context)).artifacts)).toEqual(['a', 'b']);
  expect(names((await resolveBuild({ artifact: ['a'] }, context)).artifacts)).toEqual(['a']);
  expect((await resolveBuild({ path: 'clusters/b', render: 'kustomize' }, context)).artifacts).toEqual([
    { name: 'b', root: join(cwd, 'clusters/b'), shown: 'clusters/b', render: { kind: 'kustomize' } },
  ]);
  await expect(resolveBuild({ path: 'a', config: 'slipway.yaml' }, context)).rejects.toMatchObject({ code: 'USAGE' });
  await expect(resolveBuild({ render: 'plain' }, context)).rejects.toMatchObject({ code: 'USAGE' });
});

import { join } from 'node:path';
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { splitTag } from '../../src/config/one-shot.ts';
import { type PublishOptions, resolvePublish } from '../../src/config/resolve.ts';
import { tree } from './tree.ts';

async function publish(options: PublishOptions) {
  const cwd = await tree({ 'deploy/web/cm.yaml': 'a: 1', 'Deploy/x.yaml': '' });
  return { cwd, settings: await resolvePublish({ path: 'deploy/web', ...options }, { cwd, env: {} }) };
}

test.each([
  ['oci://reg/app:prod', { url: 'oci://reg/app', tag: 'prod' }],
  ['oci://reg:5000/app', { url: 'oci://reg:5000/app' }],
  ['oci://reg:5000', { url: 'oci://reg:5000' }],
  ['oci://reg:5000/a/b:1.2.3?insecure', { url: 'oci://reg:5000/a/b?insecure', tag: '1.2.3' }],
  ['oci://[::1]:5000/app:prod', { url: 'oci://[::1]:5000/app', tag: 'prod' }],
  ['oci://reg/app:', { url: 'oci://reg/app', tag: '' }],
  ['s3://bucket/a:b', { url: 's3://bucket/a:b' }],
  ['file:C:/x', { url: 'file:C:/x' }],
])('%s is taken apart', (url, parts) => {
  expect(splitTag(url)).toEqual(parts);
});

test('a folder and a URL with a tag are enough', async () => {
  const { cwd, settings } = await publish({ to: ['oci://localhost:5000/team/app:prod'] });
  expect(settings).toEqual({
    project: 'default',
    channel: 'prod',
    artifacts: [{ name: 'app', root: join(cwd, 'deploy/web'), shown: 'deploy/web', render: { kind: 'source' } }],
    stores: [
      {
        kind: 'registry',
        name: 'oci://localhost:5000/team/app',
        url: 'oci://localhost:5000/team/app',
        host: 'localhost:5000',
        repository: 'team/app',
        insecure: true,
      },
    ],
    primary: 'oci://localhost:5000/team/app',
    quorum: 1,
    allowed: [],
    adopt: false,
    gates: [],
    dryRun: false,
    root: join(cwd, 'deploy/web'),
    check: { root: cwd, crds: [], rules: {}, commands: [], tenants: [] },
    seal: {},
  });
});

test.each([
  [{ to: ['oci://r/app'] }, { channel: 'latest' }],
  [{ to: ['oci://r/app'], channel: 'dev' }, { channel: 'dev' }],
  [{ to: ['oci://r/app:dev'], channel: 'dev' }, { channel: 'dev' }],
  [{ to: ['oci://r/app:1.2.3'] }, { version: '1.2.3' }],
  [{ to: ['oci://r/app:v1.2.3'] }, { version: 'v1.2.3' }],
  [
    { to: ['oci://r/app:1.2.3'], channel: 'prod' },
    { version: '1.2.3', channel: 'prod' },
  ],
  [
    { to: ['oci://r/app:prod'], version: '1.2.3' },
    { version: '1.2.3', channel: 'prod' },
  ],
  [{ to: ['oci://r/app:prod', 'oci://q/app:1.2.3', 's3://bucket'] }, { version: '1.2.3', channel: 'prod' }],
  [{ to: ['s3://bucket'] }, { channel: 'latest' }],
  [{}, { channel: 'latest' }],
] as const)('%j publishes under %j', async (options, names) => {
  const { channel, version } = (await publish(options)).settings;
  expect({ ...(channel && { channel }), ...(version && { version }) }).toEqual(names);
});

test.each([
  [{ to: ['oci://r/app'] }, 'app'],
  [{ to: ['oci://r/{artifact}'] }, 'web'],
  [{ to: ['oci://r/fleet/{artifact}:prod'] }, 'web'],
  [{ to: ['s3://bucket/gitops'] }, 'web'],
  [{ to: ['file:out?layout=object'], render: 'plain' }, 'web'],
  [{ to: ['s3://bucket', 'oci://r/x/app'] }, 'app'],
  [{ to: ['oci://r/app'], artifact: ['other'] }, 'other'],
  [{}, 'web'],
] as const)('%j names the artifact', async (options, name) => {
  expect((await publish(options)).settings.artifacts.map(({ name }) => name)).toEqual([name]);
});

test('a single file takes its folder as the place to look for Git', async () => {
  const { cwd, settings } = await publish({ path: 'deploy/web/cm.yaml', to: ['oci://r/app'] });
  expect(settings.root).toBe(join(cwd, 'deploy/web'));
});

test('the first bucket or folder orders releases', async () => {
  const { settings } = await publish({ to: ['oci://r/app:prod', 's3://bucket/x?region=eu', 'file:out'] });
  expect(settings).toMatchObject({ primary: 's3://bucket/x?region=eu', quorum: 3 });
});

test.each([
  [{ to: ['oci://r/app:prod'], channel: 'dev' }, 'USAGE', /two channels/],
  [{ to: ['oci://r/app:1.2.3'], version: '1.2.4' }, 'USAGE', /two versions/],
  [{ to: ['oci://r/app:prod', 'oci://q/app:dev'] }, 'USAGE', /several channels/],
  [{ to: ['oci://r/app:1.0.0', 'oci://q/app:1.0.1'] }, 'USAGE', /several versions/],
  [{ to: ['oci://r/app', 'oci://q/other'] }, 'USAGE', /several artifact names/],
  [{ to: ['oci://r/app:prod', 'oci://r/app:prod'] }, 'USAGE', /twice/],
  [{ to: ['oci://r/app:versions'] }, 'USAGE', /tag "versions"/],
  [{ to: ['oci://r/app:'] }, 'USAGE', /tag ""/],
  [{ to: ['oci://r/releases'] }, 'USAGE', /artifact "releases"/],
  [{ path: 'Deploy', to: ['s3://bucket'] }, 'USAGE', /artifact "Deploy"/],
  [{ to: ['oci://r/app'], artifact: ['a', 'b'] }, 'USAGE', /more than once/],
  [{ to: ['oci://r/app'], render: 'command' }, 'USAGE', /render with "command"/],
  [{ path: 'nowhere', to: ['oci://r/app'] }, 'SOURCE', /Cannot read "nowhere"/],
  [{ to: ['ftp://r/app'] }, 'CONFIG', /scheme "ftp"/],
  [{ to: [`oci://r/app@sha256:${'a'.repeat(64)}`] }, 'CONFIG', /no tag or digest/],
  [{ to: ['s3://bucket?layout=object'] }, 'CONFIG', /layout "object"/],
  [{ store: ['eu'] }, 'USAGE', /--store without a config/],
] as const)('%j is refused', async (options, code, message) => {
  await expect(publish(options)).rejects.toMatchObject({
    code,
    message: expect.stringMatching(message),
    hint: expect.any(String),
  });
});

test('a password in --to is never echoed', async () => {
  const error = await publish({ to: ['oci://bob:hunter2@r/app:prod'] }).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'CONFIG' });
  expect(inspect(error, { depth: 10 })).not.toContain('hunter2');
});

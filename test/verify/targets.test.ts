import { describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config/read.ts';
import { targetOf } from '../../src/verify/targets.ts';
import { tree } from '../config/tree.ts';

const CONFIG = (url: string, artifacts = 'clusters/*'): string =>
  `version: 1\nartifacts: [{ path: ${artifacts} }]\nstores: { eu: "${url}" }\n`;

async function configOf(text: string): Promise<ReturnType<typeof readConfig>> {
  const dir = await tree({ 'clusters/north/a.yaml': 'a: 1\n', 'clusters/south/a.yaml': 'a: 1\n' });
  return readConfig(text, 'slipway.yaml', { dir, env: {} });
}

const published = (reference: string) => ({
  kind: 'published' as const,
  reference,
  policy: {},
});

describe('the artifact of a repository', () => {
  test.each([
    ['its last segment', 'oci://other.example/fleet/{artifact}', 'oci://example.com/fleet/web:prod', 'web'],
    [
      'what stands for {artifact} in a store',
      'oci://example.com/fleet/app-{artifact}',
      'oci://example.com/fleet/app-web:prod',
      'web',
    ],
    ['not what spans segments', 'oci://example.com/{artifact}', 'oci://example.com/fleet/web:prod', 'web'],
    [
      'the last segment, where several artifacts could be there',
      'oci://example.com/fleet',
      'oci://example.com/fleet:prod',
      'fleet',
    ],
  ])('is %s', async (_, url, reference, artifact) => {
    const config = await configOf(CONFIG(url));
    expect(await targetOf(published(reference), { cwd: '/repo', config })).toMatchObject({ kind: 'tag', artifact });
  });

  test('is the only one of the config, where the store has one repository', async () => {
    const config = await configOf(CONFIG('oci://example.com/fleet', 'clusters/south'));
    const target = await targetOf(published('oci://example.com/fleet:prod'), { cwd: '/repo', config });
    expect(target).toMatchObject({ artifact: 'south' });
  });

  test('is what the user says', async () => {
    const config = await configOf(CONFIG('oci://example.com/fleet/{artifact}'));
    const context = { cwd: '/repo', config, artifact: 'payments' };
    expect(await targetOf(published('oci://example.com/fleet/web:prod'), context)).toMatchObject({
      artifact: 'payments',
    });
  });

  test('is the folder of an image layout', async () => {
    expect(await targetOf(published('file:store/web:prod'), { cwd: '/repo' })).toMatchObject({
      kind: 'tag',
      artifact: 'web',
      store: { root: '/repo/store' },
    });
  });
});

test.each([
  [
    's3://fleet/channels/prod/web/manifests.yaml',
    { store: { prefix: '', layout: 'object' }, space: { channel: 'prod' } },
  ],
  [
    's3://fleet/a/channels/x/channels/prod/web/manifests.tgz',
    { store: { prefix: 'a/channels/x/', layout: 'tarball' } },
  ],
  ['s3://fleet/a/channels/prod/web/root.yaml', { store: { prefix: 'a/', layout: 'tree' }, space: { channel: 'prod' } }],
  ['s3://fleet/a/versions/1.4.0/web/manifests.yaml', { store: { prefix: 'a/' }, space: { version: '1.4.0' } }],
  ['file:dir/channels/prod/web/manifests.tgz', { store: { root: '/repo/dir', layout: 'tarball' }, place: 'web' }],
])('%s is a name in a bucket', async (reference, target) => {
  expect(await targetOf(published(reference), { cwd: '/repo' })).toMatchObject({
    kind: 'object',
    artifact: 'web',
    ...target,
  });
});

test.each([
  's3://fleet/channels/prod/web/other.yaml',
  's3://fleet/channels/prod/manifests.yaml',
  'file:dir/manifests.yaml',
])('%s is none', async (reference) => {
  await expect(targetOf(published(reference), { cwd: '/repo' })).rejects.toMatchObject({
    code: 'USAGE',
    message: `Cannot verify "${reference}": it is not a name that slipway publishes`,
  });
});

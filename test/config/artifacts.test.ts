import { join } from 'node:path';
import { expect, test } from 'vitest';
import { expandArtifacts, selectArtifacts } from '../../src/config/artifacts.ts';
import type { ArtifactRule } from '../../src/config/read.ts';
import { tree } from './tree.ts';

const rule = (path: string, name = '{dir}'): ArtifactRule => ({
  path,
  name,
  render: () => ({ kind: 'source' }),
  place: 'slipway.yaml:3:5',
});

test('globs expand in byte order, in the order of the config', async () => {
  const dir = await tree({ 'clusters/us/': '', 'clusters/eu/': '', 'apps/web/': '' });
  const artifacts = await expandArtifacts([rule('clusters/*'), rule('apps/web/', 'the-{parent}')], dir);
  expect(artifacts).toEqual([
    { name: 'eu', root: join(dir, 'clusters/eu'), shown: 'clusters/eu', render: { kind: 'source' } },
    { name: 'us', root: join(dir, 'clusters/us'), shown: 'clusters/us', render: { kind: 'source' } },
    { name: 'the-apps', root: join(dir, 'apps/web'), shown: 'apps/web', render: { kind: 'source' } },
  ]);
});

test('a single file is an artifact too', async () => {
  const dir = await tree({ 'all.yaml': 'a: 1' });
  expect(await expandArtifacts([rule('all.yaml', 'all')], dir)).toMatchObject([
    { name: 'all', root: join(dir, 'all.yaml') },
  ]);
});

test('a missing path and a glob without match say where they looked', async () => {
  const dir = await tree();
  await expect(expandArtifacts([rule('deploy')], dir)).rejects.toMatchObject({
    code: 'SOURCE',
    message: 'slipway.yaml:3:5: Cannot read "deploy": there is no such file or folder',
    hint: expect.stringContaining(join(dir, 'deploy')),
  });
  await expect(expandArtifacts([rule('clusters/*')], dir)).rejects.toMatchObject({
    code: 'SOURCE',
    message: 'slipway.yaml:3:5: Cannot find artifacts: no folder matches "clusters/*"',
    hint: expect.stringContaining(dir),
  });
  await expect(expandArtifacts([rule('clusters/{a,b}*')], dir)).rejects.toMatchObject({
    hint: expect.stringContaining('braces'),
  });
});

test('two artifacts with one name are refused with both paths', async () => {
  const dir = await tree({ 'eu/prod/': '', 'us/prod/': '' });
  await expect(expandArtifacts([rule('*/prod')], dir)).rejects.toMatchObject({
    code: 'CONFIG',
    message: 'slipway.yaml:3:5: Cannot name two artifacts "prod": "eu/prod" and "us/prod"',
    hint: expect.stringContaining('{parent}'),
  });
  expect(await expandArtifacts([rule('*/prod', '{parent}-{dir}')], dir)).toHaveLength(2);
});

test('a path whose name is not a name is refused with the path and the template', async () => {
  const dir = await tree({ 'clusters/EU_West/': '', 'clusters/releases/': '' });
  await expect(expandArtifacts([rule('clusters/E*')], dir)).rejects.toMatchObject({
    code: 'CONFIG',
    message: expect.stringMatching(/Cannot name artifact "clusters\/EU_West" as "EU_West": use lower-case/),
    hint: expect.stringContaining('{dir}'),
  });
  await expect(expandArtifacts([rule('clusters/r*')], dir)).rejects.toMatchObject({
    code: 'CONFIG',
    message: expect.stringContaining('keeps its records'),
  });
});

test('names select artifacts, and an unknown name gets a suggestion', () => {
  const artifacts = ['eu', 'us', 'lab'].map((name) => ({
    name,
    root: `/${name}`,
    shown: name,
    render: { kind: 'source' } as const,
  }));
  expect(selectArtifacts(artifacts, [])).toEqual(artifacts);
  expect(selectArtifacts(artifacts, ['lab', 'eu']).map(({ name }) => name)).toEqual(['eu', 'lab']);
  expect(() => selectArtifacts(artifacts, ['lap'])).toThrow(
    expect.objectContaining({ code: 'USAGE', hint: 'did you mean "lab"' }),
  );
});

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Receipt } from '../../src/model.ts';
import type { SourceTree } from '../flow/source-tree.ts';
import { closing } from './closing.ts';
import { clusterFolder, configMap, hardTree } from './fixture.ts';
import { filesIn, sha256, untar } from './folder.ts';
import { type Ended, run } from './peer.ts';
import { type RunningRegistry, startGoRegistry, toolPath } from './servers.ts';
import { publish, slipway } from './slipway.ts';

describe('image layouts on disk', () => {
  let opened: { readonly tree: SourceTree; readonly receipt: Receipt; readonly registry: RunningRegistry } | undefined;
  const scene = (): NonNullable<typeof opened> => {
    if (opened === undefined) throw new Error('nothing was published');
    return opened;
  };
  const atEnd = closing();
  beforeAll(async () => {
    const tree = await hardTree('version: 1\nchannel: live\nartifacts:\n  - path: clusters/*\n    render: source\n');
    atEnd(tree.remove);
    const registry = await startGoRegistry();
    atEnd(registry.stop);
    opened = { tree, registry, receipt: await publish(['--version', '1.0.0'], { cwd: tree.dir }) };
  });
  const layout = (name: string): string => join(scene().tree.dir, '.slipway/store', name);
  const inTree = (tool: 'crane' | 'regctl', ...args: readonly string[]): Promise<Ended> =>
    run(toolPath(tool), args, { cwd: scene().tree.dir });

  test('are read by regctl: tags, manifests and content', async () => {
    for (const { name, manifest, digest, stores } of scene().receipt.artifacts) {
      const tags = (await inTree('regctl', 'tag', 'ls', `ocidir://${layout(name)}`)).stdout.trim().split('\n').sort();
      expect(tags).toEqual(['1.0.0', `content-${manifest.slice(7, 23)}`, 'live']);
      for (const tag of tags) {
        const raw = await inTree(
          'regctl',
          'manifest',
          'get',
          '--format',
          'raw-body',
          `ocidir://${layout(name)}:${tag}`,
        );
        expect(`sha256:${sha256(raw.bytes)}`).toBe(manifest);
      }
      const content = await inTree('regctl', 'artifact', 'get', `ocidir://${layout(name)}:live`);
      expect(`sha256:${sha256(content.bytes)}`).toBe(digest);
      expect(Object.values(stores)).toMatchObject([{ fluxRevision: `live@${manifest}`, state: 'current' }]);
    }
  });

  test('are copied to a registry by regctl with every digest unchanged, and unpack to the same files', async () => {
    const { registry, tree, receipt } = scene();
    const host = ['--host', `reg=${registry.host},tls=disabled`];
    for (const { name, manifest } of receipt.artifacts) {
      const copy = `${registry.host}/copied/${name}:live`;
      await inTree('regctl', ...host, 'image', 'copy', `ocidir://${layout(name)}:live`, copy);
      expect((await inTree('crane', 'digest', copy)).stdout.trim()).toBe(manifest);
      expect((await inTree('crane', 'validate', '--remote', copy)).stdout).toContain('PASS');
      const content = await inTree('regctl', ...host, 'artifact', 'get', copy);
      await writeFile(join(tree.dir, '.slipway', `${name}.tgz`), content.bytes);
      const unpacked = await untar(`${name}.tgz`, join(tree.dir, '.slipway'), `unpacked-${name}`);
      expect(await filesIn(unpacked)).toEqual(await filesIn(clusterFolder(tree, name)));
    }
  });

  test('are pushed by crane as what index.json says, which names every manifest once', async () => {
    const { registry, receipt } = scene();
    for (const { name, manifest } of receipt.artifacts) {
      const pushed = `${registry.host}/pushed/${name}:all`;
      await inTree('crane', 'push', '--index', layout(name), pushed);
      const index = JSON.parse((await inTree('crane', 'manifest', pushed)).stdout);
      expect(index).toEqual(JSON.parse(await readFile(join(layout(name), 'index.json'), 'utf8')));
      const tags = index.manifests.map((entry: { readonly annotations: Record<string, string> }) =>
        [entry.annotations['org.opencontainers.image.ref.name']].join(''),
      );
      expect(tags.sort()).toEqual(['1.0.0', `content-${manifest.slice(7, 23)}`, 'live']);
      expect(new Set(index.manifests.map((entry: { readonly digest: string }) => entry.digest))).toEqual(
        new Set([manifest]),
      );
      const validated = await inTree('crane', 'validate', '--remote', `${registry.host}/pushed/${name}@${manifest}`);
      expect(validated.stdout).toContain('PASS');
    }
  });

  test('written by regctl are pulled by slipway', async () => {
    const { registry, tree } = scene();
    const host = ['--host', `reg=${registry.host},tls=disabled`];
    const from = `${registry.host}/copied/us:live`;
    await inTree('regctl', ...host, 'image', 'copy', `ocidir://${layout('us')}:live`, from);
    await inTree('regctl', ...host, 'image', 'copy', from, `ocidir://${tree.dir}/.slipway/foreign:v7`);
    const pulled = await slipway(['pull', 'file:.slipway/foreign:v7', '-o', '.slipway/pulled'], { cwd: tree.dir });
    expect(pulled.code, pulled.stderr).toBe(0);
    expect(await readFile(join(tree.dir, '.slipway/pulled/app.yaml'), 'utf8')).toBe(configMap('app', 'howdy'));
  });
});

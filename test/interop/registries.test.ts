import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ArtifactReceipt, Receipt } from '../../src/model.ts';
import { basicCredential } from '../../src/wire/credentials.ts';
import { openRegistry } from '../../src/wire/registry.ts';
import { type OpenRepositories, repositoriesContract } from '../contract/repositories.ts';
import type { SourceTree } from '../flow/source-tree.ts';
import { closing } from './closing.ts';
import { clusterFolder, configMap, hardTree } from './fixture.ts';
import { type Folder, filesIn, folder, sha256, untar } from './folder.ts';
import { type Ended, run } from './peer.ts';
import { type RunningRegistry, startDistribution, startDockerRegistry, startGoRegistry, toolPath } from './servers.ts';
import { publish, slipway } from './slipway.ts';

const REGISTRIES: readonly (readonly [string, () => Promise<RunningRegistry>])[] = [
  ["go-containerregistry's registry", startGoRegistry],
  ['distribution 3', startDistribution],
  ['distribution 3 with a password', () => startDistribution({ auth: true })],
  ["Debian's docker-registry 2.8", startDockerRegistry],
  ["Debian's docker-registry 2.8 with a password", () => startDockerRegistry({ auth: true })],
];

for (const [name, start] of REGISTRIES) {
  const open = async (): Promise<OpenRepositories> => {
    const { host, credentials, stop } = await start();
    const credential = credentials && basicCredential(credentials.username, credentials.password);
    const meter = { reads: 0, writes: 0 };
    const repositories = openRegistry({ host, insecure: true, credentials: async () => credential, meter });
    return { repositories, close: stop };
  };
  // The last one keeps the tags of a deleted manifest, and one set of blobs for all repositories.
  repositoriesContract(name, open, { deletes: !name.startsWith('go-containerregistry') });
}

/** A registry with what one publish of two artifacts left in it. */
interface Scene {
  readonly registry: RunningRegistry;
  readonly tree: SourceTree;
  /** Scratch; it also holds the Docker config that everybody logs in with. */
  readonly scratch: Folder;
  readonly env: Readonly<Record<string, string>>;
  readonly receipt: Receipt;
}

async function logIn({ host, credentials }: RunningRegistry, home: string): Promise<Record<string, string>> {
  const password = credentials && Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64');
  const auths = password === undefined ? {} : { [host]: { auth: password } };
  await writeFile(join(home, 'config.json'), JSON.stringify({ auths }));
  return { DOCKER_CONFIG: home };
}

async function openScene(
  start: () => Promise<RunningRegistry>,
  atEnd: (close: () => Promise<unknown>) => void,
): Promise<Scene> {
  const registry = await start();
  atEnd(registry.stop);
  const scratch = await folder();
  atEnd(scratch.remove);
  const env = await logIn(registry, scratch.path);
  const tree = await hardTree(
    `version: 1\nchannel: staging\nartifacts:\n  - path: clusters/*\n    render: source\n` +
      `stores:\n  registry: oci://${registry.host}/fleet/{artifact}\n  disk: file:.slipway/store\n`,
  );
  atEnd(tree.remove);
  const receipt = await publish([], { cwd: tree.dir, env });
  return { registry, tree, scratch, env, receipt };
}

function artifactOf({ artifacts }: Receipt, name: string): ArtifactReceipt {
  const found = artifacts.find((artifact) => artifact.name === name);
  if (found === undefined) throw new Error(`the receipt has no artifact "${name}"`);
  return found;
}

describe.each(REGISTRIES)('what a publish left in %s', (_name, start) => {
  let opened: Scene | undefined;
  const scene = (): Scene => {
    if (opened === undefined) throw new Error('the registry did not open');
    return opened;
  };
  const atEnd = closing();
  beforeAll(async () => {
    opened = await openScene(start, atEnd);
  });
  const tool = (name: 'crane' | 'regctl', ...args: readonly string[]): Promise<Ended> =>
    run(toolPath(name), args, { cwd: scene().scratch.path, env: scene().env });
  const crane = (...args: readonly string[]): Promise<Ended> => tool('crane', ...args);
  const regctl = (...args: readonly string[]): Promise<Ended> =>
    tool('regctl', '--host', `reg=${scene().registry.host},tls=disabled`, ...args);
  const at = (name: string, end: string): string => `${scene().registry.host}/fleet/${name}${end}`;
  const digestNow = async (name: string): Promise<string> =>
    (await crane('digest', at(name, ':staging'))).stdout.trim();

  test('is well-formed for crane, with the digests of the receipt', async () => {
    expect(scene().receipt).toMatchObject({ outcome: 'published', generation: 1, findings: [] });
    for (const { name, manifest, digest, stores } of scene().receipt.artifacts) {
      expect((await crane('validate', '--remote', at(name, ':staging'))).stdout).toContain('PASS');
      expect(await digestNow(name)).toBe(manifest);
      expect(stores.registry?.fluxRevision).toBe(`staging@${await digestNow(name)}`);
      expect(stores.registry?.reference).toBe(`oci://${at(name, `:staging@${manifest}`)}`);
      expect(JSON.parse((await crane('manifest', at(name, ':staging'))).stdout)).toMatchObject({
        config: { mediaType: 'application/vnd.cncf.flux.config.v1+json' },
        layers: [{ mediaType: 'application/vnd.cncf.flux.content.v1.tar+gzip', digest }],
      });
    }
  });

  test('is byte for byte the same manifest for crane, regctl and in the layout on disk', async () => {
    for (const { name, manifest } of scene().receipt.artifacts) {
      const blob = join(scene().tree.dir, '.slipway/store', name, 'blobs/sha256', manifest.slice('sha256:'.length));
      const wanted = await readFile(blob);
      expect(`sha256:${sha256(wanted)}`).toBe(manifest);
      const contentTag = `:content-${manifest.slice('sha256:'.length).slice(0, 16)}`;
      for (const end of [':staging', contentTag, `@${manifest}`]) {
        expect((await crane('manifest', at(name, end))).bytes.equals(wanted)).toBe(true);
        const raw = await regctl('manifest', 'get', '--format', 'raw-body', at(name, end));
        expect(raw.bytes.equals(wanted)).toBe(true);
      }
    }
  });

  test('has exactly the tags that are documented', async () => {
    const tags = async (name: string): Promise<string[]> =>
      (await crane('ls', at(name, ''))).stdout.trim().split('\n').sort();
    const { artifacts, record } = scene().receipt;
    for (const { name, manifest } of artifacts) {
      expect(await tags(name)).toEqual([`content-${manifest.slice(7, 23)}`, 'staging']);
    }
    expect(await tags('releases')).toEqual([`slipway.default.staging.000000001.${record?.slice(0, 8)}`]);
    const written = await regctl(
      'artifact',
      'get',
      at('releases', `:slipway.default.staging.000000001.${record?.slice(0, 8)}`),
    );
    expect(JSON.parse(written.stdout)).toMatchObject({ run: record, generation: 1, channel: 'staging' });
  });

  test('unpacks with GNU tar to the same files, whoever downloads it', async () => {
    const { path } = scene().scratch;
    const { digest, manifest } = artifactOf(scene().receipt, 'eu');
    const byRegctl = await regctl('artifact', 'get', at('eu', ':staging'));
    const byCrane = await crane('blob', at('eu', `@${digest}`));
    expect(`sha256:${sha256(byRegctl.bytes)}`).toBe(digest);
    expect(byCrane.bytes.equals(byRegctl.bytes)).toBe(true);
    await writeFile(join(path, 'eu.tgz'), byCrane.bytes);
    const wanted = await filesIn(clusterFolder(scene().tree, 'eu'));
    expect(Object.keys(wanted)).toHaveLength(13);
    expect(await filesIn(await untar('eu.tgz', path, 'by-tar'))).toEqual(wanted);
    const pulled = await slipway(['pull', `oci://${at('eu', `:staging@${manifest}`)}`, '-o', join(path, 'pulled')], {
      cwd: path,
      env: scene().env,
    });
    expect(pulled.code, pulled.stderr).toBe(0);
    expect(await filesIn(join(path, 'pulled'))).toEqual(wanted);
  });

  test('moves the one tag whose content changed, and nothing for an unrelated commit', async () => {
    const { tree, env, receipt: first } = scene();
    await tree.commit({ 'clusters/us/app.yaml': configMap('app', 'changed') });
    const second = await publish([], { cwd: tree.dir, env });
    const changed = second.artifacts.filter((artifact) => artifact.changed).map(({ name }) => name);
    expect([second.outcome, second.generation, changed]).toEqual(['published', 2, ['us']]);
    expect(await digestNow('eu')).toBe(artifactOf(first, 'eu').manifest);
    expect(await digestNow('us')).toBe(artifactOf(second, 'us').manifest);
    expect(await digestNow('us')).not.toBe(artifactOf(first, 'us').manifest);
    await tree.commit({ 'README.md': 'unrelated\n' });
    const third = await publish([], { cwd: tree.dir, env });
    expect([third.outcome, third.generation]).toEqual(['unchanged', 3]);
    expect(await digestNow('us')).toBe(artifactOf(second, 'us').manifest);
    // What the tag no longer shows stays readable by its own tag.
    const old = artifactOf(first, 'us').manifest;
    expect((await crane('digest', at('us', `:content-${old.slice(7, 23)}`))).stdout.trim()).toBe(old);
  });

  test('claims a version that crane finds under its tag', async () => {
    const { tree, env } = scene();
    const receipt = await publish(['--version', '1.4.0'], { cwd: tree.dir, env });
    for (const { name, manifest } of receipt.artifacts) {
      expect((await crane('digest', at(name, ':1.4.0'))).stdout.trim()).toBe(manifest);
    }
  });
});

describe('artifacts of other tools', () => {
  test('are pulled: an image of crane append, a Flux artifact of regctl', async () => {
    await using scratch = await folder();
    const registry = await startGoRegistry();
    try {
      const cwd = scratch.path;
      await mkdir(join(cwd, 'app'));
      await writeFile(join(cwd, 'app', 'app.yaml'), configMap('app'));
      await run('tar', ['-czf', 'app.tgz', '-C', 'app', '.'], { cwd });
      const wanted = await filesIn(join(cwd, 'app'));
      const appended = `${registry.host}/other/appended:v1`;
      await run(toolPath('crane'), ['append', '-f', 'app.tgz', '-t', appended], { cwd });
      const put = `${registry.host}/other/put:v1`;
      const types = ['application/vnd.cncf.flux.config.v1+json', 'application/vnd.cncf.flux.content.v1.tar+gzip'];
      await writeFile(join(cwd, 'config.json'), '{}');
      await run(
        toolPath('regctl'),
        ['--host', `reg=${registry.host},tls=disabled`, 'artifact', 'put', '--config-type', types[0] ?? ''].concat([
          '--config-file',
          'config.json',
          '--file',
          'app.tgz',
          '--file-media-type',
          types[1] ?? '',
          put,
        ]),
        { cwd },
      );
      for (const [index, reference] of [appended, put].entries()) {
        const pulled = await slipway(['pull', `oci://${reference}`, '-o', `pulled-${index}`], { cwd });
        expect(pulled.code, pulled.stderr).toBe(0);
        expect(await filesIn(join(cwd, `pulled-${index}`))).toEqual(wanted);
      }
    } finally {
      await registry.stop();
    }
  });
});

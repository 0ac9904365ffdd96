/** What keeps `slipway prune` from deleting is told before anything is deleted anywhere. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { type Bundle, bundle, type Ended, start } from '../cli/bundle.ts';
import { type SourceTree, sourceTree } from '../flow/source-tree.ts';
import { closing } from './closing.ts';
import { configMap } from './fixture.ts';
import { filesIn } from './folder.ts';
import { run } from './peer.ts';
import { environmentOf, makeBucket, objectsOf } from './s3-servers.ts';
import { launch } from './server-process.ts';
import { freePort, type RunningMinio, startMinio, toolPath } from './servers.ts';

const atEnd = closing();
let tree: SourceTree;
let built: Bundle;
let minio: RunningMinio;

beforeAll(async () => {
  [tree, built, minio] = await Promise.all([sourceTree(), bundle(), startMinio()]);
  for (const close of [tree.remove, built.remove, minio.stop]) atEnd(close);
  await tree.write({ '.gitignore': 'out\n*.yaml\n!apps/**\n' });
});

type Environment = Readonly<Record<string, string>>;

const slipway = (args: readonly string[], env: Environment = {}): Promise<Ended> =>
  start(join(built.root, 'dist/cli.js'), args, { cwd: tree.dir, env }).ended;

/** Three releases in these stores, of which one is kept. Answers how `prune --yes` ends with the stores `later`. */
async function pruned(
  stores: Environment,
  {
    env = {},
    later = stores,
    as = env,
  }: { readonly env?: Environment; readonly later?: Environment; readonly as?: Environment },
): Promise<{ readonly before: () => Promise<unknown>; readonly prune: () => Promise<Ended> }> {
  const configOf = (all: Environment): string =>
    JSON.stringify({
      version: 1,
      channel: 'prod',
      artifacts: [{ path: 'apps/*', render: 'plain' }],
      stores: all,
      primary: Object.keys(stores)[0],
    });
  await writeFile(join(tree.dir, 'slipway.yaml'), configOf(stores));
  for (const value of ['one', 'two', 'three']) {
    await tree.commit({ 'apps/web/app.yaml': configMap('web', value) });
    const { code, stderr } = await slipway(['publish', '--quiet'], env);
    expect([code, stderr]).toEqual([0, '']);
  }
  await writeFile(join(tree.dir, 'slipway.yaml'), configOf(later));
  return {
    before: () => filesIn(join(tree.dir, 'out')),
    prune: () => slipway(['prune', '--quiet', '--keep', '1', '--min-age', '0m', '--yes'], as),
  };
}

test('a registry that does not delete', async () => {
  const off = await launch({
    tool: 'distribution',
    prepare: (folder) =>
      writeFile(
        join(folder, 'config.yml'),
        JSON.stringify({
          version: 0.1,
          log: { level: 'info', accesslog: { disabled: true } },
          storage: { inmemory: {}, delete: { enabled: false } },
          http: { addr: '127.0.0.1:0', secret: 'loopback-only' },
        }),
      ),
    args: (folder) => ['serve', join(folder, 'config.yml')],
    env: { OTEL_TRACES_EXPORTER: 'none' },
  });
  atEnd(off.stop);
  const host = await off.waitFor(() => /listening on (127\.0\.0\.1:\d+)/.exec(off.output())?.[1]);
  const stores = { folder: 'file:out/one?layout=object', hub: `oci://${host}/fleet/{artifact}` };
  const { before, prune } = await pruned(stores, {});
  const files = await before();
  const { code, stderr } = await prune();
  expect([code, stderr]).toEqual([
    4,
    expect.stringContaining('error[DENIED]: Store "hub": Cannot delete manifest "sha256:0'),
  ]);
  expect(await before()).toEqual(files);
});

test('a store that does not answer', async () => {
  const port = await freePort();
  const stores = { folder: 'file:out/two?layout=object' };
  const { before, prune } = await pruned(stores, {
    later: { ...stores, gone: `oci://127.0.0.1:${port}/fleet/{artifact}` },
  });
  const files = await before();
  const { code, stderr } = await prune();
  expect([code, stderr]).toEqual([4, expect.stringMatching(/^error\[NETWORK\]: Store "gone": /)]);
  expect(await before()).toEqual(files);
});

/** Credentials that may do no more than this. */
async function limitedTo(actions: readonly string[]): Promise<Environment> {
  const { stdout } = await run(
    toolPath('aws'),
    [
      ...['sts', 'assume-role', '--role-arn', 'arn:aws:iam::123456789012:role/reader', '--role-session-name', 'reader'],
      '--policy',
      JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: actions, Resource: ['arn:aws:s3:::*'] }],
      }),
      ...['--output', 'json'],
    ],
    { cwd: tree.dir, env: { ...environmentOf(minio), AWS_DEFAULT_REGION: minio.region } },
  );
  const { Credentials } = JSON.parse(stdout);
  return {
    ...environmentOf(minio),
    AWS_ACCESS_KEY_ID: Credentials.AccessKeyId,
    AWS_SECRET_ACCESS_KEY: Credentials.SecretAccessKey,
    AWS_SESSION_TOKEN: Credentials.SessionToken,
  };
}

const READS = ['s3:ListBucket', 's3:GetObject', 's3:GetBucketLocation'];

test.each([
  { name: 'reads', rights: READS },
  { name: 'writes and does not delete', rights: [...READS, 's3:PutObject'] },
])('a bucket for which the credential only $name', async ({ rights }) => {
  const bucket = `rights-${rights.length}`;
  await makeBucket(minio, bucket);
  const stores = { folder: `file:out/${bucket}?layout=object`, us: `s3://${bucket}/gitops?layout=object` };
  const { before, prune } = await pruned(stores, { env: environmentOf(minio), as: await limitedTo(rights) });
  const keys = async (): Promise<readonly string[]> =>
    (await objectsOf(minio, bucket).list('')).objects.map(({ key }) => key);
  const there = [await before(), await keys()];
  const { code, stderr } = await prune();
  expect([code, stderr]).toEqual([4, expect.stringMatching(/^error\[DENIED\]: Store "us": /)]);
  expect([await before(), await keys()]).toEqual(there);
});

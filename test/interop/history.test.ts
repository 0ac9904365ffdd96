/** Thirty generations on distribution and two buckets of MinIO: one store lags, one was pruned. */
import { beforeAll, expect, test } from 'vitest';
import type { Receipt, ReleaseLog, Status, Whois } from '../../src/model.ts';
import { slipway } from '../flow/fleet.ts';
import { type SourceTree, sourceTree } from '../flow/source-tree.ts';
import { closing } from './closing.ts';
import { configMap } from './fixture.ts';
import { environmentOf, makeBucket, objectsOf } from './s3-servers.ts';
import { type RunningMinio, startDistribution, startMinio } from './servers.ts';

const GENERATIONS = 30;
/** The last generation that `lab` got. */
const LAB = 26;
/** What `eu` keeps. */
const KEEP = 5;
const ARTIFACTS = ['db', 'web'];

const atEnd = closing();
let tree: SourceTree;
let minio: RunningMinio;
let env: Readonly<Record<string, string>>;
/** By generation, counted from 1: contents by artifact, and the commit. */
const model: { readonly contents: Readonly<Record<string, string>>; readonly commit: string }[] = [];

async function run<T>(argv: readonly string[]): Promise<T> {
  const ended = await slipway([...argv, '--quiet', '--output', 'json'], { cwd: tree.dir, env });
  expect([argv, ended.code, ended.stderr]).toEqual([argv, 0, '']);
  return JSON.parse(ended.stdout) as T;
}

beforeAll(async () => {
  tree = await sourceTree();
  atEnd(tree.remove);
  minio = await startMinio();
  atEnd(minio.stop);
  const distribution = await startDistribution();
  atEnd(distribution.stop);
  for (const bucket of ['fleet-us', 'fleet-lab']) await makeBucket(minio, bucket);
  env = environmentOf(minio);
  const eu = `oci://${distribution.host}/fleet/{artifact}`;
  const common = { version: 1, channel: 'prod', artifacts: [{ path: 'apps/*', render: 'plain' }], quorum: 1 };
  const stores = { eu, us: 's3://fleet-us/gitops', lab: 's3://fleet-lab/gitops?layout=tarball' };
  await tree.write({
    'slipway.yaml': JSON.stringify({ ...common, stores, primary: 'us' }),
    'eu.yaml': JSON.stringify({ ...common, stores: { eu } }),
  });
  for (let generation = 1; generation <= GENERATIONS; generation += 1) {
    const name = ARTIFACTS[generation % 2] ?? '';
    const changed = generation === 1 ? ARTIFACTS : [name];
    const files = changed.map((one) => [`apps/${one}/cm.yaml`, configMap(one, `v${generation}`)]);
    const commit = await tree.commit(Object.fromEntries(files) as Record<string, string>);
    const chosen = generation > LAB ? ['--store', 'eu', '--store', 'us'] : [];
    const receipt = await run<Receipt>(['publish', ...chosen, ...(generation === 20 ? ['--version', '2.0.0'] : [])]);
    expect(receipt.generation).toBe(generation);
    const contents = Object.fromEntries(receipt.artifacts.map(({ name: one, digest }) => [one, digest]));
    model.push({ contents, commit: String(commit) });
  }
  const prune = ['prune', '--config', 'eu.yaml', '--yes', '--exclusive', '--keep', String(KEEP), '--min-age', '0m'];
  await run(prune);
  await run(prune);
}, 240_000);

const expectedStores = (generation: number): readonly string[] => [
  ...(generation > GENERATIONS - KEEP ? ['eu'] : []),
  'us',
  ...(generation <= LAB ? ['lab'] : []),
];

test('the log has every generation, where each is kept, and what it changed', async () => {
  const log = await run<ReleaseLog>(['log', '--limit', '100']);
  expect(log.generations.map(({ generation, stores }) => [generation, stores])).toEqual(
    model.map((_, index) => [index + 1, expectedStores(index + 1)]).reverse(),
  );
  expect(log.gaps).toEqual([]);
  for (const { generation, changes, commits, versions } of log.generations) {
    const [now, before] = [model[generation - 1], model[generation - 2]];
    const changed = ARTIFACTS.filter((name) => before !== undefined && now?.contents[name] !== before.contents[name]);
    expect([changes.changed, changes.added]).toEqual([changed, before === undefined ? ARTIFACTS : []]);
    expect([commits, versions]).toEqual([[now?.commit], generation === 20 ? ['2.0.0'] : []]);
  }
  const few = await run<ReleaseLog>(['log', '--limit', '3', '--artifact', 'db']);
  expect(few.generations.map(({ generation }) => generation)).toEqual([30, 28, 26]);
});

test('every time leads to the generation that was live then, with its contents', async () => {
  const { generations } = await run<ReleaseLog>(['log', '--limit', '100']);
  for (const { at } of generations.filter((_, index) => index % 5 === 0)) {
    const expected = generations.find((one) => one.at <= at)?.generation ?? 0;
    const then = (await run<ReleaseLog>(['log', '--at', at])).at;
    expect(then?.generation).toBe(expected);
    expect(Object.fromEntries((then?.artifacts ?? []).map(({ name, content }) => [name, content]))).toEqual(
      model[expected - 1]?.contents,
    );
  }
});

test('the pruned store alone tells what it does not keep', async () => {
  const log = await run<ReleaseLog>(['log', '--store', 'eu', '--limit', '100']);
  expect(log.generations.map(({ generation }) => generation)).toEqual([30, 29, 28, 27, 26]);
  expect(log.gaps).toEqual([{ from: 1, to: GENERATIONS - KEEP }]);
  expect(log.generations.at(-1)?.changes).toEqual({ added: [], changed: ['db'], removed: [] });
});

test('the status names the store that lags, and its names', async () => {
  const { channels } = await run<Status>(['status']);
  expect(channels).toMatchObject([{ channel: 'prod', generation: GENERATIONS }]);
  expect(channels[0]?.stores).toMatchObject({
    eu: { state: 'current', generation: GENERATIONS, behind: [] },
    us: { state: 'current', generation: GENERATIONS, behind: [] },
    lab: { state: 'lagging', generation: LAB, behind: ARTIFACTS },
  });
});

test('a revision that Flux reports for a bucket leads to the release', async () => {
  const { objects } = await objectsOf(minio, 'fleet-us').list('gitops/channels/prod/web/');
  expect(objects).toHaveLength(1);
  const { channels } = await run<Status>(['status']);
  const web = channels[0]?.artifacts.find(({ name }) => name === 'web');
  const { places } = await run<Whois>(['whois', web?.stores.us?.fluxRevision ?? '']);
  expect(places).toMatchObject([
    { artifact: 'web', roles: ['revision'], generations: [30, 29], live: ['eu', 'us'], first: { generation: 29 } },
  ]);
  const old = model[LAB - 1]?.contents.db ?? '';
  const lagging = await run<Whois>(['whois', old.slice(0, 20)]);
  expect(lagging.places).toMatchObject([{ artifact: 'db', generations: [27, 26], live: ['lab'] }]);
});

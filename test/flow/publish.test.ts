/** Publishing end to end: what a run writes, and what it leaves alone. */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { added, CONFIG, clusters, counted, digestsOf, fine, fleet, phraseOf, said, slipway, yaml } from './fleet.ts';
import { bucketRecords, overHttp, readObject, readTag } from './reader.ts';
import { namesIn } from './stage.ts';

test('a commit that touches no artifact writes one record to each store and nothing else', async () => {
  const by = await fleet(slipway);
  const first = await by.publish();
  expect(said(first)).toEqual(fine('published', 1));
  const before = by.held();
  await by.tree.commit({ 'README.md': 'other things\n' });
  const { ended, writes } = await counted(by);
  expect(said(ended)).toEqual(fine('unchanged', 2));
  expect(digestsOf(ended)).toEqual(digestsOf(first));
  expect(ended.receipt?.artifacts.map(({ changed }) => changed)).toEqual([false, false]);
  expect(added(before, by.held())).toEqual([
    expect.stringMatching(/^eu fleet\/releases blob /),
    expect.stringMatching(/^eu fleet\/releases manifest /),
    expect.stringMatching(/^eu fleet\/releases tag slipway\.default\.prod\.000000002\.[0-9a-f]{8} /),
    expect.stringMatching(/^us gitops\/releases\/default\/prod\/999999997-000000002\.json /),
  ]);
  expect(writes).toEqual([
    'eu POST /v2/fleet/releases/blobs/uploads/',
    expect.stringMatching(/^eu PUT \/v2\/fleet\/releases\/blobs\/uploads\//),
    expect.stringMatching(/^eu PUT \/v2\/fleet\/releases\/manifests\/slipway\./),
    'us PUT /fleet/gitops/releases/default/prod/999999997-000000002.json',
  ]);
});

test('a run at the commit that is published already writes nothing at all', async () => {
  const by = await fleet(slipway);
  await by.publish();
  const { ended, writes } = await counted(by);
  expect(said(ended)).toEqual(fine('unchanged', 1));
  expect(writes).toEqual([]);
  expect(Object.values(ended.receipt?.requests ?? {}).map((requests) => requests.writes)).toEqual([0, 0]);
});

test('a change of one artifact moves its names only', async () => {
  const by = await fleet(slipway);
  await by.publish();
  const before = namesIn(by.held(), 'prod');
  await by.tree.commit({ 'clusters/south/cm.yaml': yaml('south', 'two') });
  const { ended, writes } = await counted(by);
  expect(said(ended)).toEqual(fine('published', 2));
  expect(ended.receipt?.artifacts.map(({ name, changed }) => [name, changed])).toEqual([
    ['north', false],
    ['south', true],
  ]);
  const after = namesIn(by.held(), 'prod');
  expect(after.filter((line) => !before.includes(line)).map((line) => line.split(' ')[1])).toEqual([
    'fleet/south',
    'gitops/channels/prod/south/manifests.yaml',
  ]);
  expect(writes.filter((line) => line.includes('north'))).toEqual([]);
  expect(await readTag(overHttp(by.stage.registry.url), 'fleet/south', 'prod')).toMatchObject({
    text: yaml('south', 'two'),
  });
});

test('equal content on two channels has one manifest digest, whatever the commit', async () => {
  const by = await fleet(slipway);
  const first = await by.publish();
  const before = by.held();
  await by.tree.commit({ 'README.md': 'other things\n' });
  const second = await by.publish(['--channel', 'staging']);
  expect(said(second)).toEqual(fine('published', 1));
  expect(digestsOf(second)).toEqual(digestsOf(first));
  const places = added(before, by.held()).map((line) => line.split(' ').slice(0, 3).join(' '));
  expect(places.filter((place) => !/fleet\/releases|gitops\/releases\//.test(place))).toEqual([
    'eu fleet/north tag',
    'eu fleet/south tag',
    expect.stringMatching(/^us gitops\/channels\/staging\/north\/manifests.yaml /),
    expect.stringMatching(/^us gitops\/channels\/staging\/south\/manifests.yaml /),
  ]);
});

test('an older commit published after a newer one is superseded and writes nothing', async () => {
  const by = await fleet(slipway);
  const older = await by.tree.git('rev-parse', 'HEAD');
  await by.tree.commit(clusters('two'));
  await by.publish();
  await by.tree.checkout(older);
  const { ended, writes } = await counted(by);
  expect(said(ended)).toEqual(fine('superseded', 1));
  expect(writes).toEqual([]);
});

test('unrelated history is refused until the printed phrase allows it', async () => {
  const by = await fleet(slipway);
  await by.publish();
  await by.tree.git('checkout', '--quiet', '--orphan', 'other');
  const commit = await by.tree.commit(clusters('two'));
  const { ended, writes } = await counted(by);
  expect(said(ended)).toMatchObject({ code: 3, outcome: 'refused' });
  expect(writes).toEqual([]);
  expect(ended.stderr).toMatch(/^error\[REFUSED\]: Commit "[0-9a-f]{12}" is neither ancestor nor descendant /);
  expect(phraseOf(ended)).toBe(`unrelated:${commit.slice(0, 12)}`);
  expect(said(await by.publish(['--allow', 'unrelated:000000000000']))).toMatchObject({ code: 3 });
  expect(said(await by.publish(['--allow', phraseOf(ended)]))).toEqual(fine('published', 2));
  expect(bucketRecords(by.stage.live, 'prod')[0]).toMatchObject({ floor: { commit }, allowed: [phraseOf(ended)] });
});

test('in a shallow clone the run number of the same pipeline decides, without one more history is asked for', async () => {
  const by = await fleet(slipway);
  const inCi = (number: number) => ({
    GITHUB_ACTIONS: 'true',
    GITHUB_WORKFLOW_REF: 'team/fleet/.github/workflows/publish.yaml@refs/heads/main',
    GITHUB_RUN_NUMBER: String(number),
  });
  await by.publish([], { env: inCi(5) });
  await by.tree.commit(clusters('two'));
  await by.tree.git('clone', '--quiet', '--depth=1', `file://${by.tree.dir}`, '.slipway/clone');
  const cwd = `${by.tree.dir}/.slipway/clone`;
  const before = by.held();
  const refused = await by.publish([], { cwd });
  expect(said(refused)).toMatchObject({ code: 3, outcome: 'refused' });
  expect(refused.stderr).toMatch(/the clone is too shallow\nhint: .*fetch-depth: 0/);
  expect(said(await by.publish([], { cwd, env: inCi(4) }))).toEqual(fine('superseded', 1));
  expect(by.held()).toEqual(before);
  expect(said(await by.publish([], { cwd, env: inCi(6) }))).toEqual(fine('published', 2));
  expect(readObject(by.stage.live, 'gitops/channels/prod/north/manifests.yaml')?.text).toBe(yaml('north', 'two'));
});

test('a dry run writes nothing and plans what is published next', async () => {
  const by = await fleet(slipway);
  const { ended: planned, writes } = await counted(by, '--dry-run');
  expect(said(planned)).toMatchObject({ code: 0, outcome: 'planned', generation: 1 });
  expect(writes).toEqual([]);
  const published = await by.publish();
  expect(digestsOf(published)).toEqual(digestsOf(planned));
  await by.tree.commit(clusters('two'));
  const next = await counted(by, '--dry-run', '--version', '1.0.0');
  expect(said(next.ended)).toMatchObject({ code: 0, outcome: 'planned', generation: 2 });
  expect(next.writes).toEqual([]);
  expect(digestsOf(await by.publish())).toEqual(digestsOf(next.ended));
});

test('sources are shown by a bucket as the tarball that the registry holds as its layer', async () => {
  const config = CONFIG.replace(', render: plain', '');
  const by = await fleet(slipway, { files: { 'slipway.yaml': config } });
  const ended = await by.publish();
  expect(said(ended)).toEqual(fine('published', 1));
  for (const { name, digest, stores } of ended.receipt?.artifacts ?? []) {
    const bytes = by.stage.live.objects.get(`gitops/channels/prod/${name}/manifests.tgz`)?.bytes ?? Buffer.alloc(0);
    expect(`sha256:${createHash('sha256').update(bytes).digest('hex')}`).toBe(digest);
    expect(by.stage.live.repositories.get(`fleet/${name}`)?.blobs.get(digest)).toEqual(bytes);
    expect(stores.us?.reference).toContain(`s3://fleet/gitops/channels/prod/${name}/manifests.tgz?`);
  }
});

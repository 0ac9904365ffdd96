/** Versions: claimed once, completed by a rerun, never moved. And stores that miss a release under a smaller quorum. */
import { expect, test } from 'vitest';
import { CONFIG, clusters, counted, type Fleet, fine, fleet, said, slipway, yaml } from './fleet.ts';
import { overHttp, readObject, readTag } from './reader.ts';
import { namesIn } from './stage.ts';

const VERSION = '1.0.0';

/** What the version shows of an artifact in both stores. */
async function shownBy({ stage }: Fleet, artifact: string): Promise<readonly (string | undefined)[]> {
  const tag = await readTag(overHttp(stage.registry.url), `fleet/${artifact}`, VERSION);
  return [tag?.text, readObject(stage.live, `gitops/versions/${VERSION}/${artifact}/manifests.yaml`)?.text];
}

test('a version is claimed in both stores and shows the content beside the channel', async () => {
  const by = await fleet(slipway);
  expect(said(await by.publish(['--version', VERSION]))).toEqual(fine('published', 1));
  for (const artifact of ['north', 'south']) {
    const text = yaml(artifact, 'one');
    expect(await shownBy(by, artifact)).toEqual([text, text]);
  }
  const held = by.held().join('\n');
  expect(held).toContain('eu fleet/releases tag slipway.default.versions.1.0.0 ');
  expect(held).toContain('us gitops/releases/default/versions/1.0.0.json ');
  const { ended, writes } = await counted(by, '--version', VERSION);
  expect({ ...said(ended), writes }).toEqual({ ...fine('unchanged', 1), writes: [] });
});

test('other content under a claimed version is refused and changes nothing', async () => {
  const by = await fleet(slipway);
  await by.publish(['--version', VERSION]);
  await by.tree.commit(clusters('two'));
  const { ended, writes } = await counted(by, '--version', VERSION);
  expect(said(ended)).toMatchObject({ code: 3, outcome: 'refused' });
  expect(writes).toEqual([]);
  expect(ended.stderr).toMatch(
    /^error\[VERSION_TAKEN\]: Version "1\.0\.0" of "north" is taken: it holds "sha256:\w+"\nhint: .*next version\n$/,
  );
});

test('a version that someone else wrote is refused', async () => {
  const by = await fleet(slipway);
  await by.publish();
  const tags = by.stage.registry.repositories.get('fleet/north')?.tags;
  tags?.set(VERSION, tags.get('prod') ?? '');
  await by.tree.commit(clusters('two'));
  const { ended, writes } = await counted(by, '--version', VERSION);
  expect(said(ended)).toMatchObject({ code: 3, outcome: 'refused' });
  expect(writes).toEqual([]);
  expect(ended.stderr).toMatch(/^error\[VERSION_TAKEN\]: Store "eu": Version "1\.0\.0" of "north" shows "sha256:\w+"/);
});

test('a superseded run still claims and names its version', async () => {
  const by = await fleet(slipway);
  const older = await by.tree.git('rev-parse', 'HEAD');
  await by.tree.commit(clusters('two'));
  await by.publish();
  const before = namesIn(by.held(), 'prod');
  await by.tree.checkout(older);
  expect(said(await by.publish(['--version', VERSION]))).toEqual(fine('superseded', 1));
  expect(await shownBy(by, 'north')).toEqual([yaml('north', 'one'), yaml('north', 'one')]);
  expect(namesIn(by.held(), 'prod')).toEqual(before);
});

test('a version alone writes no release record', async () => {
  const by = await fleet(slipway, { files: { 'slipway.yaml': CONFIG.replace('channel: prod\n', '') } });
  const ended = await by.publish(['--version', VERSION]);
  expect(said(ended)).toEqual(fine('published', 0));
  expect(await shownBy(by, 'south')).toEqual([yaml('south', 'one'), yaml('south', 'one')]);
  expect(by.held().filter((line) => /\.\d{9}\.|\/\d{9}-\d{9}\.json/.test(line))).toEqual([]);
});

const QUORUM = CONFIG.replace('channel:', 'quorum: 1\nchannel:');

test('with quorum 1 a store that is down is named, and healed by the next run', async () => {
  const by = await fleet(slipway, { files: { 'slipway.yaml': QUORUM } });
  await by.publish();
  await by.tree.commit(clusters('two'));
  by.stage.registry.hooks.onRequest = () => ({ status: 403, body: '' });
  const ended = await by.publish();
  expect(said(ended)).toEqual({ ...fine('published', 2), states: ['failed', 'current'] });
  expect(ended.receipt?.stores.eu?.error).toMatchObject({ code: 'DENIED', message: /^Store "eu": / });
  expect(readObject(by.stage.live, 'gitops/channels/prod/north/manifests.yaml')?.text).toBe(yaml('north', 'two'));
  by.stage.registry.hooks.onRequest = () => 'serve';
  const healed = await by.publish();
  expect(said(healed)).toEqual(fine('healed', 2));
  const shown = await readTag(overHttp(by.stage.registry.url), 'fleet/north', 'prod');
  expect(shown).toEqual({ digest: healed.receipt?.artifacts[0]?.manifest, text: yaml('north', 'two') });
});

test('with the primary down nothing is recorded, and --primary breaks the glass', async () => {
  const by = await fleet(slipway, { files: { 'slipway.yaml': QUORUM } });
  await by.publish();
  await by.tree.commit(clusters('two'));
  const env = { US: by.stage.env.US?.replace('s3://fleet/', 's3://gone/') ?? '' };
  const before = by.held();
  const ended = await by.publish([], { env });
  expect(said(ended)).toMatchObject({ code: 4, outcome: 'failed' });
  expect(ended.stderr).toMatch(/^error\[NOT_FOUND\]: Store "us": /);
  expect(by.held()).toEqual(before);
  expect(said(await by.publish(['--primary', 'eu'], { env }))).toEqual({
    ...fine('published', 2),
    states: ['current', 'failed'],
  });
  expect(said(await by.publish())).toEqual(fine('healed', 2));
  expect(readObject(by.stage.live, 'gitops/channels/prod/north/manifests.yaml')?.text).toBe(yaml('north', 'two'));
});

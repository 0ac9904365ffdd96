/** Whose names these are: what others wrote, other repositories, other projects, newer formats, and what was left behind. */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { added, CONFIG, clusters, counted, type Fleet, fine, fleet, phraseOf, said, slipway, yaml } from './fleet.ts';
import { bucketRecords, overHttp, readObject, readTag } from './reader.ts';
import { namesIn } from './stage.ts';

const hex = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** An image manifest under our tag that someone else pushed. Answers its digest. */
function foreignTag({ stage }: Fleet): string {
  const layer = Buffer.from('someone else made this');
  const config = Buffer.from('{}');
  const describe = (mediaType: string, bytes: Buffer) => ({
    mediaType,
    digest: `sha256:${hex(bytes)}`,
    size: bytes.length,
  });
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const bytes = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType,
      config: describe('application/vnd.oci.empty.v1+json', config),
      layers: [describe('application/octet-stream', layer)],
    }),
  );
  const digest = `sha256:${hex(bytes)}`;
  stage.registry.repositories.set('fleet/north', {
    blobs: new Map([layer, config].map((blob) => [`sha256:${hex(blob)}`, blob])),
    manifests: new Map([[digest, { bytes, mediaType }]]),
    tags: new Map([['prod', digest]]),
  });
  return digest;
}

test('a tag that someone else wrote is refused, and kept with --adopt', async () => {
  const by = await fleet(slipway);
  const digest = foreignTag(by);
  const { ended, writes } = await counted(by);
  expect(said(ended)).toMatchObject({ code: 3, outcome: 'refused' });
  expect(writes).toEqual([]);
  expect(ended.stderr).toMatch(
    /^error\[FOREIGN\]: ".*\/fleet\/north:prod" holds "sha256:\w+", which no release record knows\nhint: .*--adopt\n$/,
  );
  expect(said(await by.publish(['--adopt']))).toEqual(fine('published', 1));
  const repository = by.stage.registry.repositories.get('fleet/north');
  expect(repository?.tags.get(`content-${digest.slice('sha256:'.length, 'sha256:'.length + 16)}`)).toBe(digest);
  expect([...(repository?.manifests.keys() ?? [])]).toContain(digest);
  expect([...(by.stage.registry.repositories.get('fleet/releases')?.tags.keys() ?? [])]).toContain(
    `slipway.default.prod.adopted.${digest.slice('sha256:'.length, 'sha256:'.length + 32)}`,
  );
  expect(await readTag(overHttp(by.stage.registry.url), 'fleet/north', 'prod')).toMatchObject({
    text: yaml('north', 'one'),
  });
  expect(said(await by.publish())).toEqual(fine('unchanged', 1));
});

test('an object that someone else wrote is refused, and kept with --adopt', async () => {
  const by = await fleet(slipway);
  const key = 'gitops/channels/prod/south/manifests.yaml';
  const bytes = Buffer.from('someone: else\n');
  const etag = createHash('md5').update(bytes).digest('hex');
  const foreign = { bytes, etag, metadata: {}, contentType: 'text/plain', cacheControl: undefined, modified: 0 };
  by.stage.bucket.objects.set(key, foreign);
  const { ended, writes } = await counted(by);
  expect(said(ended)).toMatchObject({ code: 3, outcome: 'refused' });
  expect(writes).toEqual([]);
  expect(ended.stderr).toContain(`"s3://fleet/${key}`);
  expect(said(await by.publish(['--adopt']))).toEqual(fine('published', 1));
  expect(by.held().join('\n')).toContain(`us gitops/releases/default/prod/adopted/${hex(bytes)} `);
  const kept = [...by.stage.bucket.objects].filter(([, object]) => object.bytes.equals(bytes)).map(([where]) => where);
  expect(kept).toEqual([expect.stringMatching(/^gitops\/content\/sha256\/[0-9a-f]{64}\.yaml$/)]);
  expect(readObject(by.stage.live, key)?.text).toBe(yaml('south', 'one'));
});

test('a name that was changed by hand behind our back is refused', async () => {
  const by = await fleet(slipway);
  await by.publish();
  foreignTag(by);
  const before = by.held();
  const ended = await by.publish();
  expect(said(ended)).toMatchObject({ code: 3, outcome: 'refused' });
  expect(by.held()).toEqual(before);
});

test('an artifact that the config no longer lists stays as an orphan, and its names stay', async () => {
  const by = await fleet(slipway);
  await by.publish();
  const before = namesIn(by.held(), 'prod').filter((line) => line.includes('south'));
  await by.tree.commit({ ...clusters('two'), 'clusters/south': undefined });
  const ended = await by.publish(['--allow', 'disappear@south']);
  expect(said(ended)).toEqual(fine('published', 2));
  expect(ended.receipt?.artifacts.map(({ name, orphan }) => [name, orphan])).toEqual([
    ['north', undefined],
    ['south', true],
  ]);
  expect(namesIn(by.held(), 'prod').filter((line) => line.includes('south'))).toEqual(before);
  expect(bucketRecords(by.stage.live, 'prod')[0]?.artifacts).toMatchObject([
    { name: 'north' },
    { name: 'south', orphan: true },
  ]);
  await by.tree.commit(clusters('two'));
  const back = await by.publish();
  expect(back.receipt?.artifacts.map(({ name, orphan, changed }) => [name, orphan, changed])).toEqual([
    ['north', undefined, false],
    ['south', undefined, true],
  ]);
});

test('with --artifact the others keep their place and are no orphans', async () => {
  const by = await fleet(slipway);
  await by.publish();
  await by.tree.commit(clusters('two'));
  const ended = await by.publish(['--artifact', 'south']);
  expect(ended.receipt?.artifacts.map(({ name, orphan, changed }) => [name, orphan, changed])).toEqual([
    ['north', undefined, false],
    ['south', undefined, true],
  ]);
  expect(readObject(by.stage.live, 'gitops/channels/prod/north/manifests.yaml')?.text).toBe(yaml('north', 'one'));
  expect(said(await by.publish())).toEqual(fine('published', 3));
  expect(readObject(by.stage.live, 'gitops/channels/prod/north/manifests.yaml')?.text).toBe(yaml('north', 'two'));
});

test('another repository is refused on the same project', async () => {
  const by = await fleet(slipway);
  await by.tree.git('remote', 'add', 'origin', 'https://git.example.com/team/one.git');
  await by.publish();
  await by.tree.git('remote', 'set-url', 'origin', 'git@git.example.com:team/one.git');
  expect(said(await by.publish())).toEqual(fine('unchanged', 1));
  await by.tree.git('remote', 'set-url', 'origin', 'https://user:s3cret@git.example.com/team/two.git');
  await by.tree.commit(clusters('two'));
  const { ended, writes } = await counted(by);
  expect(said(ended)).toMatchObject({ code: 3, outcome: 'refused' });
  expect(writes).toEqual([]);
  expect(ended.stderr).toContain(
    'from "https://git.example.com/team/one.git", not from "https://git.example.com/team/two',
  );
  expect(phraseOf(ended)).toBe('source:git.example.com/team/two');
  expect(said(await by.publish(['--allow', phraseOf(ended)]))).toEqual(fine('published', 2));
});

test('projects live side by side in the same stores', async () => {
  const by = await fleet(slipway);
  await by.publish();
  const before = by.held();
  const other = CONFIG.replace('version: 1', 'version: 1\nproject: two').replace('clusters/*', 'apps/*');
  await by.tree.commit({ 'two.yaml': other, 'apps/shop/cm.yaml': yaml('shop', 'one') });
  expect(said(await by.publish(['--config', 'two.yaml']))).toEqual(fine('published', 1));
  const places = added(before, by.held()).map((line) => line.split(' ')[1]);
  expect(places.filter((place) => /default|north|south/.test(place ?? ''))).toEqual([]);
  expect(bucketRecords(by.stage.live, 'prod', 'two')).toMatchObject([{ artifacts: [{ name: 'shop' }] }]);
  expect(said(await by.publish())).toEqual(fine('unchanged', 2));
});

test('a name of another project is foreign', async () => {
  const by = await fleet(slipway);
  await by.publish();
  await by.tree.commit({ 'two.yaml': CONFIG.replace('version: 1', 'version: 1\nproject: two'), ...clusters('two') });
  const { ended, writes } = await counted(by, '--config', 'two.yaml');
  expect(said(ended)).toMatchObject({ code: 3, outcome: 'refused' });
  expect(writes).toEqual([]);
});

test('a bucket of a newer format is refused', async () => {
  const by = await fleet(slipway);
  await by.publish();
  const marker = by.stage.bucket.objects.get('gitops/slipway.json');
  if (marker === undefined) throw new Error('there is no slipway.json');
  by.stage.bucket.objects.set('gitops/slipway.json', { ...marker, bytes: Buffer.from('{"format":2}\n') });
  await by.tree.commit(clusters('two'));
  const { ended, writes } = await counted(by);
  expect(said(ended)).toMatchObject({ code: 4, outcome: 'failed' });
  expect(writes).toEqual([]);
  expect(ended.stderr).toMatch(/^error\[STORE\]: Store "us": .*its format is "2", newer than "1"\nhint: .*upgrade/);
});

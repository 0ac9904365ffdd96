import { describe, expect, test } from 'vitest';
import type { FakeObject } from '../fakes/bucket-operations.ts';
import { type Fleet, fine, fleet, said, slipway } from './fleet.ts';
import type { StageOptions } from './stage.ts';

const UNSAFE =
  'version: 1\nartifacts:\n  - { path: clusters/*, render: plain }\nstores: { eu: "env://EU", us: { url: "env://US", accept-unsafe: true } }\nchannel: prod\n';

const fresh = (bucket: NonNullable<StageOptions['bucket']> = {}, files: Record<string, string> = {}): Promise<Fleet> =>
  fleet(slipway, { files, stage: { fresh: true, bucket } });

const object = (text: string): FakeObject => ({
  bytes: Buffer.from(text),
  etag: 'abc',
  metadata: {},
  contentType: 'text/plain',
  cacheControl: undefined,
  modified: 0,
});

const markerIn = (by: Fleet): unknown => {
  const bytes = by.stage.bucket.objects.get('gitops/slipway.json')?.bytes;
  return bytes && JSON.parse(bytes.toString());
};

const SERIALISER =
  'a publisher can overwrite what another one recorded, so CI must run one publisher at a time (a concurrency group)';

describe('the first publish to a bucket', () => {
  test('tries and marks it, and the next one tries nothing', async () => {
    const by = await fresh();
    expect(said(await by.publish())).toEqual(fine('published', 1));
    expect(markerIn(by)).toMatchObject({ format: 1, owner: 'slipway', probe: { class: 'atomic', match: 'atomic' } });
    expect([...by.stage.bucket.objects.keys()].filter((key) => key.includes('probes/'))).toEqual([]);
    const tried = (): number => by.stage.bucket.requests.filter(({ path }) => path.includes('/probes/')).length;
    const before = tried();
    expect(before).toBeGreaterThan(200);
    await by.tree.commit({ 'clusters/north/cm.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: north\n' });
    expect(said(await by.publish())).toEqual(fine('published', 2));
    expect(tried()).toBe(before);
  });

  test('tries nothing in a dry run, and says so', async () => {
    const by = await fresh();
    const { code, receipt } = await by.publish(['--dry-run']);
    expect([code, receipt?.outcome, receipt?.warnings]).toEqual([
      0,
      'planned',
      ['Store "us": what this bucket can do is not known yet: the first publish finds out, or slipway doctor'],
    ]);
    expect(by.stage.writes()).toEqual([]);
  });

  test.each([
    ['unsupported', 'the store refuses create-only writes (If-None-Match)'],
    ['ignored', 'the store ignores the condition of create-only writes (If-None-Match) and overwrites'],
    ['racy', 'create-only writes (If-None-Match) are not atomic: of writers at once several win'],
  ] as const)(
    'refuses one of class "%s", and publishes with a warning where that is accepted',
    async (conditions, meaning) => {
      const by = await fresh({ conditions });
      const refused = await by.run(['publish', '--quiet']);
      expect([refused.code, refused.stderr]).toEqual([
        3,
        `error[REFUSED]: Store "us": Cannot publish to this store: create-only writes are "${conditions}"\n` +
          `hint: ${meaning}: ${SERIALISER}; do that and set "accept-unsafe: true" on the store, or use a store with atomic writes\n`,
      ]);
      expect(by.held().filter((line) => line.startsWith('us'))).toEqual([]);
      await by.tree.commit({ 'slipway.yaml': UNSAFE });
      const { code, receipt } = await by.publish();
      expect([code, receipt?.outcome, receipt?.stores.us?.lock]).toEqual([0, 'published', 'none']);
      expect(receipt?.warnings).toContain(`Store "us": ${meaning}: ${SERIALISER}`);
      expect(said(await by.publish())).toEqual(fine('unchanged', 1));
    },
  );

  test('refuses a prefix of somebody else before anything is written there', async () => {
    const by = await fresh();
    by.stage.bucket.objects.set('gitops/releases/tv/guide.xml', object('<tv/>'));
    const { code, stderr } = await by.run(['publish', '--quiet']);
    expect([code, stderr]).toEqual([
      3,
      'error[FOREIGN]: Store "us": Cannot use this prefix: "gitops/releases/tv/guide.xml" is not one of ours, and there is no "gitops/slipway.json"\n' +
        'hint: choose another prefix for the store, or move what lies there away\n',
    ]);
    expect([...by.stage.bucket.objects.keys()]).toEqual(['gitops/releases/tv/guide.xml']);
  });
});

test('a ".sourceignore" at the root of the bucket that would blank readers ends a publish, and an empty one does not', async () => {
  const by = await fleet(slipway);
  by.stage.bucket.objects.set('.sourceignore', object('# all\n*.yaml\n'));
  const { code, stderr } = await by.run(['publish', '--quiet']);
  expect([code, stderr]).toEqual([
    3,
    'error[REFUSED]: Store "us": Cannot publish to this bucket: "*.yaml", line 2 of ".sourceignore" at its root, may hide from Flux what is published\n' +
      'hint: remove that line, or ".sourceignore": it holds for every Bucket that reads there\n',
  ]);
  by.stage.bucket.objects.set('.sourceignore', object('# nothing\n'));
  expect(said(await by.publish())).toEqual(fine('published', 1));
});

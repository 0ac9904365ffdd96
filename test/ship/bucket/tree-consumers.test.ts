/** Releases of trees whose consumers change, and of several trees in one cluster. */
import { describe, expect, test } from 'vitest';
import type { BucketAccess } from '../../../src/model.ts';
import { readRoot } from '../../../src/ship/bucket/tree-root.ts';
import { memoryObjects } from '../../../src/ship/memory.ts';
import type { Objects } from '../../../src/ship/ports.ts';
import type { Decided } from '../../../src/ship/release.ts';
import type { ReleasePlan } from '../../../src/ship/release-plan.ts';
import { CHANNEL, planOf, publishOnce, recordsOf } from '../../flow/world.ts';
import { ACCESS, packedFiles, treeStore } from './tree-store.ts';

interface Run {
  readonly access?: Partial<BucketAccess>;
  readonly letter?: string;
  readonly plan?: Partial<ReleasePlan>;
}

const warningsIn = ({ sites }: Decided): readonly string[] => sites.flatMap(({ warnings }) => warnings);

async function release(bucket: Objects, commit: number, { access, letter = 'a', plan }: Run = {}): Promise<Decided> {
  const publisher = { run: commit, commit, letters: {}, stores: [treeStore(bucket, access)], primary: 'eu', quorum: 1 };
  const packed = packedFiles('east', { 'app.yaml': `kind: ConfigMap # ${letter}\n` });
  const ended = await publishOnce(publisher, { ...planOf(publisher), listed: ['east'], ...plan }, [packed]);
  if (ended.end?.error !== undefined) throw ended.end.error;
  return ended;
}

const rootAt = async (bucket: Objects, space = `channels/${CHANNEL}`): Promise<ReturnType<typeof readRoot>> =>
  readRoot((await bucket.get(`gitops/${space}/east/root.yaml`))?.bytes ?? Buffer.of());
const accessIn = async (bucket: Objects): Promise<unknown> => (await rootAt(bucket))?.access;

const MOVED = { endpoint: 's3.example.com', secretRef: 'other' };
const DIFFERENCE = 'endpoint "minio.example.com", now "s3.example.com"; secretRef "minio", now "other"';

describe('changed consumers', () => {
  test('are written by the newest commit, which tells it', async () => {
    const bucket = memoryObjects();
    await release(bucket, 1);
    const ended = await release(bucket, 1, { access: MOVED });
    expect([ended.outcome, warningsIn(ended)]).toEqual([
      'healed',
      [`"east" was written for other consumers, and is written anew: ${DIFFERENCE}`],
    ]);
    expect(await accessIn(bucket)).toEqual({ ...ACCESS, ...MOVED });
  });

  test('are not taken back by a late, older commit', async () => {
    const bucket = memoryObjects();
    await release(bucket, 1);
    await release(bucket, 2, { access: MOVED });
    const before = (await bucket.list('')).objects;
    const late = await release(bucket, 1);
    expect(late.outcome).toBe('superseded');
    expect(warningsIn(late)).toEqual([
      '"east" is written for others, until the newest commit is published: endpoint "s3.example.com", here "minio.example.com"; secretRef "other", here "minio"',
    ]);
    expect((await bucket.list('')).objects).toEqual(before);
  });

  test('are kept when a late, older commit rolls forward what a newer one recorded', async () => {
    const bucket = memoryObjects();
    await release(bucket, 1, { access: MOVED });
    const root = `gitops/channels/${CHANNEL}/east/root.yaml`;
    const [old] = [await bucket.get(root)];
    await release(bucket, 2, { access: MOVED, letter: 'b' });
    await bucket.put(root, old?.bytes ?? Buffer.of(), { contentType: 'x' });
    expect((await release(bucket, 1)).outcome).toBe('superseded');
    const [record] = await recordsOf(treeStore(bucket));
    expect(await rootAt(bucket)).toMatchObject({
      content: record?.artifacts[0]?.content,
      access: { ...ACCESS, ...MOVED },
    });
  });

  test.each([
    ['equal', 'a'],
    ['new', 'b'],
  ])('move no namespace until it is allowed, with %s content', async (_, letter) => {
    const bucket = memoryObjects();
    await release(bucket, 1);
    const access = { namespace: 'apps' };
    const before = (await bucket.list('')).objects;
    await expect(release(bucket, 2, { access, letter })).rejects.toMatchObject({
      code: 'REFUSED',
      message:
        'The Flux objects of "east" are in namespace "flux-system" in store "eu", and consumer.namespace is "apps": clusters would delete what they applied',
      hint: 'first have every cluster patch "deletionPolicy: Orphan" into the Kustomization of root.yaml, or pass --allow consumer:apps',
    });
    expect((await bucket.list('')).objects).toEqual(before);
    await release(bucket, 2, { access, letter, plan: { allowed: ['consumer:apps'] } });
    expect(await accessIn(bucket)).toEqual({ ...ACCESS, ...access });
    const [record] = await recordsOf(treeStore(bucket));
    expect(record).toMatchObject({ generation: 2, allowed: ['consumer:apps'] });
    expect((await release(bucket, 2, { access, letter })).outcome).toBe('unchanged');
  });

  test('that moved a namespace are recorded also where nothing else changed', async () => {
    const bucket = memoryObjects();
    await release(bucket, 1);
    const ended = await release(bucket, 1, { access: { namespace: 'apps' }, plan: { allowed: ['consumer:apps'] } });
    expect([ended.outcome, ended.target?.generation, ended.target?.allowed]).toEqual(['healed', 2, ['consumer:apps']]);
  });

  test('leave a version as it was claimed, with a warning and the revision that Flux has', async () => {
    const bucket = memoryObjects();
    await release(bucket, 1, { plan: { version: '1.0.0' } });
    const ended = await release(bucket, 1, { access: MOVED, plan: { version: '1.0.0' } });
    expect(warningsIn(ended)).toContain(
      '"east" is written for others, as it was claimed: endpoint "minio.example.com", here "s3.example.com"; secretRef "minio", here "other"',
    );
    expect((await rootAt(bucket, 'versions/1.0.0'))?.access).toEqual(ACCESS);
  });
});

test('two channels and two projects with one artifact make objects of different names', async () => {
  const bucket = memoryObjects();
  const names = async (space: string): Promise<readonly string[]> => {
    const text = Buffer.from((await bucket.get(`gitops/${space}/east/root.yaml`))?.bytes ?? []).toString('utf8');
    return [...text.matchAll(/^ {2}name: "(.*)"$/gm)].map(([, name = '']) => name);
  };
  await release(bucket, 1, { plan: { channel: 'staging' } });
  await release(bucket, 1, { plan: { channel: 'prod' } });
  const all = [...(await names('channels/staging')), ...(await names('channels/prod'))];
  expect(all).toEqual([
    ...['slipway.default.staging.east', 'slipway.default.staging.east'],
    ...['slipway.default.prod.east', 'slipway.default.prod.east'],
  ]);
});

/** What receipts say that Flux will report, beside what a listing by another client gives: 100 releases in two regions. */
import { createHash } from 'node:crypto';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import type { BucketAccess } from '../../src/model.ts';
import { forms } from '../../src/seal/forms.ts';
import { bucketStore } from '../../src/ship/bucket/store.ts';
import { receiptOf } from '../../src/ship/receipt.ts';
import type { Store } from '../../src/ship/store.ts';
import { openBucket } from '../../src/wire/s3.ts';
import { releasesOf } from '../flow/gaps.ts';
import { revisionOf } from '../flow/gaps-reader.ts';
import { packed, planOf, publishOnce } from '../flow/world.ts';
import { type Bucket, startBucket } from './bucket.ts';
import { closing } from './closing.ts';

const RELEASES = 100;
const LAYOUTS = ['object', 'tarball', 'tree'] as const;
type LayoutName = (typeof LAYOUTS)[number];

const atEnd = closing();

function accessOf({ minio, name }: Bucket): BucketAccess {
  const { host: endpoint, region } = minio;
  return {
    provider: 'generic',
    bucket: name,
    endpoint,
    region,
    insecure: true,
    namespace: 'flux-system',
    interval: '1h',
  };
}

/** Stores of all layouts in one region, named `<region> <layout>`; prefixes are the same in all regions. */
function storesIn(region: string, bucket: Bucket): readonly Store[] {
  const { minio, env, name } = bucket;
  return LAYOUTS.map((layout) => {
    const keyPrefix = `${layout}/fleet/`;
    const meter = { reads: 0, writes: 0 };
    return bucketStore({
      name: `${region} ${layout}`,
      url: `s3://${name}/${keyPrefix}`,
      project: 'default',
      layout,
      keyPrefix,
      referenceTo: (key) => key,
      objects: openBucket({ bucket: name, prefix: keyPrefix, endpoint: minio.endpoint, env, meter }),
      forms,
      access: () => accessOf(bucket),
    });
  });
}

/** Lists as source-controller does, by the SDK alone. */
function lister({ minio, name }: Bucket): (prefix: string) => Promise<string> {
  const credentials = { accessKeyId: minio.accessKey, secretAccessKey: minio.secretKey };
  const client = new S3Client({ endpoint: minio.endpoint, region: minio.region, forcePathStyle: true, credentials });
  atEnd(async () => client.destroy());
  return async (Prefix) => {
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: name, Prefix }));
    return revisionOf(new Map(Contents.map(({ Key = '', ETag = '' }) => [Key, ETag.replaceAll('"', '')])));
  };
}

/** Letters of one release after another. */
const LETTERS = Array.from({ length: RELEASES / 4 }, (_, seed) => releasesOf(seed + 1)).flat();

test('100 of 100 releases have the revisions that their receipts told, equal in both regions', async () => {
  const regions = await Promise.all(['eu', 'us'].map(async (name) => ({ name, bucket: await startBucket() })));
  for (const { bucket } of regions) atEnd(bucket.stop);
  const list = new Map(regions.map(({ name, bucket }) => [name, lister(bucket)]));
  const compared = new Map<LayoutName, number>();
  const different = new Set<string>();
  for (const [i, letters] of LETTERS.entries()) {
    const stores = regions.flatMap(({ name, bucket }) => storesIn(name, bucket));
    const publisher = { run: i, commit: i + 1, letters, stores, primary: 'eu object', quorum: stores.length };
    const artifacts = Object.entries(letters).map(([name, letter]) => packed(name, letter));
    const ended = await publishOnce(publisher, { ...planOf(publisher), listed: Object.keys(letters) }, artifacts);
    const receipt = receiptOf(ended, { requests: {}, seconds: {}, dryRun: false });
    expect(receipt.error).toBeUndefined();
    for (const layout of LAYOUTS) {
      for (const artifact of receipt.artifacts) {
        const told = regions.map(({ name }) => artifact.stores[`${name} ${layout}`]?.fluxRevision);
        const prefix = `${layout}/fleet/channels/prod/${artifact.name}/`;
        const found = await Promise.all(regions.map(({ name }) => list.get(name)?.(prefix)));
        expect(told, `release ${i + 1}, ${layout}, ${artifact.name}`).toEqual(found);
        // A root names its own bucket's endpoint, so that only the others are equal.
        if (layout !== 'tree') expect(told[0]).toBe(told[1]);
        different.add(`${told[0]}`);
      }
      compared.set(layout, (compared.get(layout) ?? 0) + 1);
    }
  }
  expect(Object.fromEntries(compared)).toEqual({ object: RELEASES, tarball: RELEASES, tree: RELEASES });
  expect(different.size).toBeGreaterThan(20);
  expect(different).not.toContain(`sha256:${createHash('sha256').digest('hex')}`);
});

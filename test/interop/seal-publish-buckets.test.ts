/** What buckets show is proved too: cosign accepts it with the bundles that lie beside it. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { Digest, ProofKind, Receipt } from '../../src/model.ts';
import { startBucket } from './bucket.ts';
import { closing } from './closing.ts';
import { byCosign, type Fleet, makeFleet, proofsOf } from './signed-release.ts';

const COUNT = 3;
const TYPE = ['--type', 'slsaprovenance1'] as const;
const atEnd = closing();

let fleet: Fleet;
let receipt: Receipt;
beforeAll(async () => {
  fleet = await makeFleet(COUNT);
  atEnd(fleet.remove);
  const { path } = fleet.home;
  const stores = { objects: `file:${path}/objects?layout=object`, tarballs: `file:${path}/tarballs?layout=tarball` };
  const key = await fleet.keygen('release');
  await fleet.keygen('other');
  receipt = await fleet.publish({ stores, render: 'plain', sign: { key } });
});

const hex = (digest: Digest | undefined): string => digest?.slice('sha256:'.length) ?? '';

interface Asked {
  readonly key?: string;
  /** Of the release that the store holds. */
  readonly of?: Receipt;
}

/** What cosign says of a file of a store with the bundle that the record names. */
async function accepted(
  store: string,
  file: string,
  kind: ProofKind,
  { key = 'release', of = receipt }: Asked = {},
): Promise<boolean> {
  const bundle = join(store, `proofs/sha256/${hex(proofsOf(of, kind)[0])}.sigstore.json`);
  const args = ['--key', `${key}.pub`, '--bundle', bundle, ...TYPE, join(store, file)];
  const { code, stderr } = await byCosign('verify-blob-attestation', args, fleet.home);
  expect({ code, said: stderr.includes('Verified OK') }).toEqual({ code, said: code === 0 });
  return code === 0;
}

test('a release has one bundle over its manifests, and one over what its buckets show', () => {
  expect(receipt.proved.map(({ kind, artifacts }) => ({ kind, artifacts }))).toEqual([
    { kind: 'bundle', artifacts: COUNT },
    { kind: 'views', artifacts: COUNT },
  ]);
  for (const kind of ['bundle', 'views'] as const) expect(proofsOf(receipt, kind)).toHaveLength(1);
});

test.each([
  ['objects', 'manifests.yaml'],
  ['tarballs', 'manifests.tgz'],
] as const)('cosign accepts the %s that readers get, and the manifests behind them', async (store, file) => {
  for (const { name, manifest } of receipt.artifacts) {
    expect(await accepted(store, `channels/live/${name}/${file}`, 'views')).toBe(true);
    expect(await accepted(store, `manifests/sha256/${hex(manifest)}.json`, 'bundle')).toBe(true);
  }
});

test('cosign accepts what was published to S3, as it is copied from there', async () => {
  const [bucket, other] = await Promise.all([startBucket(), makeFleet(COUNT)]);
  atEnd(bucket.stop);
  atEnd(other.remove);
  const stores = { s3: `s3://${bucket.name}/signed?layout=object` };
  const sign = { key: join(fleet.home.path, 'release.key') };
  const published = await other.publish({ stores, render: 'plain', sign }, bucket.env);
  await bucket.aws('s3', 'cp', '--recursive', `s3://${bucket.name}/signed/`, join(fleet.home.path, 's3'));
  for (const { name, manifest } of published.artifacts) {
    const [shown, behind] = [`channels/live/${name}/manifests.yaml`, `manifests/sha256/${hex(manifest)}.json`];
    expect(await accepted('s3', shown, 'views', { of: published })).toBe(true);
    expect(await accepted('s3', behind, 'bundle', { of: published })).toBe(true);
  }
  expect(await other.slipway(['verify', 'live'], bucket.env)).toMatchObject({ code: 0 });
});

test('cosign refuses what was altered, what the bundle is not about, and another key', async () => {
  const shown = 'channels/live/app-0000/manifests.yaml';
  expect(await accepted('objects', shown, 'bundle')).toBe(false);
  expect(await accepted('objects', shown, 'views', { key: 'other' })).toBe(false);
  expect(await fleet.slipway(['verify', 'live'])).toMatchObject({ code: 0 });
  const path = join(fleet.home.path, 'objects', shown);
  await writeFile(path, (await readFile(path, 'utf8')).replace('hello', 'howdy'));
  expect(await accepted('objects', shown, 'views')).toBe(false);
  const { code, stdout } = await fleet.slipway(['verify', 'live', '--output', 'json']);
  expect({ code, ...JSON.parse(stdout) }).toMatchObject({ code: 5, counts: { trusted: 2 * COUNT - 1, untrusted: 1 } });
});

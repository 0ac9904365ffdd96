/** A release goes from a registry and a bucket to others: nothing is built, and what verifies here verifies there. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { Receipt } from '../../src/model.ts';
import { closing } from './closing.ts';
import { configOf, immutableIn, type Job, manifestAt, NAMES, type Sides, startSides } from './promote-sides.ts';
import { byCosign, proofsOf } from './signed-release.ts';

const atEnd = closing();
let sides: Sides;
let job: Job;
let receipt: Receipt;

beforeAll(async () => {
  sides = await startSides();
  atEnd(sides.stop);
  const { near, far, home } = sides;
  job = await sides.job(
    'job',
    configOf(
      { ...near.stores, ...far.stores },
      {
        channels: { staging: { stores: Object.keys(near.stores) }, prod: { stores: Object.keys(far.stores) } },
        verify: { key: join(home.path, 'release.pub') },
      },
    ),
  );
  const ended = await job.slipway('promote', '--from', 'staging', '--to', 'prod', '--output', 'json');
  expect(ended).toMatchObject({ code: 0 });
  receipt = JSON.parse(ended.stdout);
}, 120_000);

test('a job without source, renderer, Git and key promotes: nothing is built, and nothing is signed', () => {
  expect(receipt).toMatchObject({ outcome: 'published', kind: 'promote', generation: 1, proved: [] });
  expect(Object.values(receipt.stores).map(({ state }) => state)).toEqual(['current', 'current']);
  expect(receipt.artifacts.map(({ name }) => name)).toEqual(NAMES);
});

test('tags show the same manifests in both registries, and both buckets hold the same bytes', async () => {
  const { near, far } = sides;
  for (const name of NAMES) {
    expect(await manifestAt(far, `far/${name}`, 'prod')).toBe(await manifestAt(near, `near/${name}`, 'staging'));
  }
  const kept = await immutableIn(near, 'near');
  // Content, its view, the manifest and an older signature each; two bundles for all of them.
  expect(kept.length).toBe(NAMES.length * 4 + 2);
  expect(await immutableIn(far, 'far')).toEqual(kept);
});

test.each([
  ['its bundle', []],
  ['its older signature', ['--new-bundle-format=false']],
])('cosign accepts every artifact at the target by %s', async (_, more) => {
  const { far, home } = sides;
  for (const { name, manifest } of receipt.artifacts) {
    const reference = `${far.registry.host}/far/${name}@${manifest}`;
    const ended = await byCosign('verify', ['--key', 'release.pub', ...more, reference], home);
    expect(ended).toMatchObject({ code: 0, stderr: expect.stringContaining(`Verification for ${reference} --`) });
  }
});

test('cosign accepts what the bucket at the target shows, with the proof that lies beside it', async () => {
  const { far, home } = sides;
  const [views = ''] = proofsOf(receipt, 'views').map((digest) => digest.slice('sha256:'.length));
  const get = (key: string, file: string): Promise<string> =>
    far.bucket.aws('s3api', 'get-object', '--bucket', far.bucket.name, '--key', `far/${key}`, join(home.path, file));
  await get(`proofs/sha256/${views}.sigstore.json`, 'views.json');
  for (const name of NAMES) {
    await get(`channels/prod/${name}/manifests.yaml`, `${name}.yaml`);
    const args = ['--key', 'release.pub', '--bundle', 'views.json', '--type', 'slsaprovenance1', `${name}.yaml`];
    expect(await byCosign('verify-blob-attestation', args, home)).toMatchObject({ code: 0 });
    expect(await readFile(join(home.path, `${name}.yaml`), 'utf8')).toContain(name);
  }
});

test('slipway verifies the target by itself, and a second promotion changes nothing', async () => {
  expect(await job.slipway('verify', 'prod')).toMatchObject({ code: 0 });
  const again = await job.slipway('promote', '--from', '1.4.0', '--to', 'prod', '--output', 'json');
  expect(again).toMatchObject({ code: 0 });
  const { outcome, generation, requests } = JSON.parse(again.stdout) as Receipt;
  expect([outcome, generation]).toEqual(['unchanged', 1]);
  expect(Object.values(requests).map(({ writes }) => writes)).toEqual([0, 0, 0, 0]);
});

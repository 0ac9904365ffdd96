import { expect, test } from 'vitest';
import { groundsIn, refuseForeign } from '../../../src/ship/bucket/grounds.ts';
import { memoryObjects } from '../../../src/ship/memory.ts';

const HEX = 'ab'.repeat(32);

async function judge(...keys: readonly string[]): Promise<void> {
  const objects = memoryObjects();
  for (const key of keys) await objects.put(key, Buffer.from('x'), { contentType: 'text/plain' });
  return refuseForeign(groundsIn(objects, 'gitops/'), 'gitops/');
}

test.each([
  'content/index.html',
  'content/sha256/readme.txt',
  'manifests/app.yaml',
  'proofs/of-delivery.pdf',
  'releases/1.0.0/app.tar.gz',
  'releases/app.zip',
  'channels/sport/monday.m3u8',
  'versions/latest',
])('"%s" is not one of ours', async (key) => {
  await expect(judge(key)).rejects.toMatchObject({
    code: 'FOREIGN',
    message: `Cannot use this prefix: "gitops/${key}" is not one of ours, and there is no "gitops/slipway.json"`,
    hint: 'choose another prefix for the store, or move what lies there away',
  });
});

test('what has the form of ours has only lost its marker', async () => {
  const ours = [
    `content/sha256/${HEX}.tgz`,
    `content/sha256/${HEX}.yaml`,
    `content/sha256/${HEX}/deploy/app.yaml`,
    `manifests/sha256/${HEX}.json`,
    `proofs/sha256/${HEX}.sigstore.json`,
    'releases/default/prod/999999998-000000001.json',
    `releases/default/staging/adopted/${HEX}`,
    'releases/default/versions/1.0.0.json',
    'channels/prod/web/manifests.yaml',
    'channels/prod/web-2/manifests.tgz',
    'versions/1.0.0/web/root.yaml',
  ];
  for (const key of ours) await expect(judge(key)).resolves.toBeUndefined();
});

test('folder markers and what lies elsewhere are nobody else’s business', async () => {
  await expect(
    judge('content/', 'channels/', 'content/sha256/', 'docs/index.html', 'probes/x'),
  ).resolves.toBeUndefined();
});

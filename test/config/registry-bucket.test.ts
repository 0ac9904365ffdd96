import { describe, expect, test } from 'vitest';
import { isRegistryBucket, objectLayout } from '../../src/config/registry-bucket.ts';
import { parseStoreUrl } from '../../src/config/store-url.ts';
import { checkFit } from '../../src/config/stores.ts';
import type { ArtifactPlan } from '../../src/model.ts';

const store = (url: string) => parseStoreUrl(url, { name: 'us', cwd: '/repo' });
const web: ArtifactPlan = { name: 'web', root: '/repo/web', shown: 'web', render: { kind: 'source' } };

test('a bucket with the layout registry is one, and shows no layout to a Flux Bucket', () => {
  const [registry, objects] = [store('s3://fleet/gitops?layout=registry'), store('s3://fleet/gitops?layout=object')];
  expect([isRegistryBucket(registry), isRegistryBucket(objects)]).toEqual([true, false]);
  expect(objectLayout({ layout: 'registry' })).toBeUndefined();
  expect(objectLayout({ layout: 'object' })).toBe('object');
});

describe('the prefix of a bucket that is a registry', () => {
  test.each(['s3://fleet?layout=registry', 's3://fleet/gitops/eu-1?layout=registry'])('is accepted in %s', (url) => {
    expect(() => checkFit([store(url)], [web])).not.toThrow();
  });

  test.each([
    ['GitOps', 'repositories are lower-case'],
    ['git ops', 'the prefix is not made of lower-case letters, digits and single ".", "_" or "-" between them'],
    ['-gitops', 'the prefix is not made of lower-case letters, digits and single ".", "_" or "-" between them'],
    ['a'.repeat(250), undefined],
    ['a'.repeat(255), 'the prefix is longer than 255 characters'],
  ])('%s is judged as the first part of the names of repositories', (prefix, problem) => {
    const check = (): void => checkFit([store(`s3://fleet/${prefix}?layout=registry`)], [web]);
    if (problem === undefined) return expect(check).not.toThrow();
    expect(check).toThrow(
      expect.objectContaining({
        code: 'CONFIG',
        message: `Cannot use store "us" with layout "registry": its prefix begins the names of repositories, and ${problem}`,
        hint: 'use another prefix, as in s3://BUCKET/fleet?layout=registry',
      }),
    );
  });
});

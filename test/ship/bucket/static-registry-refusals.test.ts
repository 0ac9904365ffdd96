/** What a bucket that is a registry does not take. */
import { describe, expect, test } from 'vitest';
import { staticRegistry } from '../../../src/ship/bucket/static-registry.ts';
import { MANIFEST_TYPE } from '../../../src/ship/manifest.ts';
import { memoryObjects } from '../../../src/ship/memory.ts';
import type { Objects } from '../../../src/ship/ports.ts';
import { goodsOf, open } from '../proofs-fixture.ts';

const INDEX_TYPE = 'application/vnd.oci.image.index.v1+json';
const goods = goodsOf('east');

describe('a static registry refuses', () => {
  const put = { mediaType: MANIFEST_TYPE };
  test.each(['', 'Fleet', '../fleet', 'fleet//east', '_referrers', 'fleet/_claims'])(
    'repository "%s"',
    async (name) => {
      const refused = staticRegistry(memoryObjects()).putManifest(name, 'prod', goods.manifest, put);
      await expect(refused).rejects.toMatchObject({
        code: 'CONFIG',
        message: `Cannot use repository "${name}": it is not a valid name`,
      });
    },
  );

  test.each(['', '.', 'a/b', 'sha256:abc', 'x'.repeat(129)])('reference "%s"', async (reference) => {
    const objects = memoryObjects();
    const refused = staticRegistry(objects).putManifest('fleet', reference, goods.manifest, put);
    await expect(refused).rejects.toMatchObject({ code: 'CONFIG' });
    expect((await objects.list('')).objects).toEqual([]);
  });

  test('a manifest under a media type that is not its own, since clients see only one', async () => {
    const refused = staticRegistry(memoryObjects()).putManifest('fleet', 'prod', goods.manifest, {
      mediaType: INDEX_TYPE,
    });
    await expect(refused).rejects.toMatchObject({
      code: 'STORE',
      message: `Cannot write a manifest as "${INDEX_TYPE}": it says that it is "${MANIFEST_TYPE}"`,
    });
  });

  test('nothing for good because the first write failed', async () => {
    const objects = memoryObjects();
    let failures = 1;
    const flaky: Objects = {
      ...objects,
      put: async (...put) => (failures-- > 0 ? Promise.reject(new Error('down')) : objects.put(...put)),
    };
    const repositories = staticRegistry(flaky);
    await expect(open(repositories).shelf.put(goods)).rejects.toThrow('down');
    expect(await open(repositories).shelf.put(goods)).toBe('put');
    expect(await objects.get('v2/')).toBeDefined();
  });
});

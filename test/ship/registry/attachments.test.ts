import { describe, expect, test } from 'vitest';
import { digestOf } from '../../../src/digest.ts';
import { forms } from '../../../src/seal/forms.ts';
import { MANIFEST_TYPE } from '../../../src/ship/manifest.ts';
import { memoryRepositories } from '../../../src/ship/memory.ts';
import type { Repositories } from '../../../src/ship/ports.ts';
import { attachmentsOf } from '../../../src/ship/registry/attachments.ts';
import { openFake } from '../../wire/registry-fixture.ts';
import { bundle, digestsIn, goodsOf, open } from '../proofs-fixture.ts';

describe('what others attached', () => {
  const goods = goodsOf('east');
  const subject = { mediaType: MANIFEST_TYPE, digest: goods.entry.manifest, size: goods.manifest.length };

  async function attach(to: Repositories, document: object, mediaType = MANIFEST_TYPE): Promise<void> {
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, subject, ...document }));
    await to.putManifest('fleet/east', digestOf(bytes), bytes, { mediaType });
  }

  test('is found beside ours when it is a bundle of any version, and passed over when it is something else', async () => {
    const repositories = memoryRepositories();
    await open(repositories).shelf.put(goods);
    const layer = (text: string, mediaType: string, size = 5) => {
      return { mediaType, digest: digestOf(Buffer.from(text)), size };
    };
    const put = (text: string) => repositories.putBlob('fleet/east', digestOf(Buffer.from(text)), Buffer.from(text));
    const type = 'application/vnd.dev.sigstore.bundle.v0.4+json';
    for (const text of ['other', 'sbom', 'twice', 'large']) await put(text);
    await attach(repositories, { layers: [layer('other', type)] });
    await attach(repositories, { layers: [layer('other', type)], annotations: { again: 'yes' } });
    await attach(repositories, { layers: [layer('sbom', 'application/spdx+json')] });
    await attach(repositories, { layers: [layer('twice', type), layer('sbom', type)] });
    await attach(repositories, { layers: [layer('nobody has this', type)] });
    await attach(repositories, { layers: [layer('large', type, 33 * 1_048_576)] });
    const index = 'application/vnd.oci.image.index.v1+json';
    await attach(repositories, { layers: [layer('sbom', type)] }, index);
    await attach(repositories, { layers: 'none' });
    const found = await attachmentsOf(repositories, 'fleet/east', goods.entry.manifest, forms);
    expect(digestsIn(found)).toEqual({ bundles: [digestOf(Buffer.from('other'))], signatures: [], notations: [] });
  });

  test('is passed over when it is damaged or gone, but not when it cannot be asked for', async () => {
    await using fake = await openFake({ referrers: true });
    const { shelf, proofs } = open(fake.registry);
    await shelf.put(goods);
    for (const text of ['a', 'b', 'c']) await proofs.attach(goods.entry, bundle(text));
    const stored = fake.server.repositories.get('fleet/east');
    stored?.blobs.set(bundle('a').proof.digest, Buffer.from('damaged'));
    stored?.blobs.delete(bundle('b').proof.digest);
    const { proofs: reader } = open(fake.reopen());
    expect(digestsIn(await reader.found(goods.entry)).bundles).toEqual([bundle('c').proof.digest]);
    for (const [status, code] of [
      [403, 'DENIED'],
      [503, 'STORE'],
    ] as const) {
      for (const part of ['/blobs/', '/manifests/', '/referrers/']) {
        fake.server.hooks.onRequest = ({ path }) => (path.includes(part) ? { status } : 'serve');
        await expect(open(fake.reopen()).proofs.found(goods.entry)).rejects.toMatchObject({ code });
      }
    }
  });
});

/** What a signed release does not prove: cosign and slipway refuse the same, and slipway one thing more. */
import { beforeAll, describe, expect, test } from 'vitest';
import { digestOf } from '../../src/digest.ts';
import type { Descriptor } from '../../src/model.ts';
import { referrerOf } from '../../src/seal/make/referrer.ts';
import { PROVENANCE_TYPE } from '../../src/seal/statement.ts';
import { fallbackTag } from '../../src/ship/referrer.ts';
import { get, INDEX_TYPE, MANIFEST_TYPE, publish, put } from '../seal/repository.ts';
import { closing } from './closing.ts';
import { run } from './peer.ts';
import { type RunningRegistry, toolPath } from './servers.ts';
import { byCosign, byFlux, type Fleet, makeFleet, proofsOf, REGISTRIES, referencesOf } from './signed-release.ts';

const atEnd = closing();

describe.each(REGISTRIES)('a release of three in a registry %s', (_, startRegistry) => {
  let registry: RunningRegistry;
  let fleet: Fleet;
  let references: readonly string[];
  let bundle: Uint8Array;
  const base = (name: string): string => `${registry.url}/v2/fleet/${name}`;

  beforeAll(async () => {
    registry = await startRegistry();
    atEnd(registry.stop);
    fleet = await makeFleet(3);
    atEnd(fleet.remove);
    const sign = { key: await fleet.keygen('release') };
    await fleet.keygen('other');
    const receipt = await fleet.publish({ stores: { registry: `oci://${registry.host}/fleet/{artifact}` }, sign });
    references = referencesOf(receipt);
    bundle = await get(`${base('app-0000')}/blobs/${proofsOf(receipt, 'bundle')[0]}`);
  });

  /** Attaches the release's bundle to a manifest of the registry. */
  async function attach(name: string, subject: Descriptor): Promise<string> {
    const reference = { digest: digestOf(bundle), size: bundle.length };
    const about = { predicateType: PROVENANCE_TYPE, created: '2026-11-20T00:00:00Z' };
    const { manifest, descriptor } = referrerOf({ ...about, bundle: reference, subject });
    await put(base(name), bundle);
    await put(base(name), manifest, { type: MANIFEST_TYPE, reference: descriptor.digest });
    const index = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: INDEX_TYPE, manifests: [descriptor] }));
    await put(base(name), index, { type: INDEX_TYPE, reference: fallbackTag(subject.digest) });
    return `${registry.host}/fleet/${name}@${subject.digest}`;
  }

  const described = (manifest: Uint8Array): Descriptor => ({
    mediaType: MANIFEST_TYPE,
    digest: digestOf(manifest),
    size: manifest.length,
  });

  const byUs = async (reference: string, key = 'release'): Promise<{ code: number | null; said: string }> => {
    const publicKey = `${fleet.home.path}/${key}.pub`;
    const { code, stdout, stderr } = await fleet.slipway(['verify', `oci://${reference}`, '--key', publicKey]);
    return { code, said: stdout + stderr };
  };

  test('is accepted by both', async () => {
    expect(await byFlux(['-key', 'release.pub'], references, fleet.home)).toEqual(
      references.map((reference) => ({ reference, format: 'bundle', ok: true })),
    );
    for (const reference of references) expect(await byUs(reference)).toMatchObject({ code: 0 });
    expect(await fleet.slipway(['verify', 'live'])).toMatchObject({ code: 0 });
  });

  test('is refused by both for another key', async () => {
    for (const { format, ok, error } of await byFlux(['-key', 'other.pub'], references, fleet.home)) {
      expect({ format, ok }).toEqual({ format: 'bundle', ok: false });
      expect(error).toContain('could not verify envelope');
    }
    const [one = ''] = references;
    expect(await byUs(one, 'other')).toEqual({ code: 5, said: expect.stringContaining('another key') });
  });

  test('does not prove a manifest that was changed, though the bundle is attached to it', async () => {
    const name = 'app-0000';
    const original = await get(`${base(name)}/manifests/live`);
    const changed = Buffer.from(original.toString().replace('"annotations":{', '"annotations":{"a":"b",'));
    expect(changed.length).toBeGreaterThan(original.length);
    await put(base(name), changed, { type: MANIFEST_TYPE, reference: digestOf(changed) });
    await refusedByBoth(await attach(name, described(changed)));
  });

  test('does not prove an artifact that it does not list', async () => {
    await refusedByBoth(await attach('app-0001', await publish(base('app-0001'), 'a stranger')));
  });

  async function refusedByBoth(reference: string): Promise<void> {
    const [verdict] = await byFlux(['-key', 'release.pub'], [reference], fleet.home);
    expect(verdict).toMatchObject({ format: 'bundle', ok: false });
    expect(verdict?.error).toContain('provided artifact digest does not match any digest in statement');
    expect((await byCosign('verify', ['--key', 'release.pub', reference], fleet.home)).code).toBe(1);
    expect(await byUs(reference)).toEqual({ code: 5, said: expect.stringContaining('other artifacts') });
  }

  test('does not prove one artifact under the name of another, for slipway', async () => {
    const [one = ''] = references;
    const other = one.replace('app-0000', 'app-0002');
    await run(toolPath('crane'), ['copy', one, other], { cwd: fleet.home.path });
    const subject = described(await get(`${base('app-0002')}/manifests/${one.split('@')[1]}`));
    const reference = await attach('app-0002', subject);
    expect(reference).toBe(other);
    // cosign and Flux do not look at names.
    expect((await byCosign('verify', ['--key', 'release.pub', other], fleet.home)).code).toBe(0);
    expect(await byFlux(['-key', 'release.pub'], [other], fleet.home)).toEqual([
      { reference: other, format: 'bundle', ok: true },
    ]);
    const refused = await byUs(other);
    expect(refused).toEqual({ code: 5, said: expect.stringContaining('lists this digest as "app-0000"') });
  });
});

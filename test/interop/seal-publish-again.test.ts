/** Signed releases published again: what is proved stays, what is wanted anew is added, and no name moves for it. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Receipt } from '../../src/model.ts';
import { PURPOSE, RELEASE } from '../seal/notation/certificates.ts';
import { currentChain } from '../seal/notation/verdicts.ts';
import { get } from '../seal/repository.ts';
import { closing } from './closing.ts';
import { start } from './peer.ts';
import { type RunningRegistry, toolPath } from './servers.ts';
import { byFlux, type Fleet, makeFleet, otherThan, proofsOf, REGISTRIES, referencesOf } from './signed-release.ts';
import { tagsOf } from './tags.ts';

const COUNT = 3;
/** The tag of any record. */
const RECORD = 'fleet/releases:slipway.default.live.….…';
const atEnd = closing();

describe.each(REGISTRIES)('a release in a registry %s', (_, startRegistry) => {
  let registry: RunningRegistry;
  let fleet: Fleet;
  const keys: Record<string, string> = {};
  let first: Receipt;
  let before: ReadonlyMap<string, string>;

  beforeAll(async () => {
    registry = await startRegistry();
    atEnd(registry.stop);
    fleet = await makeFleet(COUNT);
    atEnd(fleet.remove);
    for (const name of ['release', 'next']) keys[name] = await fleet.keygen(name);
    first = await publishedWith({ key: keys.release });
    before = await tagsOf(registry);
  });

  const publishedWith = (sign: object): Promise<Receipt> =>
    fleet.publish({ stores: { registry: `oci://${registry.host}/fleet/{artifact}` }, sign });

  /** Tags that a run has added, and those that it has moved; `sha256-*` tags are lists that grow. */
  async function tagsSince(earlier: ReadonlyMap<string, string>) {
    const after = await tagsOf(registry);
    expect([...earlier.keys()].filter((tag) => !after.has(tag))).toEqual([]);
    return {
      added: [...after.keys()]
        .filter((tag) => !earlier.has(tag))
        .map((tag) => tag.replace(/[0-9a-f]{8,}/g, '…'))
        .sort(),
      moved: [...earlier.keys()].filter((tag) => !tag.includes(':sha256-') && after.get(tag) !== earlier.get(tag)),
    };
  }

  /** The newest record, as the registry has it. */
  async function newestRecord(): Promise<{ readonly kind: string; readonly generation: number }> {
    const tags = [...(await tagsOf(registry)).keys()].filter((tag) => tag.startsWith('fleet/releases:slipway.'));
    const base = `${registry.url}/v2/fleet/releases`;
    const [, tag = ''] = tags.sort().at(-1)?.split(':') ?? [];
    const manifest = JSON.parse((await get(`${base}/manifests/${tag}`)).toString()) as {
      readonly layers: readonly { readonly digest: string }[];
    };
    return JSON.parse((await get(`${base}/blobs/${manifest.layers[0]?.digest}`)).toString());
  }

  const verdictsOf = (mode: string, key: string) =>
    byFlux(['-mode', mode, '-key', `${key}.pub`], referencesOf(first), fleet.home);
  const manifestsOf = ({ artifacts }: Receipt): readonly string[] => artifacts.map(({ manifest }) => manifest);

  test('is unchanged by a second run, which proves and writes nothing', async () => {
    expect(first).toMatchObject({
      outcome: 'published',
      generation: 1,
      proved: [{ kind: 'bundle', artifacts: COUNT }],
    });
    const again = await publishedWith({ key: keys.release });
    expect(again).toMatchObject({ outcome: 'unchanged', generation: 1, proved: [] });
    expect(again.requests.registry?.writes).toBe(0);
    expect(await tagsSince(before)).toEqual({ added: [], moved: [] });
  });

  test('gets older signatures when they are switched on', async () => {
    expect(otherThan({ format: 'legacy', ok: false }, await verdictsOf('legacy', 'release'))).toEqual([]);
    const signed = await publishedWith({ key: keys.release, legacy: true });
    expect(signed).toMatchObject({
      outcome: 'published',
      generation: 2,
      proved: [{ kind: 'signature', artifacts: COUNT }],
    });
    expect(await newestRecord()).toMatchObject({ kind: 'sign', generation: 2 });
    expect(manifestsOf(signed)).toEqual(manifestsOf(first));
    expect(proofsOf(signed, 'bundle')).toEqual(proofsOf(first, 'bundle'));
    const added = [...fleet.names.map((name) => `fleet/${name}:sha256-….sig`), RECORD];
    expect(await tagsSince(before)).toEqual({ added, moved: [] });
    expect(otherThan({ format: 'legacy', ok: true }, await verdictsOf('legacy', 'release'))).toEqual([]);
  });

  test('gets proofs of a new key beside those of the old one', async () => {
    const between = await tagsOf(registry);
    const signed = await publishedWith({ key: keys.next, legacy: true });
    expect(signed).toMatchObject({ outcome: 'published', generation: 3 });
    expect(signed.proved.map(({ kind, artifacts }) => ({ kind, artifacts }))).toEqual([
      { kind: 'bundle', artifacts: COUNT },
      { kind: 'signature', artifacts: COUNT },
    ]);
    expect(await newestRecord()).toMatchObject({ kind: 'sign', generation: 3 });
    expect(manifestsOf(signed)).toEqual(manifestsOf(first));
    expect(await tagsSince(between)).toEqual({ added: [RECORD], moved: [] });
    for (const key of ['release', 'next']) {
      expect(otherThan({ format: 'bundle', ok: true }, await verdictsOf('flux', key))).toEqual([]);
      expect(otherThan({ format: 'legacy', ok: true }, await verdictsOf('legacy', key))).toEqual([]);
    }
    const again = await publishedWith({ key: keys.next, legacy: true });
    expect(again).toMatchObject({ outcome: 'unchanged', proved: [] });
  });

  test('gets signatures of the Notary Project, which notation verifies under a strict trust policy', async () => {
    const { key, pem, root } = currentChain({ subject: RELEASE, purposes: [PURPOSE.code] });
    const files = {
      'notation.key': key,
      'notation.pem': pem,
      'root.pem': root.pem,
      'stranger.pem': currentChain().root.pem,
    };
    for (const [name, text] of Object.entries(files)) await writeFile(join(fleet.home.path, name), text);
    const notation = {
      key: join(fleet.home.path, 'notation.key'),
      certificates: join(fleet.home.path, 'notation.pem'),
    };
    const between = await tagsOf(registry);
    const signed = await publishedWith({ key: keys.next, legacy: true, notation });
    expect(signed).toMatchObject({ outcome: 'published', proved: [{ kind: 'notation', artifacts: COUNT }] });
    expect((await tagsSince(between)).moved).toEqual([]);

    const byNotation = (roots: string, reference: string) =>
      start(toolPath('notation'), ['-roots', roots, reference], { cwd: fleet.home.path });
    for (const reference of referencesOf(signed)) {
      const { code, stdout, stderr } = await byNotation('root.pem', reference);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(JSON.parse(stdout)).toMatchObject({
        digest: reference.split('@')[1],
        signer: expect.stringContaining('CN=Release'),
      });
    }
    const [one = ''] = referencesOf(signed);
    expect((await byNotation('stranger.pem', one)).code).toBe(1);
    // What else is attached does not hide the bundles.
    expect(otherThan({ format: 'bundle', ok: true }, await verdictsOf('flux', 'next'))).toEqual([]);
  });
});

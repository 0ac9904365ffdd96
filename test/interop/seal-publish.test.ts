/** Releases signed once, as a whole, by the command line: cosign and its library, used as Flux does, accept every artifact. */
import { beforeAll, describe, expect, test } from 'vitest';
import { eachLimit } from '../../src/concurrency.ts';
import type { Receipt } from '../../src/model.ts';
import { closing } from './closing.ts';
import { type RunningRegistry, startGoRegistry } from './servers.ts';
import {
  byCosign,
  byFlux,
  type Fleet,
  makeFleet,
  otherThan,
  proofsOf,
  REGISTRIES,
  referencesOf,
} from './signed-release.ts';

const minutes = { timeout: 240_000 };
const atEnd = closing();

describe.each(REGISTRIES)('in a registry %s', (_, startRegistry) => {
  let registry: RunningRegistry;
  beforeAll(async () => {
    registry = await startRegistry();
    atEnd(registry.stop);
  });

  async function release(count: number, sign: object = {}): Promise<{ fleet: Fleet; receipt: Receipt }> {
    const fleet = await makeFleet(count);
    atEnd(fleet.remove);
    const key = await fleet.keygen('release');
    const stores = { registry: `oci://${registry.host}/of-${count}/{artifact}` };
    const receipt = await fleet.publish({ stores, sign: { key, ...sign } });
    expect(receipt).toMatchObject({ outcome: 'published', generation: 1, warnings: [] });
    return { fleet, receipt };
  }

  describe.each([3, 500])('%i artifacts with both kinds of signatures', (count) => {
    let fleet: Fleet;
    let receipt: Receipt;
    let references: readonly string[];
    beforeAll(async () => {
      ({ fleet, receipt } = await release(count, { legacy: true }));
      references = referencesOf(receipt);
    });

    test('have one bundle, and an older signature each', () => {
      const signer = receipt.artifacts[0]?.proofs[0]?.signer;
      expect(receipt.proved).toEqual([
        { kind: 'bundle', signer, artifacts: count },
        { kind: 'signature', signer, artifacts: count },
      ]);
      expect(proofsOf(receipt, 'bundle')).toHaveLength(1);
      expect(proofsOf(receipt, 'signature')).toHaveLength(count);
    });

    test.each([
      ['the newest Flux', 'flux', 'bundle'],
      ['a Flux that knows no bundles', 'legacy', 'legacy'],
    ] as const)('are all accepted by %s', async (_, mode, format) => {
      const verdicts = await byFlux(['-mode', mode, '-key', 'release.pub'], references, fleet.home);
      expect(verdicts).toHaveLength(count);
      expect(otherThan({ format, ok: true }, verdicts)).toEqual([]);
    });

    test.each([
      ['its bundle', 'verify', []],
      ['its older signature', 'verify', ['--new-bundle-format=false']],
      ['its provenance', 'verify-attestation', ['--type', 'slsaprovenance1']],
    ] as const)('are accepted by the cosign of the command line for %s', async (_, command, more) => {
      const some = references.slice(0, 20);
      const accepted = await eachLimit(some, 2, async (one) => {
        const { code, stderr } = await byCosign(command, ['--key', 'release.pub', ...more, one], fleet.home);
        return code === 0 && stderr.includes(`Verification for ${one} --`);
      });
      expect(some.filter((_, index) => accepted[index] !== true)).toEqual([]);
    });
  });

  // cosign's library takes nearly 40 s of a processor to read the long statement 1,024 times: one registry is enough for that.
  const readsAll = startRegistry === startGoRegistry;

  test('1,024 artifacts have one statement, of which verifiers read no longer ones', minutes, async () => {
    const { fleet, receipt } = await release(1024, { legacy: readsAll });
    expect(proofsOf(receipt, 'bundle')).toHaveLength(1);
    const all = referencesOf(receipt);
    const some = readsAll ? all : all.filter((_, index) => index % 8 === 7);
    const verdicts = await byFlux(['-key', 'release.pub'], some, fleet.home);
    expect(verdicts).toHaveLength(readsAll ? 1024 : 128);
    expect(otherThan({ format: 'bundle', ok: true }, verdicts)).toEqual([]);
    if (!readsAll) return;
    expect(proofsOf(receipt, 'signature')).toHaveLength(1024);
    const older = await byFlux(['-mode', 'legacy', '-key', 'release.pub'], all, fleet.home);
    expect(older).toHaveLength(1024);
    expect(otherThan({ format: 'legacy', ok: true }, older)).toEqual([]);
  });
});

test('1,030 artifacts have two statements, and each artifact the one that lists it', minutes, async () => {
  const registry = await startGoRegistry();
  atEnd(registry.stop);
  const fleet = await makeFleet(1030);
  atEnd(fleet.remove);
  const sign = { key: await fleet.keygen('release') };
  const receipt = await fleet.publish({ stores: { registry: `oci://${registry.host}/fleet/{artifact}` }, sign });
  const bundles = receipt.artifacts.map(({ proofs }) => proofs.map(({ digest }) => digest).join());
  const lengths = proofsOf(receipt, 'bundle').map((digest) => bundles.filter((one) => one === digest).length);
  expect(lengths).toEqual([1024, 6]);
  expect(await fleet.slipway(['verify', 'live'])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('1030 trusted'),
  });
  // All of the second statement, and some of the first: they take cosign's library a while.
  const some = referencesOf(receipt).filter((_, index) => index >= 1020 || index % 100 === 0);
  const verdicts = await byFlux(['-key', 'release.pub'], some, fleet.home);
  expect(otherThan({ format: 'bundle', ok: true }, verdicts)).toEqual([]);
});

/** A rollback brings the proofs of then, and asks whether they count now before any name moves. */
import { expect, test } from 'vitest';
import type { ReleaseRecord } from '../../src/model.ts';
import { fine, type Outcome, receiptIn, said, slipway } from './fleet.ts';
import { assertProved, policyOf } from './proofs-reader.ts';
import { bucketRecords } from './reader.ts';
import { emptyFleet, NEW, OWN, type SignedFleet, shareTrees, signedFleet } from './signed-fleet.ts';
import { namesIn } from './stage.ts';

shareTrees();

/** `slipway rollback` where nothing can sign. */
async function rollback(by: SignedFleet, pub: string, ...args: readonly string[]): Promise<Outcome> {
  return rollbackWith(by, { PUB: pub }, ...args);
}

async function rollbackWith(
  by: SignedFleet,
  env: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Promise<Outcome> {
  const ended = await slipway(['rollback', ...args, '--output', 'json', '--quiet'], {
    cwd: by.folders.south,
    env: { ...by.stage.env, ...env },
  });
  return { ...ended, receipt: receiptIn(ended.stdout) };
}

test('old content comes back with its own proofs, where nothing can sign', async () => {
  const by = await signedFleet();
  await by.publish({ at: 'south' });
  const [, first] = bucketRecords(by.stage.live, 'prod');
  const ended = await rollback(by, OWN.pub);
  expect(said(ended)).toEqual(fine('published', 3));
  expect(ended.receipt?.proved).toEqual([]);
  const [newest] = bucketRecords(by.stage.live, 'prod');
  const of = ({ artifacts }: ReleaseRecord): readonly unknown[] =>
    artifacts.map(({ manifest, proofs }) => [manifest, proofs]);
  expect(of(newest as ReleaseRecord)).toEqual(of(first as ReleaseRecord));
  const looking = { policy: await policyOf(OWN.pub), channel: 'prod', version: undefined };
  const artifacts = ['north', 'south', 'west'];
  expect(await assertProved(by.stage.live, { ...looking, artifacts, hasApi: false })).toBe(6);
});

test('proofs that count no longer move no name, and the error says so', async () => {
  const by = await signedFleet();
  await by.publish({ at: 'south', env: { KEY: NEW.key, PUB: NEW.pub } });
  const before = namesIn(by.held(), 'prod');
  const ended = await rollback(by, NEW.pub);
  expect(said(ended)).toMatchObject({ code: 5, outcome: 'failed', generation: 2 });
  expect(ended.receipt?.error).toMatchObject({
    code: 'UNTRUSTED',
    message: expect.stringContaining('"south"'),
    hint: 'a rollback brings the proofs of that time: let "verify" accept who signed then too, or publish the old source again as a new commit',
  });
  expect(namesIn(by.held(), 'prod')).toEqual(before);
  expect(bucketRecords(by.stage.live, 'prod')).toHaveLength(2);
});

test('a channel that is signed goes back to nothing unsigned until that is allowed', async () => {
  const by = await emptyFleet();
  await by.publish({ config: 'unsigned.yaml' });
  await by.publish({ at: 'south' });
  // Nobody asks for signatures, but there are some.
  const refused = await rollback(by, OWN.pub, '--config', 'unsigned.yaml');
  expect(said(refused)).toMatchObject({ code: 3, outcome: 'refused' });
  expect(refused.receipt?.error).toMatchObject({
    message: 'Channel "prod" is signed by bundles, and artifact "south" of generation 1 is not',
    hint: 'roll back to something that is signed, or pass --allow unsigned to go back to it all the same',
  });
  const unsigned = ['--config', 'unsigned.yaml', '--allow', 'unsigned'];
  expect(said(await rollback(by, OWN.pub, ...unsigned))).toEqual(fine('published', 3));
});

test('without verify the public half of what signs counts, as in a publish; who freezes needs no key', async () => {
  const by = await signedFleet();
  await by.publish({ at: 'south', config: 'legacy.yaml' });
  const config = ['--config', 'legacy.yaml'];
  const foreign = await rollbackWith(by, { KEY: NEW.key }, ...config);
  expect(said(foreign)).toMatchObject({ code: 5, outcome: 'failed' });
  const blind = await rollbackWith(by, {}, ...config);
  expect(blind.code).toBe(2);
  expect(blind.stdout).toContain('name the public key in verify of the config');
  const froze = await slipway(['freeze', '--reason', 'night', ...config], { cwd: by.folders.south, env: by.stage.env });
  expect(froze.code).toBe(0);
  await slipway(['unfreeze', ...config], { cwd: by.folders.south, env: by.stage.env });
  expect(said(await rollbackWith(by, { KEY: OWN.key }, ...config))).toMatchObject({ code: 0, outcome: 'published' });
});

/** Proving again: what a run may say of artifacts that it did not build, and what it must leave as it is. */
import { expect, test } from 'vitest';
import type { Packed } from '../../src/model.ts';
import { fine, said } from './fleet.ts';
import { bucketRecords } from './reader.ts';
import { isAboutProofs, proofsOf, provedNames } from './seal-facts.ts';
import { emptyFleet, NEW, type SignedFleet, shareTrees, signedFleet } from './signed-fleet.ts';
import { bucket as memoryBucket, openStore, packed, planOf, publishOnce, recordsOf } from './world.ts';

shareTrees();

const WITH_NEW = { KEY: NEW.key, PUB: NEW.pub };

interface Predicate {
  readonly buildDefinition: {
    readonly buildType: string;
    readonly resolvedDependencies: readonly { readonly digest?: { readonly gitCommit?: string } }[];
  };
}

/** What a bundle in the bucket says of the build. */
function predicateOf({ stage }: SignedFleet, digest: string | undefined): Predicate['buildDefinition'] {
  const [, object] =
    [...stage.live.objects].find(([key]) => key.includes(`/proofs/sha256/${digest?.slice('sha256:'.length)}`)) ?? [];
  const bundle = JSON.parse(Buffer.from(object?.bytes ?? []).toString('utf8')) as { dsseEnvelope: { payload: string } };
  const statement = Buffer.from(bundle.dsseEnvelope.payload, 'base64').toString('utf8');
  return (JSON.parse(statement) as { predicate: Predicate }).predicate.buildDefinition;
}

test('what a run did not build is proved by a new key without a word about a build', async () => {
  const by = await signedFleet();
  const { receipt } = await by.publish({ at: 'south', args: ['--artifact', 'south'], env: WITH_NEW });
  expect(receipt?.outcome).toBe('published');
  const [built, again] = ['south', 'north'].map((name) => predicateOf(by, proofsOf(receipt, name).bundle));
  expect(built?.buildType).toBe('urn:slipway:build:v1');
  expect(built?.resolvedDependencies[0]?.digest?.gitCommit).toMatch(/^[0-9a-f]{40}$/);
  expect(again).toMatchObject({ buildType: 'urn:slipway:sign:v1', resolvedDependencies: [] });
  expect(await provedNames(by, 'prod', NEW.pub)).toBe(6);
});

test('an older commit with the key of its time takes no proof back', async () => {
  const by = await signedFleet();
  await by.publish({ at: 'south', args: ['--artifact', 'south'], env: WITH_NEW });
  const { ended, writes, requests } = await by.counted();
  expect(said(ended)).toEqual(fine('unchanged', 2));
  expect(ended.receipt?.proved).toEqual([]);
  expect([writes, requests.filter(isAboutProofs)]).toEqual([[], []]);
  expect(await provedNames(by, 'prod', NEW.pub)).toBe(6);
});

test('a version that was claimed without proofs is not named by a run that asks for them', async () => {
  const by = await emptyFleet();
  const args = ['--version', '1.0.0'];
  expect(said(await by.publish({ config: 'unsigned.yaml', args }))).toEqual(fine('published', 1));
  const { live } = by.stage;
  for (const key of [...live.objects.keys()]) if (key.includes('/versions/1.0.0/')) live.objects.delete(key);
  const { ended } = await by.counted({ args });
  expect(said(ended)).toMatchObject({ code: 5, outcome: 'failed' });
  expect(ended.receipt?.stores.us?.error).toMatchObject({
    code: 'UNTRUSTED',
    hint: 'version "1.0.0" was claimed with the proofs of that time, which never change: publish the next version',
  });
  expect([...live.objects.keys()].filter((key) => key.includes('/versions/1.0.0/'))).toEqual([]);
});

test('the job of an older version is superseded after the key was changed, as before', async () => {
  const by = await signedFleet();
  await by.publish({ args: ['--version', '1.0.0'] });
  await by.publish({ at: 'south', args: ['--version', '1.1.0'], env: WITH_NEW });
  const again = await by.publish({ args: ['--version', '1.0.0'], env: WITH_NEW });
  expect(said(again)).toMatchObject({ code: 0, outcome: 'superseded' });
});

test.each([
  ['an artifact that is new', 'copy', 'unsigned.yaml', 'by bundles'],
  ['a change that is signed for other readers alone', 'south', 'notation-only.yaml', 'by bundles'],
] as const)('a signed channel refuses %s', async (_, at, config, how) => {
  const by = await signedFleet();
  const { ended, writes } = await by.counted({ at, config });
  expect(said(ended)).toMatchObject({ code: 3, outcome: 'refused' });
  expect(ended.receipt?.error?.message).toBe(`Channel "prod" is signed ${how}, and this run does not sign so`);
  expect(writes).toEqual([]);
});

test('what is allowed to be unsigned is published although the policy asks for a signature', async () => {
  const by = await signedFleet();
  const ended = await by.publish({ at: 'south', config: 'verifying.yaml', args: ['--allow', 'unsigned'] });
  expect(said(ended)).toEqual(fine('published', 2));
  expect(proofsOf(ended.receipt, 'south')).toEqual({});
  expect(bucketRecords(by.stage.live, 'prod')[0]).toMatchObject({ allowed: ['unsigned'] });
});

const letters = { east: 'a', west: 'a', north: 'a' };

test('a version alone is refused without a signature where the channels of the project are signed', async () => {
  const stores = [openStore(memoryBucket('bucket'))];
  const publisher = { run: 1, commit: 1, letters, stores, primary: 'bucket', quorum: 1 };
  expect((await publishOnce({ ...publisher, signer: 'key:a' })).outcome).toBe('published');
  const { channel: _, ...plan } = planOf({ ...publisher, run: 2, commit: 2, version: '1.0.0' });
  const ended = await publishOnce({ ...publisher, letters: { east: 'b' } }, plan);
  expect(ended.end?.error?.message).toBe('Project "default" is signed by bundles, and this run does not sign so');
});

test('content that is shown in another way has what is shown proved, too', async () => {
  const port = memoryBucket('bucket');
  const stores = [openStore(port)];
  const publisher = {
    run: 1,
    commit: 1,
    letters: { east: 'a' },
    stores,
    primary: 'bucket',
    quorum: 1,
    signer: 'key:a',
  };
  const { object: _, ...tarball } = packed('east', 'a').views;
  const asTarball: Packed = { ...packed('east', 'a'), views: tarball };
  const first = await publishOnce(publisher, { ...planOf(publisher), channel: 'staging' }, [asTarball]);
  const next = await publishOnce({ ...publisher, run: 2 });
  expect([first.outcome, next.end, next.outcome]).toEqual(['published', undefined, 'published']);
  const proofs = (await recordsOf(stores[0] as (typeof stores)[number]))[0]?.artifacts[0]?.proofs ?? [];
  const before = first.target?.artifacts[0]?.proofs ?? [];
  const digestOf = (kind: string, all: typeof proofs) => all.find((proof) => proof.kind === kind)?.digest;
  expect(digestOf('bundle', proofs)).toBe(digestOf('bundle', before));
  expect(digestOf('views', proofs)).not.toBe(digestOf('views', before));
});

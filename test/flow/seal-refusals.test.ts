/** Signing through the whole pipeline: what is refused, what is lost, and what is not signed. */
import { expect, test } from 'vitest';
import { added, fine, said } from './fleet.ts';
import { besideManifest } from './proofs-reader.ts';
import { bucketRecords } from './reader.ts';
import { isAboutProofs, made, proofsOf, provedNames } from './seal-facts.ts';
import { emptyFleet, NEW, type SignedFleet, shareTrees, signedFleet } from './signed-fleet.ts';

shareTrees();

test('a run that signs nothing is refused where readers expect a signature, until it is allowed', async () => {
  const by = await signedFleet();
  const { ended, writes } = await by.counted({ at: 'south', config: 'unsigned.yaml' });
  expect(said(ended)).toMatchObject({ code: 3, outcome: 'refused' });
  expect(ended.receipt?.error).toEqual({
    code: 'REFUSED',
    message: 'Channel "prod" is signed by bundles, and this run does not sign so',
    hint: 'add "sign" to the config or --key, or pass --allow unsigned to publish without',
  });
  expect(writes).toEqual([]);
  const allowed = await by.publish({ at: 'south', config: 'unsigned.yaml', args: ['--allow', 'unsigned'] });
  expect(said(allowed)).toEqual(fine('published', 2));
  expect(proofsOf(allowed.receipt, 'south')).toEqual({});
  expect(proofsOf(allowed.receipt, 'north')).toHaveProperty('bundle');
});

test.each([
  ['nobody signed', async () => emptyFleet(), {}, 'it is not signed'],
  ['somebody else signed', signedFleet, { PUB: NEW.pub }, 'it is signed with another key'],
] as const)('what %s is neither recorded nor named', async (_, fleetOf, env, reason) => {
  const by = await fleetOf();
  const args = ['--channel', 'staging'];
  const { ended } = await by.counted({ config: 'verifying.yaml', args, env });
  expect(ended.code).toBe(5);
  expect(ended.receipt?.error?.code).toBe('UNTRUSTED');
  expect(ended.receipt?.error?.message).toContain(reason);
  expect(by.held().filter((line) => line.includes('staging'))).toEqual([]);
});

test('a key whose signatures nobody would accept signs nothing', async () => {
  const by = await signedFleet();
  const { ended, requests } = await by.counted({ at: 'south', env: { KEY: NEW.key } });
  expect(ended.code).toBe(2);
  expect(ended.stderr).toMatch(/^error\[CONFIG\]: Cannot sign with the key "env:\/\/KEY": "verify" does not accept/);
  expect(requests).toEqual([]);
});

test('a bucket that drops proofs is failed, and nothing is recorded', async () => {
  const by = await signedFleet({
    bucket: {
      onRequest: ({ method, path }) =>
        method === 'PUT' && path.includes('/proofs/') ? { status: 200, headers: { etag: '"x"' } } : 'serve',
    },
  });
  const before = by.held();
  const { ended } = await by.counted({ at: 'south' });
  expect(said(ended)).toMatchObject({ code: 4, outcome: 'failed', states: ['current', 'failed'] });
  expect(ended.receipt?.stores.us?.error).toEqual({
    code: 'STORE',
    message: expect.stringMatching(
      /^Store "us": The bundle "sha256:[0-9a-f]{64}" of artifact "south" is not found after it was attached$/,
    ),
    hint: 'the store lost what it accepted; check its retention rules and run again',
  });
  expect(added(before, by.held()).filter((line) => /releases|channels| tag prod /.test(line))).toEqual([]);
});

test('a registry that says it lists a referrer and does not is failed, and nothing is recorded', async () => {
  const by = await signedFleet({ registry: { referrers: true } });
  const before = by.held();
  const { registry } = by.stage;
  registry.hooks.onRequest = ({ method, path }) =>
    method === 'PUT' && path.includes('/manifests/sha256:')
      ? { status: 201, headers: { 'oci-subject': 'x' } }
      : 'serve';
  const { ended } = await by.counted({ at: 'south' });
  expect(said(ended)).toMatchObject({ code: 4, outcome: 'failed', states: ['failed', 'current'] });
  expect(ended.receipt?.stores.eu?.error).toEqual({
    code: 'STORE',
    message: expect.stringMatching(
      /^Store "eu": The bundle "sha256:[0-9a-f]{64}" of artifact "south" is not found after it was attached$/,
    ),
    hint: 'the store lost what it accepted; check its retention rules and run again',
  });
  expect(added(before, by.held()).filter((line) => /releases|channels| tag prod /.test(line))).toEqual([]);
});

/** Takes all proofs out of both stores. */
function loseProofs({ stage: { live } }: SignedFleet): void {
  for (const key of [...live.objects.keys()]) if (key.includes('/proofs/')) live.objects.delete(key);
  for (const { tags } of live.repositories.values())
    for (const tag of [...tags.keys()]) if (tag.startsWith('sha256-')) tags.delete(tag);
}

test('proofs that every store lost are made again when it is asked for', async () => {
  const by = await signedFleet();
  loseProofs(by);
  await expect(provedNames(by)).rejects.toThrow('it is not signed');
  expect(said(await by.publish())).toEqual(fine('unchanged', 1));
  const again = await by.publish({ args: ['--allow', 'prove-again'] });
  expect(said(again)).toEqual(fine('published', 2));
  expect(bucketRecords(by.stage.live, 'prod')[0]).toMatchObject({ kind: 'sign', allowed: ['prove-again'] });
  expect(await provedNames(by)).toBe(6);
});

test('a dry run tells what would be proved, signs nothing, and needs no key', async () => {
  const by = await signedFleet();
  const planned = await by.counted({ at: 'south', args: ['--dry-run'] });
  expect(said(planned.ended)).toMatchObject({ code: 0, outcome: 'planned' });
  expect(made(planned.ended.receipt)).toEqual([
    ['bundle', 1],
    ['views', 1],
  ]);
  expect(planned.writes).toEqual([]);
  const keyless = await by.counted({ at: 'south', args: ['--dry-run'], env: { KEY: '', PUB: '' } });
  expect(said(keyless.ended)).toMatchObject({ code: 0, outcome: 'planned' });
  expect(keyless.writes).toEqual([]);
});

test('a run that is superseded signs nothing', async () => {
  const by = await signedFleet();
  await by.publish({ at: 'south' });
  const { ended, writes, requests } = await by.counted({ env: { KEY: NEW.key, PUB: NEW.pub } });
  expect(said(ended)).toEqual(fine('superseded', 2));
  expect(ended.receipt?.proved).toEqual([]);
  expect([writes, requests.filter(isAboutProofs)]).toEqual([[], []]);
});

test.each([
  ['was not signed', 'unsigned.yaml', 0],
  ['was signed by an older key', 'slipway.yaml', 1],
] as const)(
  'a store that joins when a version %s is given what proves the channel as well',
  async (_, config, older) => {
    const by = await emptyFleet();
    const args = ['--version', '1.0.0'];
    expect((await by.publish({ config, args })).code).toBe(0);
    const env = { KEY: NEW.key, PUB: NEW.pub };
    expect(said(await by.publish({ args, env }))).toEqual(fine('published', 2));
    const joined = await by.publish({ config: 'mirrored.yaml', args, env });
    expect(said(joined)).toMatchObject({ code: 0, outcome: 'healed', states: ['current', 'current', 'current'] });
    expect(joined.receipt?.proved).toEqual([]);
    for (const { name, manifest, proofs } of joined.receipt?.artifacts ?? []) {
      const { bundles } = besideManifest(by.stage.live, { repository: `mirror/${name}`, manifest, hasApi: false });
      const digests = bundles.map(({ digest }) => digest);
      expect(digests).toContain(proofs.find(({ kind }) => kind === 'bundle')?.digest);
      expect(digests).toHaveLength(1 + older);
    }
  },
);

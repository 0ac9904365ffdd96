/** Signing through the whole pipeline: in which order, how often, and what lies where. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { added, fine, said, slipway } from './fleet.ts';
import { assertProved, besideManifest, policyOf, subjectsOf } from './proofs-reader.ts';
import { bucketRecords, registryRecords } from './reader.ts';
import { isAboutProofs, LOOKING, made, proofsOf, provedNames } from './seal-facts.ts';
import { ARTIFACTS, emptyFleet, NEW, OWN, type SignedFleet, shareTrees, signedFleet } from './signed-fleet.ts';
import { namesIn } from './stage.ts';

shareTrees();

/** What a write is: of content, of proofs, of a record, of a name. Uploads of blobs may be either of the first two. */
function stepOf(path: string): string | undefined {
  if (path.includes('/blobs/uploads/') && !path.includes('/releases/')) return undefined;
  if (/\/releases\//.test(path)) return 'record';
  if (/\/proofs\/|\/manifests\/sha256[:-]/.test(path)) return 'proof';
  return /\/channels\/|\/versions\/|\/manifests\/(?:prod|staging)$/.test(path) ? 'name' : 'content';
}

/** Steps of the writes to both stores in the order of their arrival, without repetitions. */
function stepsOf({ stage }: SignedFleet): readonly string[] {
  const steps: string[] = [];
  stage.watch(({ when, write, path }) => {
    const step = write && when === 'before' ? stepOf(path) : undefined;
    if (step !== undefined && steps.at(-1) !== step) steps.push(step);
    return 'serve';
  });
  return steps;
}

test('a new key signs in every kind of store: content, proofs, record, names; a second run asks nothing', async () => {
  const by = await emptyFleet();
  const cwd = by.folders.one;
  const keygen = await slipway(['keygen', '--no-passphrase'], { cwd, env: {} });
  expect(keygen.code).toBe(0);
  const steps = stepsOf(by);
  const { receipt, ...ended } = await by.publish({ config: 'everywhere.yaml' });
  expect(said({ receipt, ...ended })).toMatchObject({ code: 0, outcome: 'published', generation: 1 });
  expect(steps).toEqual(['content', 'proof', 'record', 'name']);
  expect(made(receipt)).toEqual([
    ['bundle', 3],
    ['views', 3],
  ]);
  expect(await provedNames(by, 'prod', await readFile(join(cwd, 'slipway.pub'), 'utf8'))).toBe(6);
  const { bundle = '', views = '' } = proofsOf(receipt, 'north');
  const files = [bundle, views].map((digest) => `${digest.slice('sha256:'.length)}.sigstore.json`).sort();
  expect(await readdir(join(cwd, '.slipway/lab/proofs/sha256'))).toEqual(files);
  const blobs = join(cwd, '.slipway/layouts/north/blobs/sha256');
  expect(subjectsOf(await readFile(join(blobs, bundle.slice('sha256:'.length))))).toEqual(
    receipt?.artifacts.map(({ name, manifest }) => [name, manifest]),
  );
  expect(await readdir(blobs)).not.toContain(views.slice('sha256:'.length));
  const again = await by.counted({ config: 'everywhere.yaml' });
  expect(said(again.ended)).toMatchObject({ code: 0, outcome: 'unchanged', generation: 1 });
  expect(again.ended.receipt?.proved).toEqual([]);
  expect([again.writes, again.requests.filter(isAboutProofs)]).toEqual([[], []]);
});

test('where the registry lists referrers, nothing is tagged for them', async () => {
  const by = await emptyFleet({ registry: { referrers: true } });
  expect(said(await by.publish())).toEqual(fine('published', 1));
  const policy = await policyOf(OWN.pub);
  expect(await assertProved(by.stage.live, { ...LOOKING, policy, hasApi: true })).toBe(6);
  const tags = [...(by.stage.live.repositories.get('fleet/north')?.tags.keys() ?? [])];
  expect(tags.filter((tag) => tag.startsWith('sha256-'))).toEqual([]);
});

test('a run at the commit that is proved already writes nothing, and asks for no proof', async () => {
  const by = await signedFleet();
  const { ended, writes, requests } = await by.counted();
  expect(said(ended)).toEqual(fine('unchanged', 1));
  expect(writes).toEqual([]);
  expect(requests.length).toBeGreaterThan(5);
  expect(requests.filter(isAboutProofs)).toEqual([]);
});

test('a commit that touches no artifact makes a record with the proofs that there are', async () => {
  const by = await signedFleet();
  const before = by.held();
  const { ended, requests } = await by.counted({ at: 'unrelated' });
  expect(said(ended)).toEqual(fine('unchanged', 2));
  expect(ended.receipt?.proved).toEqual([]);
  expect(requests.filter(isAboutProofs)).toEqual([]);
  expect(added(before, by.held()).every((line) => /releases/.test(line))).toBe(true);
  const [newest, first] = bucketRecords(by.stage.live, 'prod');
  expect(newest?.artifacts.map((entry) => proofsIn(entry))).toEqual(first?.artifacts.map((entry) => proofsIn(entry)));
});

const proofsIn = (entry: object): unknown => ('proofs' in entry ? entry.proofs : undefined);

test('what changed is proved by a bundle of its own, and the others keep theirs', async () => {
  const by = await signedFleet();
  const first = await by.publish();
  const { ended, writes } = await by.counted({ at: 'south' });
  expect(said(ended)).toEqual(fine('published', 2));
  expect(made(ended.receipt)).toEqual([
    ['bundle', 1],
    ['views', 1],
  ]);
  for (const name of ['north', 'west']) expect(proofsOf(ended.receipt, name)).toEqual(proofsOf(first.receipt, name));
  const south = ended.receipt?.artifacts.find(({ name }) => name === 'south');
  const beside = besideManifest(by.stage.live, {
    repository: 'fleet/south',
    manifest: south?.manifest ?? 'sha256:',
    hasApi: false,
  });
  expect(beside.bundles.map(({ bytes }) => subjectsOf(bytes))).toEqual([[['south', south?.manifest]]]);
  expect(writes.filter((line) => /north|west/.test(line))).toEqual([]);
  expect(await provedNames(by)).toBe(6);
});

test('a new key proves what is there, in a generation that moves no name', async () => {
  const by = await signedFleet();
  const before = namesIn(by.held(), 'prod');
  const steps = stepsOf(by);
  const { ended } = await by.counted({ env: { KEY: NEW.key, PUB: NEW.pub } });
  expect(said(ended)).toEqual(fine('published', 2));
  expect(steps).toEqual(['proof', 'record']);
  expect(made(ended.receipt)).toEqual([
    ['bundle', 3],
    ['views', 3],
  ]);
  expect(namesIn(by.held(), 'prod')).toEqual(before);
  const records = bucketRecords(by.stage.live, 'prod');
  expect(records.map(({ kind }) => kind)).toEqual(['sign', 'publish']);
  expect(registryRecords(by.stage.live, 'prod')[0]).toEqual(records[0]);
  const manifests = records.map(({ artifacts }) => artifacts.map(({ manifest }) => manifest));
  expect(manifests[0]).toEqual(manifests[1]);
  expect(await provedNames(by, 'prod', NEW.pub)).toBe(6);
});

test('older signatures are added to what is there when they are asked for', async () => {
  const by = await signedFleet();
  const first = await by.publish();
  const { ended, writes } = await by.counted({ config: 'legacy.yaml' });
  expect(said(ended)).toEqual(fine('published', 2));
  expect(made(ended.receipt)).toEqual([['signature', 3]]);
  expect(bucketRecords(by.stage.live, 'prod')[0]?.kind).toBe('sign');
  for (const name of ARTIFACTS) {
    const { signature, ...others } = proofsOf(ended.receipt, name);
    expect(signature).toMatch(/^sha256:/);
    expect(others).toEqual(proofsOf(first.receipt, name));
  }
  // A bucket keeps what no reader of it looks at, too: it may fill a registry one day.
  expect(writes.filter((line) => line.startsWith('us')).map((line) => line.replace(/[0-9a-f]{64}/, ''))).toEqual([
    ...ARTIFACTS.map(() => 'us PUT /fleet/gitops/proofs/sha256/.sig.json'),
    'us PUT /fleet/gitops/releases/default/prod/999999997-000000002.json',
  ]);
  const policy = await policyOf(OWN.pub);
  for (const { name, manifest } of ended.receipt?.artifacts ?? []) {
    const found = besideManifest(by.stage.live, { repository: `fleet/${name}`, manifest, hasApi: false });
    const shown = { name, manifest: { mediaType: '', digest: manifest, size: 0 }, shows: manifest };
    expect(found.signatures).toHaveLength(1);
    expect(await policy.accepts(shown, { ...found, bundles: [] })).toEqual([]);
  }
});

test('signatures of the Notary Project are added to what is there when they are asked for', async () => {
  const by = await signedFleet();
  const { ended } = await by.counted({ config: 'notation.yaml' });
  expect(said(ended)).toEqual(fine('published', 2));
  expect(made(ended.receipt)).toEqual([['notation', 3]]);
  for (const { name, manifest } of ended.receipt?.artifacts ?? []) {
    const found = besideManifest(by.stage.live, { repository: `fleet/${name}`, manifest, hasApi: false });
    expect([found.bundles.length, found.notations.length]).toEqual([1, 1]);
  }
});

test('a bucket that joins a registry is given the proofs that there are, and one for what it shows', async () => {
  const by = await emptyFleet();
  const first = await by.publish({ config: 'registry.yaml' });
  expect(made(first.receipt)).toEqual([['bundle', 3]]);
  const second = await by.publish();
  expect(said(second)).toEqual(fine('published', 2));
  expect(made(second.receipt)).toEqual([['views', 3]]);
  expect(proofsOf(second.receipt, 'west').bundle).toBe(proofsOf(first.receipt, 'west').bundle);
  expect(await provedNames(by)).toBe(6);
});

test('a registry that joins is given the proofs byte for byte', async () => {
  const by = await signedFleet();
  const second = await by.publish({ config: 'mirrored.yaml' });
  expect(said(second)).toMatchObject({ code: 0, outcome: 'healed', generation: 1 });
  expect(second.receipt?.proved).toEqual([]);
  for (const { name, manifest } of second.receipt?.artifacts ?? []) {
    const [ours, theirs] = ['fleet', 'mirror'].map(
      (prefix) => besideManifest(by.stage.live, { repository: `${prefix}/${name}`, manifest, hasApi: false }).bundles,
    );
    expect(theirs).toHaveLength(1);
    expect(theirs).toEqual(ours);
  }
});

test('a version is claimed with the proofs of its artifacts', async () => {
  const by = await signedFleet();
  const { ended } = await by.counted({ args: ['--version', '1.2.3'] });
  expect(said(ended)).toMatchObject({ code: 0, generation: 1 });
  expect(ended.receipt?.proved).toEqual([]);
  const only = await by.publish({ at: 'south', args: ['--version', '1.2.4', '--channel', 'staging'] });
  expect(made(only.receipt)).toEqual([
    ['bundle', 1],
    ['views', 1],
  ]);
  for (const [version, { receipt }] of [['1.2.3', ended] as const, ['1.2.4', only] as const]) {
    const claim = JSON.parse(`${by.stage.live.objects.get(`gitops/releases/default/versions/${version}.json`)?.bytes}`);
    expect(claim.artifacts.map((entry: object) => proofsIn(entry))).toEqual(
      receipt?.artifacts.map(({ proofs }) => proofs),
    );
  }
});

test('another channel with equal content takes manifests and proofs over, and signs nothing', async () => {
  const by = await signedFleet();
  const first = await by.publish();
  const before = by.held();
  const second = await by.publish({ at: 'unrelated', args: ['--channel', 'staging'] });
  expect(said(second)).toEqual(fine('published', 1));
  expect(second.receipt?.proved).toEqual([]);
  expect(second.receipt?.artifacts.map(({ manifest, proofs }) => [manifest, proofs])).toEqual(
    first.receipt?.artifacts.map(({ manifest, proofs }) => [manifest, proofs]),
  );
  expect(added(before, by.held()).filter((line) => !/releases| tag staging |channels\/staging/.test(line))).toEqual([]);
  expect(await provedNames(by, 'staging')).toBe(6);
});

test('equal content under another name is proved under that name', async () => {
  const by = await signedFleet();
  const { ended } = await by.counted({ at: 'copy' });
  expect(said(ended)).toEqual(fine('published', 2));
  const [copy, north] = ['copy', 'north'].map((name) => ended.receipt?.artifacts.find((one) => one.name === name));
  expect(copy?.manifest).toBe(north?.manifest);
  expect(proofsOf(ended.receipt, 'copy').bundle).not.toBe(proofsOf(ended.receipt, 'north').bundle);
  const policy = await policyOf(OWN.pub);
  expect(await assertProved(by.stage.live, { ...LOOKING, policy, artifacts: ['copy', ...ARTIFACTS] })).toBe(8);
});

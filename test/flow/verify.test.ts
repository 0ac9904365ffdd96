/** `slipway verify` on a signed release. */
import { expect, test } from 'vitest';
import {
  hidden,
  keysIn,
  overwrite,
  repositoryIn,
  type SignedRelease,
  sha256,
  shareRelease,
  signedRelease,
  verdicts,
} from './verify-fleet.ts';

shareRelease();

test('everything that a channel shows is verified in every store', async () => {
  const release = await signedRelease();
  const all = await release.verify('prod');
  expect(all.code).toBe(0);
  expect(all.answer.counts).toEqual({ trusted: 8, untrusted: 0, unreadable: 0 });
  expect(verdicts(all)).toEqual(
    ['eu', 'us', 'lab', 'disk'].flatMap((store) => [`${store} north trusted`, `${store} south trusted`]),
  );
});

test('references of every kind of store lead from the name to the content', async () => {
  const release = await signedRelease();
  const { refs, commit } = release;
  const all = await release.verify(...Object.values(refs));
  expect(all.code).toBe(0);
  const ways = all.artifacts.map(({ chain }) => chain.map(({ what, shown }) => `${what} ${shown}`.trim()));
  const inBucket = (file: string): readonly string[] => [
    'record generation 1 of prod',
    `object channels/prod/north/${file}`,
    'manifest',
    'content',
  ];
  const inRegistry = ['tag prod', 'manifest', 'content'];
  expect(ways).toEqual([inRegistry, inBucket('manifests.yaml'), inBucket('manifests.tgz'), inRegistry]);
  const ends = all.artifacts.map(({ chain }) => chain.slice(-2).map(({ digest }) => digest));
  expect(new Set(ends.map(String)).size).toBe(1);
  expect(all.artifacts.map(({ evidence }) => evidence?.provenance?.commit)).toEqual([commit, commit, commit, commit]);
  expect(all.artifacts.map(({ artifact }) => artifact)).toEqual(['north', 'north', 'north', 'north']);
});

test('a version is verified by its claim', async () => {
  const release = await signedRelease();
  const { artifacts, code } = await release.verify(release.refs.us.replace('channels/prod', 'versions/1.4.0'));
  expect(code).toBe(0);
  expect(artifacts[0]?.chain[0]).toEqual({ what: 'claim', shown: '1.4.0' });
});

test('a digest is read instead of the tag beside it', async () => {
  const release = await signedRelease();
  const digest = repositoryIn(release, 'north').tags.get('prod');
  const { artifacts, code } = await release.verify(`${release.refs.eu}@${digest}`);
  expect(code).toBe(0);
  expect(artifacts[0]?.chain[0]).toEqual({ what: 'manifest', shown: '', digest });
  expect(artifacts[0]?.evidence?.notes).toEqual(['the tag "prod" was not read: the reference has a digest']);
});

test('a tag is read once, however many references lead to it', async () => {
  const release = await signedRelease();
  await release.verify('prod', release.refs.eu);
  const reads = release.stage.registry.requests.filter(({ path }) => path.includes('/fleet/north/manifests/prod'));
  expect(reads.map(({ method }) => method)).toEqual(['GET']);
});

test('without "verify" the public half of the key that signs counts', async () => {
  const release = await signedRelease();
  await release.tree.write({ 'own.yaml': `${await configOf(release)}`.replace(/^verify:.*\n/m, '') });
  const { code, answer } = await release.verify('prod', '--config', 'own.yaml');
  await release.tree.write({ 'own.yaml': undefined });
  expect({ code, counts: answer.counts }).toEqual({ code: 0, counts: { trusted: 8, untrusted: 0, unreadable: 0 } });
});

async function configOf({ tree }: SignedRelease): Promise<string> {
  return tree.git('show', 'HEAD:slipway.yaml');
}

test('what is not there is unreadable, and hides nothing else', async () => {
  const release = await signedRelease();
  const { refs } = release;
  const found = await release.verify(refs.eu.replace(':prod', ':none'), refs.us.replace('prod', 'none'), refs.lab);
  expect(found.code).toBe(4);
  expect(verdicts(found)).toEqual([
    'oci://127.0.0.1 north unreadable Nothing is published as "fleet/north:none"',
    's3://fleet/gitops north unreadable The store has no record of channel "none"',
    `file:${release.tree.dir}/.slipway/bucket north trusted`,
  ]);
});

test('a store that cannot be read fails alone', async () => {
  const release = await signedRelease();
  overwrite(release, 'slipway.json', () => Buffer.from('{"format":9}'));
  const found = await release.verify('prod', '--artifact', 'north');
  expect(found.code).toBe(4);
  expect(verdicts(found)).toEqual([
    'eu north trusted',
    'us unreadable Cannot use this store: its format is "9", newer than "1"',
    'lab north trusted',
    'disk north trusted',
  ]);
});

test('a store that lags behind another one is said to', async () => {
  const release = await signedRelease();
  const [key = ''] = keysIn(release, 'releases/default/prod/');
  const record = release.stage.live.objects.get(`gitops/${key}`);
  if (record === undefined) throw new Error('no record');
  const next = Buffer.from(`${record.bytes}`.replace('"generation":1,', '"generation":2,'));
  release.stage.live.objects.set(`gitops/${key.replace('999999998-000000001', '999999997-000000002')}`, {
    ...record,
    bytes: next,
  });
  const { artifacts, code } = await release.verify('prod', '--artifact', 'north');
  expect(code).toBe(0);
  const lags =
    'the store shows generation 1 of channel "prod", and another store shows generation 2: publish again to bring it up to date';
  expect(artifacts.map(({ store, evidence }) => [store, evidence?.warnings])).toEqual([
    ['eu', [lags]],
    ['us', []],
    ['lab', [lags]],
    ['disk', [lags]],
  ]);
});

test('a registry with a referrers API is asked by it', async () => {
  const release = await signedRelease({ registry: { referrers: true } });
  const { tags } = repositoryIn(release, 'north');
  for (const tag of [...tags.keys()].filter((name) => name.startsWith('sha256-'))) tags.delete(tag);
  expect(verdicts(await release.verify(release.refs.eu))).toEqual(['oci://127.0.0.1 north trusted']);
});

test('where several projects share a bucket, the config says whose release it is', async () => {
  const release = await signedRelease();
  const { objects } = release.stage.live;
  for (const [key, object] of [...objects]) {
    if (key.startsWith('gitops/releases/default/')) objects.set(key.replace('default', 'web'), object);
  }
  expect(verdicts(await release.verify(release.refs.us))).toEqual(['s3://fleet/gitops north trusted']);
  await release.tree.write({
    'other.yaml': (await configOf(release)).replace('channel:', 'project: payments\nchannel:'),
  });
  const { artifacts, code } = await release.verify(release.refs.us, '--config', 'other.yaml');
  await release.tree.write({ 'other.yaml': undefined });
  expect(code).toBe(2);
  expect(hidden(artifacts[0]?.error?.message ?? '').replace(/\?.*?"/, '"')).toBe(
    'Cannot tell whose release "s3://fleet/gitops/channels/prod/north/manifests.yaml" is: the store has the projects "default", "web"',
  );
});

test('a file is verified by its bundle, and by its name where one is given', async () => {
  const release = await signedRelease();
  const { objects } = release.stage.live;
  const shown = objects.get('gitops/channels/prod/north/manifests.yaml')?.bytes;
  const bundles = keysIn(release, 'proofs/').map((key) => `${objects.get(`gitops/${key}`)?.bytes}`);
  const payload = (bundle: string): string => Buffer.from(JSON.parse(bundle).dsseEnvelope.payload, 'base64').toString();
  const bundle = bundles.find((one) => payload(one).includes(sha256(shown ?? Buffer.of()).slice('sha256:'.length)));
  await release.tree.write({
    '.slipway/north.yaml': `${shown}`,
    '.slipway/north.json': bundle,
    '.slipway/odd.yaml': 'a: 1\n',
  });
  const verify = (file: string, ...args: readonly string[]): ReturnType<SignedRelease['verify']> =>
    release.verify(`.slipway/${file}`, '--bundle', '.slipway/north.json', ...args);
  const good = await verify('north.yaml', '--artifact', 'north');
  expect([good.code, good.artifacts[0]?.chain]).toEqual([
    0,
    [{ what: 'file', shown: '.slipway/north.yaml', digest: sha256(shown ?? Buffer.of()) }],
  ]);
  expect((await verify('north.yaml')).code).toBe(0);
  expect((await verify('north.yaml', '--artifact', 'south')).code).toBe(5);
  expect((await verify('odd.yaml')).code).toBe(5);
  const missing = await verify('none.yaml');
  expect(missing.code).toBe(2);
  expect(missing.artifacts[0]?.error?.message).toBe(`Cannot read "${release.tree.dir}/.slipway/none.yaml": ENOENT`);
});

test('what is published is compared with what the checkout makes', async () => {
  const release = await signedRelease();
  const { tree, commit, refs } = release;
  const rebuilt = async (): Promise<unknown> => {
    const { artifacts, code } = await release.verify(refs.eu, refs.us, '--rebuild');
    return { code, rebuilds: artifacts.map(({ rebuild, verdict }) => ({ verdict, ...rebuild })) };
  };
  const [first] = (await release.verify(refs.eu)).artifacts;
  const digest = first?.chain.at(-1)?.digest;
  const equal = { verdict: 'trusted', equal: true, digest, published: commit, checkedOut: commit };
  expect(await rebuilt()).toEqual({ code: 0, rebuilds: [equal, equal] });
  await tree.write({ 'clusters/north/cm.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: north\n' });
  const other = {
    ...{
      verdict: 'trusted',
      equal: false,
      published: commit,
      checkedOut: commit,
      digest: expect.not.stringMatching(`${digest}`),
    },
    error: {
      code: 'SOURCE',
      message: expect.stringMatching(
        `^"north" differs from what the checkout makes: "${digest}" is published, "sha256:[0-9a-f]{64}" was built$`,
      ),
      hint: 'the checkout has changes that are not committed: put them away, and run this again',
    },
  };
  expect(await rebuilt()).toEqual({ code: 1, rebuilds: [other, other] });
  await tree.write({ 'clusters/north/cm.yaml': 'a: [' });
  const broken = {
    verdict: 'trusted',
    equal: false,
    published: commit,
    error: {
      code: 'FINDINGS',
      message: 'Cannot build it again: the checks find errors in the checkout',
      hint: 'run slipway check',
    },
  };
  expect(await rebuilt()).toEqual({ code: 1, rebuilds: [broken, broken] });
  await tree.checkout(commit);
  await tree.git('checkout', '--quiet', '--', '.');
});

test.each([
  [
    ['s3://fleet/gitops/content/x.tgz'],
    'Cannot verify "s3://fleet/gitops/content/x.tgz": it is not a name that slipway publishes',
  ],
  [['oci://127.0.0.1/fleet/north'], 'Cannot read what is published: the reference names no tag, digest or object'],
  [['prod', '--config', 'none.yaml'], 'Cannot read config file "none.yaml": there is no such file'],
  [['prod', '--key', 'none.pub'], 'Cannot read the public key "none.pub": there is no such file'],
])('%s is refused before anything is read', async (args, message) => {
  const release = await signedRelease();
  const { stdout, code } = await release.text(...args, '--output', 'json');
  expect(code).toBe(2);
  expect(JSON.parse(stdout).error.message).toBe(message);
  expect(release.stage.registry.requests).toEqual([]);
});

test('one artifact is told in full, many in a line each', async () => {
  const release = await signedRelease();
  const { refs, commit } = release;
  const one = await release.text(refs.lab);
  expect(hidden(one.stdout).replace(/sha256:…/g, 'DIGEST')).toBe(`trusted: ${refs.lab}
  artifact  north
  shows     generation 1 of prod
            -> channels/prod/north/manifests.tgz DIGEST
            -> manifest DIGEST
            -> content DIGEST
  signer    key DIGEST
  source    commit ${commit}
  builder   urn:slipway:local
  checked   format: Sigstore bundle v0.3
            signature: made with the key DIGEST
            digest: DIGEST is one of 2 in the signed statement
            name: the statement lists it as "north"
            digest: DIGEST is one of 4 in the signed statement
`);
  const two = await release.text(refs.lab, refs.disk);
  expect(
    two.stdout.replace(/sha256:[0-9a-f]{12}/g, 'SHORT--------------'),
  ).toBe(`VERDICT  ARTIFACT  CONTENT              WHERE                                                   SIGNER
trusted  north     SHORT--------------  file:.slipway/bucket/channels/prod/north/manifests.tgz  key SHORT--------------
trusted  north     SHORT--------------  file:.slipway/layouts/north:prod                        key SHORT--------------

2 trusted
`);
});

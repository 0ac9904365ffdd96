import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { clusters, yaml } from './fleet.ts';
import { type World, world } from './promote-world.ts';

const SEALED = 'sign: { key: env://KEY }\n';
const toProd = ['promote', '--from', 'staging', '--to', 'prod'] as const;

/** Refused with this message and this phrase, and nothing is written; with the phrase it goes. */
async function refusedUntil(made: World, argv: readonly string[], message: string, phrase: string): Promise<void> {
  const before = made.far.writes().length;
  const refused = await made.run(...argv);
  expect(refused).toMatchObject({ code: 3, receipt: { outcome: 'refused' } });
  expect(refused.receipt?.error?.message).toContain(message);
  expect(refused.receipt?.error?.hint).toContain(`--allow ${phrase}`);
  expect(made.far.writes().length).toBe(before);
  expect(await made.run(...argv, '--allow', phrase)).toMatchObject({ code: 0, receipt: { outcome: 'published' } });
  expect(made.record('prod').allowed).toEqual([phrase]);
}

test('what the channel has already is unchanged, and only the order goes on with a newer commit', async () => {
  const made = await world();
  expect((await made.run(...toProd)).receipt).toMatchObject({ outcome: 'published', generation: 1 });
  const writes = made.far.writes().length;
  expect((await made.run(...toProd)).receipt).toMatchObject({ outcome: 'unchanged', generation: 1 });
  expect(made.far.writes().length).toBe(writes);
  await made.tree.commit({ 'README.md': 'other\n' });
  await made.run('publish');
  const manifests = made.record('prod').artifacts.map(({ manifest }) => manifest);
  expect((await made.run(...toProd)).receipt).toMatchObject({ outcome: 'unchanged', generation: 2 });
  expect(made.record('prod').floor).toEqual(made.record('staging').floor);
  expect(made.record('prod').artifacts.map(({ manifest, since }) => [manifest, since])).toEqual(
    manifests.map((manifest) => [manifest, 1]),
  );
});

test('a store that misses a promotion is healed by the next one, which changes nothing', async () => {
  const made = await world();
  await made.run(...toProd);
  for (const key of made.far.bucket.objects.keys()) {
    if (key.startsWith('gitops/channels/prod/north/')) made.far.bucket.objects.delete(key);
  }
  expect((await made.run(...toProd)).receipt).toMatchObject({ outcome: 'healed', generation: 1 });
  expect([...made.far.bucket.objects.keys()].some((key) => key.startsWith('gitops/channels/prod/north/'))).toBe(true);
});

test('generations, versions, digests and single artifacts can be promoted', async () => {
  const made = await world();
  await made.release('two', '--version', '2.0.0');
  const two = made.record('staging');
  expect((await made.run('promote', '--from', 'staging@1', '--to', 'prod')).receipt).toMatchObject({ generation: 1 });
  expect(made.record('prod')).toMatchObject({ from: { channel: 'staging', generation: 1 } });
  const north = two.artifacts.find(({ name }) => name === 'north');
  expect(await made.run('promote', '--from', north?.content ?? '', '--to', 'prod')).toMatchObject({ code: 0 });
  const contents = (): readonly unknown[] =>
    made.record('prod').artifacts.map(({ content, since }) => [content, since]);
  const [, southOne] = made.record('prod').artifacts;
  expect(contents()).toEqual([
    [north?.content, 2],
    [southOne?.content, 1],
  ]);
  expect(southOne?.content).not.toBe(two.artifacts[1]?.content);
  const rest = await made.run(
    'promote',
    '--from',
    '2.0.0',
    '--to',
    'prod',
    '--artifact',
    'south',
    '--version',
    '2.0.0',
  );
  expect(rest).toMatchObject({ code: 0, receipt: { outcome: 'published', generation: 3, version: '2.0.0' } });
  expect(contents()).toEqual([
    [north?.content, 2],
    [two.artifacts[1]?.content, 3],
  ]);
  expect(made.record('prod')).toMatchObject({ from: { version: '2.0.0' }, floor: two.floor });
  await made.release('three');
  const taken = await made.run(...toProd, '--version', '2.0.0');
  expect(taken).toMatchObject({ code: 3, receipt: { error: { code: 'VERSION_TAKEN' } } });
  expect(taken.receipt?.error?.message).toContain(
    'Version "2.0.0" of "north" is taken: it was claimed without this artifact',
  );
});

test('an older commit is refused until it is allowed', async () => {
  const made = await world();
  const [one] = made.record('staging').artifacts;
  await made.release('two');
  await made.run(...toProd);
  const commit = one?.commit?.slice(0, 12);
  const message = `Artifact "north" would go back: generation 1 of channel "staging" has commit "${commit}"`;
  const { floor } = made.record('prod');
  await refusedUntil(made, ['promote', '--from', 'staging@1', '--to', 'prod'], message, `older:${commit}`);
  expect(made.record('prod').floor).toEqual(floor);
  // Without a clone the times of the commits tell.
  await rm(join(made.tree.dir, '.git'), { recursive: true });
  expect((await made.run(...toProd)).receipt?.outcome).toBe('published');
  expect(await made.run('promote', '--from', 'staging@1', '--to', 'prod')).toMatchObject({ code: 3 });
});

test('a frozen channel takes nothing', async () => {
  const made = await world();
  await made.run(...toProd);
  await made.run('freeze', 'prod', '--reason', 'end of the quarter');
  await made.release('two');
  await refusedUntil(made, toProd, 'Channel "prod" is frozen: end of the quarter', 'frozen:prod');
  expect(made.record('prod').frozen).toEqual({ reason: 'end of the quarter' });
});

test('a commit that was rolled back in the channel does not come back; older content of its origin does', async () => {
  const made = await world();
  await made.run(...toProd);
  await made.release('two');
  const { artifacts: two } = made.record('staging');
  const bad = await made.release('bad');
  await made.run(...toProd);
  expect(await made.run('rollback', '--channel', 'prod')).toMatchObject({ code: 0 });
  expect(made.record('prod').blocked).toEqual([bad]);
  const message = `Commit "${bad.slice(0, 12)}" of artifact "north" was rolled back`;
  await refusedUntil(made, toProd, message, `blocked:${bad.slice(0, 12)}`);
  expect(made.record('prod').blocked).toEqual([]);
  expect(await made.run('rollback', '--channel', 'prod')).toMatchObject({ code: 0 });
  expect(await made.run('rollback', '--channel', 'staging')).toMatchObject({ code: 0 });
  expect(await made.run(...toProd)).toMatchObject({ code: 0, receipt: { outcome: 'published' } });
  expect(made.record('prod').artifacts.map(({ content }) => content)).toEqual(two.map(({ content }) => content));
  expect(made.record('prod').blocked).toEqual([bad]);
});

/** Runs with all that is refused allowed. */
async function allowing(made: World, ...argv: readonly string[]): Promise<void> {
  const refused = await made.run(...argv, '--dry-run');
  const allowed = refused.receipt?.refusals.flatMap(({ allow }) => ['--allow', allow]) ?? [];
  expect(await made.run(...argv, ...allowed)).toMatchObject({ code: 0, receipt: { outcome: 'published' } });
}

test('artifacts that the origin does not have keep their place', async () => {
  const made = await world();
  await made.run(...toProd);
  const [north, south] = made.record('prod').artifacts;
  await made.tree.commit({ 'clusters/south': undefined, 'clusters/north/cm.yaml': yaml('north', 'two') });
  await allowing(made, 'publish');
  await allowing(made, 'retire', 'south', '--channel', 'staging');
  expect(made.record('staging').artifacts.map(({ name }) => name)).toEqual(['north']);
  expect(await made.run(...toProd)).toMatchObject({ code: 0, receipt: { outcome: 'published' } });
  expect(made.record('prod').artifacts[0]?.content).not.toBe(north?.content);
  expect(made.record('prod').artifacts[1]).toEqual(south);
});

test.each([
  ['unsigned', '', 'where nobody signed it'],
  ['signed by somebody else', SEALED, 'where it is signed by "key:'],
])('what is %s stops before anything is put', async (_, sealing, says) => {
  const made = await world({ sealing, prod: ', verify: { key: env://OTHER }' });
  const ended = await made.run(...toProd);
  expect(ended).toMatchObject({ code: 5, receipt: { outcome: 'failed', error: { code: 'UNTRUSTED' } } });
  expect(ended.receipt?.error?.message).toContain('Cannot promote "north" from generation 1 of channel "staging", ');
  expect(ended.receipt?.error?.message).toContain(says);
  expect(made.far.writes()).toEqual([]);
});

test('a signed channel stays signed', async () => {
  const made = await world({ sealing: SEALED });
  await made.run(...toProd);
  await made.tree.commit({ ...clusters('two'), 'slipway.yaml': await unsigned(made) });
  await made.run('publish', '--allow', 'unsigned');
  await refusedUntil(
    made,
    toProd,
    'Channel "prod" is signed by bundles, and artifact "north" of generation 2',
    'unsigned',
  );
});

const unsigned = async ({ tree }: World): Promise<string> =>
  (await tree.git('show', 'HEAD:slipway.yaml')).replace('sign: { key: env://KEY }', '');

test('a store that cannot be read is passed over where others have the record; without any it is told', async () => {
  const made = await world({ stores: '  broken: "file:rendered?layout=object"\n' });
  const change = async (from: string, to: string): Promise<void> => {
    const text = await made.tree.git('show', 'HEAD:slipway.yaml');
    await made.tree.commit({ 'slipway.yaml': text.replace(from, to), 'rendered/slipway.json': 'no marker' });
  };
  await change('staging: { stores: [near, near-us] }', 'staging: { stores: [near-us, broken] }');
  const ended = await made.run(...toProd);
  expect(ended).toMatchObject({ code: 0, receipt: { outcome: 'published' } });
  expect(ended.receipt?.warnings).toEqual([
    'Not asked for channel "staging": Store "broken": Cannot read "slipway.json": it is not JSON',
  ]);
  await change('staging: { stores: [near-us, broken] }', 'staging: { stores: [broken] }');
  const gone = await made.text(...toProd);
  expect(gone).toMatchObject({ code: 4, stdout: '' });
  expect(gone.stderr).toContain('Cannot take channel "staging": Store "broken": Cannot read "slipway.json"');
});

test('what a store cannot show is told before anything is put', async () => {
  const made = await world({ stores: '  files: "file:rendered?layout=object"\n' });
  const text = await made.tree.git('show', 'HEAD:slipway.yaml');
  const config = text
    .replace('render: plain', 'render: source')
    .replace('prod: { stores: [far, far-us]', 'prod: { stores: [far, files]');
  await made.tree.commit({
    'slipway.yaml': config.replace('stores: [near, near-us] }\n  twin', 'stores: [near] }\n  twin'),
  });
  await made.run('publish', '--allow', 'unsigned');
  const ended = await made.text(...toProd);
  expect(ended).toMatchObject({ code: 2 });
  expect(ended.stderr).toContain('the layout of store "files" shows rendered artifacts only');
  expect(made.far.writes()).toEqual([]);
});

test('mistakes on the command line are told', async () => {
  const made = await world();
  for (const [argv, code, message] of [
    [['--from', 'prod', '--to', 'prod'], 2, 'Cannot promote channel "prod" to channel "prod": it is the same channel'],
    [['--from', 'prod@1', '--to', 'prod'], 2, 'go back with slipway rollback --channel prod --to 1'],
    [['--from', 'nowhere', '--to', 'prod'], 4, 'Cannot take channel "nowhere": no store has it'],
    [['--from', 'staging@9', '--to', 'prod'], 4, 'Cannot take generation 9 of channel "staging": no store has it'],
    [['--from', 'staging', '--to', 'prod', '--artifact', 'west'], 2, 'Cannot promote "west": generation 1 of channel'],
    [['--from', `sha256:${'0'.repeat(64)}`, '--to', 'prod'], 4, 'no store has it'],
    [['--from', '../x', '--to', 'prod'], 2, 'Cannot use --from "../x"'],
  ] as const) {
    const ended = await made.text('promote', ...argv);
    expect([argv, ended.code]).toEqual([argv, code]);
    expect(ended.stderr).toContain(message);
  }
  expect(made.far.writes()).toEqual([]);
});

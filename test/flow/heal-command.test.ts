/** `slipway heal` as people run it: against stores behind sockets and on disk, without a checkout. */
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { expect, onTestFinished, test } from 'vitest';
import { healingSchema } from '../../scripts/healing-schema.ts';
import type { Healing } from '../../src/model.ts';
import type { Ended } from '../cli/bundle.ts';
import { startFakeBucket } from '../fakes/bucket.ts';
import { slipway } from './fleet.ts';
import { listing } from './stage.ts';
import {
  keysIn,
  OWN,
  overwrite,
  repositoryIn,
  type SignedRelease,
  shareRelease,
  signedRelease,
} from './verify-fleet.ts';

shareRelease();

/** The digest of `{}`, the config of proofs, which nobody reads. */
const EMPTY = '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a';

interface Healer {
  readonly release: SignedRelease;
  /** A folder with the config and the stores on disk, and without Git. */
  readonly dir: string;
  run(...argv: readonly string[]): Promise<Ended>;
  /** `slipway heal` with these arguments; the first may be variables of its environment. */
  heal(...args: readonly (string | Readonly<Record<string, string>>)[]): Promise<Ended & { readonly answer: Healing }>;
}

async function healer(): Promise<Healer> {
  const release = await signedRelease();
  const dir = await mkdtemp(join(tmpdir(), 'slipway-heal-'));
  onTestFinished(() => rm(dir, { recursive: true }));
  for (const name of ['slipway.yaml', '.slipway'])
    await cp(join(release.tree.dir, name), join(dir, name), { recursive: true });
  // Nobody signs here: there is only the public key.
  const env = { ...release.stage.env, PUB: OWN.pub };
  const run: Healer['run'] = (...argv) => slipway(argv, { cwd: dir, env });
  const isText = (one: unknown): one is string => typeof one === 'string';
  return {
    release,
    dir,
    run,
    async heal(...args) {
      const own = Object.assign({}, env, ...args.filter((one) => !isText(one)));
      const argv = ['heal', ...args.filter(isText), '--quiet', '--output', 'json'];
      const ended = await slipway(argv, { cwd: dir, env: own });
      return { ...ended, answer: v.parse(healingSchema, JSON.parse(ended.stdout)) };
    },
  };
}

const outcomesOf = ({ channels, versions }: Healing): readonly string[] =>
  [...channels, ...versions].map(({ channel, version, outcome }) => `${channel ?? version} ${outcome}`);

const statesOf = ({ channels }: Healing): readonly string[] =>
  Object.entries(channels[0]?.stores ?? {}).map(([name, { state }]) => `${name} ${state}`);

async function filesIn(dir: string): Promise<readonly string[]> {
  const found = await readdir(join(dir, '.slipway'), { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

test('what is whole is read and left alone', async () => {
  const { heal, release, dir } = await healer();
  const [before, files] = [listing(release.stage.live), await filesIn(dir)];
  const { code, answer, stderr } = await heal();
  expect({ code, stderr, outcome: answer.outcome }).toEqual({ code: 0, stderr: '', outcome: 'unchanged' });
  expect(outcomesOf(answer)).toEqual(['prod unchanged', '1.4.0 unchanged']);
  expect(statesOf(answer)).toEqual(['eu current', 'us current', 'lab current', 'disk current']);
  expect(
    [...answer.channels, ...answer.versions].flatMap(({ requests }) => Object.values(requests)).map((r) => r.writes),
  ).toEqual(Array(8).fill(0));
  expect(listing(release.stage.live)).toEqual(before);
  expect(await filesIn(dir)).toEqual(files);
});

test('stores that were emptied are filled again, byte for byte, and verify trusts them', async () => {
  const { heal, run, release, dir } = await healer();
  const { live } = release.stage;
  const keep = (lines: readonly string[]): readonly string[] => lines.filter((line) => !line.includes('slipway.json'));
  const before = keep(listing(live));
  // The marker stays: what the bucket can do is not tried again.
  for (const key of live.objects.keys()) if (!key.endsWith('slipway.json')) live.objects.delete(key);
  live.repositories.clear();
  await rm(join(dir, '.slipway', 'layouts'), { recursive: true });
  const dry = await heal('--dry-run');
  expect({ code: dry.code, outcomes: outcomesOf(dry.answer) }).toEqual({
    code: 0,
    outcomes: ['prod planned', '1.4.0 planned'],
  });
  expect(keep(listing(live))).toEqual([]);
  const { code, answer } = await heal();
  expect({ code, outcomes: outcomesOf(answer) }).toEqual({ code: 0, outcomes: ['prod healed', '1.4.0 healed'] });
  expect(keep(listing(live)).map((line) => line.replace(/ [0-9a-f]{32}$/, ''))).toEqual(
    before.map((line) => line.replace(/ [0-9a-f]{32}$/, '')),
  );
  const verified = JSON.parse((await run('verify', 'prod', '--output', 'json')).stdout);
  expect(verified.counts).toEqual({ trusted: 8, untrusted: 0, unreadable: 0 });
  expect((await heal()).answer.outcome).toBe('unchanged');
});

test('damage in folders and behind sockets is found by verify, and written again by heal', async () => {
  const { heal, run, release, dir } = await healer();
  const { live } = release.stage;
  const before = listing(live);
  for (const key of [...keysIn(release, 'content/'), ...keysIn(release, 'manifests/')])
    overwrite(release, key, () => Buffer.from('other'));
  const north = repositoryIn(release, 'north');
  for (const digest of north.blobs.keys()) if (!digest.endsWith(EMPTY)) north.blobs.set(digest, Buffer.from('other'));
  const files = (await filesIn(dir)).filter((path) => /\/(?:content|manifests|blobs)\//.test(path));
  const texts = await Promise.all(files.map((path) => readFile(path)));
  const spoilt = files.filter((path) => path.includes('/layouts/south/') && !path.endsWith(EMPTY));
  for (const path of spoilt) await writeFile(path, 'other');
  expect(spoilt.length).toBeGreaterThan(4);
  expect((await run('verify', 'prod')).code).toBe(5);
  const { code, answer } = await heal();
  expect({ code, outcome: answer.outcome }).toEqual({ code: 0, outcome: 'healed' });
  expect(answer.channels[0]?.artifacts.map(({ stores }) => Object.values(stores).map(({ state }) => state))).toEqual([
    ['repaired', 'repaired', 'unchanged', 'unchanged'],
    ['unchanged', 'repaired', 'unchanged', 'repaired'],
  ]);
  expect(listing(live)).toEqual(before);
  expect(await Promise.all(files.map((path) => readFile(path)))).toEqual(texts);
  expect((await run('verify', 'prod')).code).toBe(0);
});

test('with --store the others only lend', async () => {
  const { heal, release } = await healer();
  const { live } = release.stage;
  // With its marker: what the bucket can do is not tried again.
  for (const key of live.objects.keys()) if (!key.endsWith('slipway.json')) live.objects.delete(key);
  live.repositories.clear();
  const { code, answer } = await heal('prod', '--store', 'us');
  expect({ code, states: statesOf(answer) }).toEqual({ code: 0, states: ['us current'] });
  expect(live.repositories.size).toBe(0);
  expect(live.objects.size).toBeGreaterThan(1);
});

test.each([
  [403, 'AccessDenied', 'DENIED'],
  [400, 'InvalidBucketName', 'STORE'],
])('a store that answers %i %s is asked once, and keeps no other from being healed', async (status, name, code) => {
  const { heal, release } = await healer();
  const body = `<Error><Code>${name}</Code><Message>no</Message></Error>`;
  const broken = await startFakeBucket({ onRequest: () => ({ status, body }) });
  onTestFinished(() => broken.stop());
  repositoryIn(release, 'north').tags.delete('prod');
  const us = release.stage.env.US?.replace(release.stage.bucket.endpoint, broken.endpoint) ?? '';
  const { code: exit, answer } = await heal({ US: us });
  expect([exit, outcomesOf(answer)]).toEqual([4, ['prod failed', '1.4.0 failed']]);
  expect(statesOf(answer)).toEqual(['eu current', 'us failed', 'lab current', 'disk current']);
  expect(answer.channels[0]?.stores.us?.error?.code).toBe(code);
  expect(broken.requests.map(({ method }) => method)).toEqual(['GET']);
  expect(repositoryIn(release, 'north').tags.has('prod')).toBe(true);
});

test('a store that may not be used keeps no other from being healed', async () => {
  for (const [change, exit, message] of [
    [{ 'slipway.json': '{"format":1,"owner":"terraform"}' }, 3, 'says that "terraform" owns it'],
    [{ 'slipway.json': undefined, 'content/clip.mp4': 'mine' }, 3, '"gitops/content/clip.mp4" is not one of ours'],
  ] as const) {
    const { heal, release } = await healer();
    const { live } = release.stage;
    const marker = live.objects.get('gitops/slipway.json');
    if (marker === undefined) throw new Error('no marker');
    for (const [key, text] of Object.entries(change)) {
      live.objects.delete(`gitops/${key}`);
      if (text !== undefined) live.objects.set(`gitops/${key}`, { ...marker, bytes: Buffer.from(text) });
    }
    repositoryIn(release, 'north').tags.delete('prod');
    const { code, answer } = await heal('prod');
    const [channel] = answer.channels;
    expect({ code, outcome: channel?.outcome, states: statesOf(answer) }).toEqual({
      code: exit,
      outcome: 'refused',
      states: ['eu current', 'us failed', 'lab current', 'disk current'],
    });
    expect(channel?.error?.message).toContain(
      'Only 3 of 4 stores are whole, the quorum is 4: "us" behind: Store "us": Cannot use this prefix: ',
    );
    expect(channel?.error?.message).toContain(message);
    expect(repositoryIn(release, 'north').tags.has('prod')).toBe(true);
  }
});

test('a name that someone else wrote stays, and is told', async () => {
  const { heal, release } = await healer();
  overwrite(release, 'channels/prod/north/manifests.yaml', () => Buffer.from('kind: List\n'));
  const before = listing(release.stage.live);
  const { code, answer } = await heal();
  expect({ code, outcomes: outcomesOf(answer) }).toEqual({ code: 3, outcomes: ['prod refused', '1.4.0 unchanged'] });
  expect(answer.channels[0]?.error).toMatchObject({ code: 'FOREIGN' });
  expect(listing(release.stage.live)).toEqual(before);
});

test('what is not signed by whom it has to be is not healed from anywhere', async () => {
  const { heal, release, dir } = await healer();
  await writeFile(
    join(dir, 'other.yaml'),
    (await readFile(join(dir, 'slipway.yaml'), 'utf8')).replace('env://PUB', 'other.pub'),
  );
  await cp(join(release.tree.dir, 'other.pub'), join(dir, 'other.pub'));
  const before = listing(release.stage.live);
  const { code, answer } = await heal('--config', 'other.yaml');
  expect({ code, outcome: answer.outcome }).toEqual({ code: 5, outcome: 'failed' });
  expect(listing(release.stage.live)).toEqual(before);
});

test('a channel that nobody knows is a mistake, and the one that was meant is named', async () => {
  const { run } = await healer();
  const { code, stdout, stderr } = await run('heal', 'prd', '--quiet');
  expect({ code, stdout, stderr }).toEqual({
    code: 2,
    stdout: '',
    stderr:
      'error[USAGE]: Cannot heal channel "prd": neither the config nor any store knows it\nhint: did you mean "prod"\n',
  });
});

test('text names the stores and what was written again', async () => {
  const { run, release } = await healer();
  overwrite(release, keysIn(release, 'content/').find((key) => key.endsWith('.yaml')) ?? '', () =>
    Buffer.from('other'),
  );
  for (const [key] of [...release.stage.live.objects].filter(([name]) => name.includes('/proofs/')))
    overwrite(release, key.slice('gitops/'.length), () => Buffer.from('other'));
  const dry = await run('heal', '--quiet', '--dry-run');
  expect(dry.stdout).toMatch(/\nus: damaged, would be written again: (?:north|south)\n/);
  expect(dry.stdout).not.toContain(', written again');
  const { code, stdout } = await run('heal', '--quiet');
  expect(code).toBe(0);
  expect(stdout).toMatch(/\n(?:north|south) +damaged +sha256:/);
  expect(stdout).toMatch(/\n(?:north|south) +incomplete +sha256:/);
  expect(stdout).toMatch(/^healed: stores that lagged show the newest release again\n {2}channel prod, generation 1\n/);
  expect(stdout).toMatch(/\nus: damaged, written again: (?:north|south)\n/);
  expect(stdout).toMatch(/\nus: missing or stale, or without a whole proof, written again: (?:north|south)\n/);
  expect(stdout).toMatch(/\n1 version whole in every store that counts\n$/);
});

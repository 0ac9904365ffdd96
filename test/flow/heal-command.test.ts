/** `slipway heal` as people run it: against stores behind sockets and on disk, without a checkout. */
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Healing } from '../../src/model.ts';
import type { Ended } from '../cli/bundle.ts';
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
  heal(...args: readonly string[]): Promise<Ended & { readonly answer: Healing }>;
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
  return {
    release,
    dir,
    run,
    async heal(...args) {
      const ended = await run('heal', ...args, '--quiet', '--output', 'json');
      return { ...ended, answer: JSON.parse(ended.stdout) as Healing };
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
  live.objects.clear();
  live.repositories.clear();
  await rm(join(dir, '.slipway', 'layouts'), { recursive: true });
  const dry = await heal('--dry-run');
  expect({ code: dry.code, outcomes: outcomesOf(dry.answer) }).toEqual({
    code: 0,
    outcomes: ['prod planned', '1.4.0 planned'],
  });
  expect(listing(live)).toEqual([]);
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
  live.objects.clear();
  live.repositories.clear();
  const { code, answer } = await heal('prod', '--store', 'us');
  expect({ code, states: statesOf(answer) }).toEqual({ code: 0, states: ['us current'] });
  expect(live.repositories.size).toBe(0);
  expect(live.objects.size).toBeGreaterThan(0);
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
  const { heal, release, dir, run } = await healer();
  await writeFile(
    join(dir, 'other.yaml'),
    (await readFile(join(dir, 'slipway.yaml'), 'utf8')).replace('env://PUB', 'other.pub'),
  );
  await cp(join(release.tree.dir, 'other.pub'), join(dir, 'other.pub'));
  const before = listing(release.stage.live);
  const { code, answer } = await heal('--config', 'other.yaml');
  expect({ code, outcome: answer.outcome }).toEqual({ code: 5, outcome: 'failed' });
  expect(listing(release.stage.live)).toEqual(before);
  expect((await run('heal', 'nope', '--quiet')).stderr).toContain(
    'Cannot heal channel "nope": no store that answers has a record of it',
  );
});

test('text names the stores and what was written again', async () => {
  const { run, release } = await healer();
  overwrite(release, keysIn(release, 'content/').find((key) => key.endsWith('.yaml')) ?? '', () =>
    Buffer.from('other'),
  );
  const { code, stdout } = await run('heal', '--quiet');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^healed: stores that lagged show the newest release again\n {2}channel prod, generation 1\n/);
  expect(stdout).toMatch(/\nus: damaged, written again: (?:north|south)\n/);
  expect(stdout).toMatch(/\n1 version whole in every store that counts\n$/);
});

/** Plan files: what is refused of them, and what they are enough for. */
import { execFileSync } from 'node:child_process';
import { appendFile, cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clusters } from './fleet.ts';
import { CONFIG, held, type PlannedFleet, plannedFleet } from './planned-fleet.ts';
import { pair } from './verify-fleet.ts';

let original: Awaited<ReturnType<typeof plannedFleet>>;
beforeAll(async () => {
  original = await plannedFleet();
});
afterAll(() => original.remove());

function commit({ dir }: PlannedFleet): void {
  const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.com'];
  const env = { PATH: process.env.PATH, HOME: dir, GIT_CONFIG_NOSYSTEM: '1' };
  execFileSync('git', [...identity, 'commit', '--quiet', '--all', '--message=more', '--allow-empty'], {
    cwd: dir,
    env,
  });
}

test('A plan whose built folder has other bytes, or fewer files, publishes nothing', async () => {
  const fleet = await original.copy();
  const [artifact] = (await fleet.plan()).work?.built ?? [];
  const name = `${artifact?.content.digest.slice('sha256:'.length)}.tgz`;
  const before = await held(fleet.dir);
  const publish = () => fleet.run(['publish', '--plan', 'plan.json', '--built', 'built']);
  await appendFile(join(fleet.dir, 'built', name), 'x');
  const damaged = await publish();
  expect(damaged.stderr).toBe(
    `error[CORRUPT]: Cannot use "built/${name}", the content of artifact "north": its bytes changed\nhint: hand over the folder as slipway plan --built wrote it\n`,
  );
  await rm(join(fleet.dir, 'built', name));
  const missing = await publish();
  expect(missing.stderr).toContain(
    `Cannot read "built/${name}", the content of artifact "north": there is no such file`,
  );
  expect([damaged.code, missing.code, await held(fleet.dir)]).toEqual([4, 2, before]);
});

test('A plan that was edited is refused, whatever was edited', async () => {
  const fleet = await original.copy();
  const text = await readFile(join(fleet.dir, 'plan.json'), 'utf8');
  const edits: readonly (readonly [string, string])[] = [
    ['"quorum": 2', '"quorum": 1'],
    ['"allow": []', '"allow": ["x"]'],
    ['"generation": 2', '"generation": 3'],
    // A key twice: readers that take the first one see what slipway does not.
    ['"allow": []', '"allow": ["x"], "allow": []'],
  ];
  for (const [from, to] of edits) {
    await writeFile(join(fleet.dir, 'plan.json'), text.replace(from, to));
    const { code, stderr } = await fleet.run(['publish', '--plan', 'plan.json']);
    expect([code, stderr]).toEqual([
      3,
      'error[REFUSED]: Cannot use plan "plan.json": somebody edited it, it does not match its digest\nhint: what a plan says cannot be changed by hand: run slipway plan --out again\n',
    ]);
  }
});

test('A plan of a newer slipway names the version to use; what is no plan is called so', async () => {
  const fleet = await original.copy();
  const told = async (text: string) => {
    await writeFile(join(fleet.dir, 'plan.json'), text);
    const { code, stderr } = await fleet.run(['publish', '--plan', 'plan.json']);
    return [code, stderr];
  };
  expect(await told('{"schema":2,"slipway":"3.1.0","digest":"x"}')).toEqual([
    2,
    'error[USAGE]: Cannot use plan "plan.json": it is of schema 2, this slipway reads up to 1\nhint: use slipway 3.1.0 or newer\n',
  ]);
  expect(await told('{"schema":2,"slipway":"; rm -rf /"}')).toEqual([
    2,
    'error[USAGE]: Cannot use plan "plan.json": it is of schema 2, this slipway reads up to 1\nhint: use the slipway that made it\n',
  ]);
  const again = '\nhint: run slipway plan --out again\n';
  expect(await told('{"outcome":"planned"}')).toEqual([
    2,
    `error[USAGE]: Cannot use plan "plan.json": slipway plan did not write it${again}`,
  ]);
  expect(await told('{')).toEqual([2, `error[USAGE]: Cannot use plan "plan.json": it is not JSON${again}`]);
});

test('What a plan says already cannot be said besides it', async () => {
  const fleet = await original.copy();
  for (const [args, what] of [
    [['--channel', 'qa'], '--channel'],
    [['--store', 'eu'], '--store'],
    [['--artifact', 'north'], '--artifact'],
    [['./clusters/north'], 'a path'],
    [['--adopt'], '--adopt'],
  ] as const) {
    const { code, stderr } = await fleet.run(['publish', '--plan', 'plan.json', ...args]);
    expect([code, stderr]).toEqual([
      2,
      `error[USAGE]: Cannot use --plan with ${what}: the plan says it\nhint: make another plan, or publish without one\n`,
    ]);
  }
  const { stderr } = await fleet.run(['publish', '--built', 'built']);
  expect(stderr).toBe('error[USAGE]: Cannot use --built without --plan\nhint: name the plan that was made with it\n');
});

test('A plan with --adopt is not published, wherever it was written', async () => {
  const fleet = await original.copy();
  const planned = await fleet.run(['plan', '--adopt', '--output', 'json']);
  await writeFile(join(fleet.dir, 'plan.json'), planned.stdout);
  const { code, stderr } = await fleet.run(['publish', '--plan', 'plan.json']);
  expect([code, stderr]).toEqual([
    2,
    'error[USAGE]: Cannot use plan "plan.json": it was made with --adopt, and what others wrote may be something else by now\nhint: publish with --adopt first\n',
  ]);
});

test('A plan of a path asks the gates of the config beside it, and cannot be made where there are none', async () => {
  const fleet = await original.copy();
  const once = ['plan', './clusters/north', '--render', 'plain', '--to', 'file:.slipway/once?layout=object'];
  const plan = async (name: string) =>
    expect((await fleet.run([...once, '--channel', 'qa', '--out', `${name}.json`, '--built', name])).code).toBe(0);
  const publish = (name: string) => fleet.run(['publish', '--plan', `${name}.json`, '--built', name]);
  await plan('without');
  const gates = `gates: [{ name: no, run: [sh, -c, 'echo "{\\"allow\\": false}"'] }]\n`;
  await appendFile(join(fleet.dir, 'slipway.yaml'), gates);
  await plan('with');
  const [unasked, asked] = [await publish('without'), await publish('with')];
  expect([unasked.code, unasked.stderr]).toEqual([
    3,
    expect.stringContaining('Moved since plan: "gates" of the config'),
  ]);
  expect([asked.code, asked.stderr]).toEqual([3, expect.stringContaining('Gate "no" does not let this release go on')]);
});

test('A job without sources, config, Git and renderer publishes the planned digests from plan and folder alone', async () => {
  const fleet = await original.copy();
  const { work, receipt } = await fleet.plan();
  const bare = await original.copy();
  for (const path of ['clusters', '.git', 'slipway.yaml', '.gitignore'])
    await rm(join(bare.dir, path), { recursive: true });
  const ended = await bare.run(['publish', '--plan', 'plan.json', '--built', 'built', '--output', 'json'], {
    env: { PATH: '/nowhere' },
  });
  const done = JSON.parse(ended.stdout);
  expect([ended.code, done.outcome, done.generation, done.revision]).toEqual([0, 'published', 2, receipt.revision]);
  expect(done.artifacts).toEqual(receipt.artifacts);
  expect(done.artifacts.map((one: { digest: string }) => one.digest)).toEqual(
    work?.expected.artifacts.map(({ content }) => content),
  );
  // With the sources it comes to the same, but for what tells the runs apart.
  const own = JSON.parse((await fleet.run(['publish', '--plan', 'plan.json', '--output', 'json'])).stdout);
  expect(own.artifacts).toEqual(done.artifacts);
});

test('A plan is published once: again it only completes, and what came after it stays', async () => {
  const fleet = await original.copy();
  const publish = async () =>
    JSON.parse((await fleet.run(['publish', '--plan', 'plan.json', '--built', 'built', '--output', 'json'])).stdout);
  expect((await publish()).outcome).toBe('published');
  const after = await held(fleet.dir);
  expect((await publish()).outcome).toBe('unchanged');
  expect(await held(fleet.dir)).toEqual(after);
  // The publish was stopped before it had moved this name.
  await cp(join(fleet.dir, '.slipway/us/channels/prod/north/manifests.yaml'), join(fleet.dir, 'kept'));
  await rm(join(fleet.dir, '.slipway/us/channels/prod/north'), { recursive: true });
  expect((await publish()).outcome).toBe('healed');
  expect((await held(fleet.dir)).map((line) => line.split(' ')[1])).toEqual(after.map((line) => line.split(' ')[1]));
  for (const [name, text] of Object.entries(clusters('three'))) await writeFile(join(fleet.dir, name), text);
  commit(fleet);
  await fleet.run(['publish']);
  const newest = await held(fleet.dir);
  expect((await publish()).error.message).toMatch(/^Moved since plan: the channel in store "eu" was/);
  expect(await held(fleet.dir)).toEqual(newest);
});

test('A plan of a signed release holds no key, and the job that publishes it signs', async () => {
  const fleet = await original.copy();
  const { key: privateKey } = pair();
  const env = { KEY: privateKey, SLIPWAY_KEY_PASSWORD: 'canary-of-a-passphrase' };
  await writeFile(
    join(fleet.dir, 'slipway.yaml'),
    CONFIG.replace('channel: prod', 'channel: prod\nsign: { key: env://KEY }'),
  );
  commit(fleet);
  const planned = await fleet.run(['plan', '--out', 'plan.json', '--built', 'built'], { env });
  expect([planned.code, planned.stderr]).toEqual([0, '']);
  const text = await readFile(join(fleet.dir, 'plan.json'), 'utf8');
  const secrets = [
    ...privateKey.split('\n').filter((line) => line.length > 20 && !line.startsWith('-')),
    env.SLIPWAY_KEY_PASSWORD,
  ];
  for (const secret of secrets) expect(text).not.toContain(secret);
  for (const path of ['clusters', '.git', 'slipway.yaml']) await rm(join(fleet.dir, path), { recursive: true });
  const done = await fleet.run(['publish', '--plan', 'plan.json', '--built', 'built', '--output', 'json'], { env });
  const { outcome, proved } = JSON.parse(done.stdout);
  expect([done.code, outcome]).toEqual([0, 'published']);
  expect(proved.map(({ kind }: { readonly kind: string }) => kind)).toEqual(['bundle', 'views']);
});

test('A plan has no path of the machine that made it', async () => {
  const fleet = await original.copy();
  const text = await readFile(join(fleet.dir, 'plan.json'), 'utf8');
  expect(text).not.toContain(fleet.dir);
  expect(text).not.toMatch(/\/tmp\//);
});

test('A plan that was told of a key by its whole path is published where everything lies elsewhere', async () => {
  const fleet = await original.copy();
  const env = { SLIPWAY_KEY_PASSWORD: 'canary-of-a-passphrase' };
  await writeFile(join(fleet.dir, '.git/prod.key'), pair().key);
  const flags = ['--key', join(fleet.dir, '.git/prod.key'), '--out', '.git/plan.json'];
  const planned = await fleet.run(['plan', ...flags], { env });
  expect([planned.code, planned.stderr]).toEqual([0, '']);
  expect(await readFile(join(fleet.dir, '.git/plan.json'), 'utf8')).not.toContain(fleet.dir);
  const moved = await original.copy();
  for (const name of ['prod.key', 'plan.json']) {
    await cp(join(fleet.dir, '.git', name), join(moved.dir, '.git', name));
    await rm(join(fleet.dir, '.git', name));
  }
  const done = await moved.run(['publish', '--plan', '.git/plan.json'], { env });
  expect([done.code, done.stderr]).toEqual([0, '']);
});

/** What changes a channel without a build, called from a program. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { freeze, promote, publish, retire, rollback, unfreeze } from '../src/index.ts';
import { yaml } from './flow/fleet.ts';

test('rollback, retire, freeze and unfreeze answer receipts, and throw only what kept them from looking', async () => {
  const cwd = await mkdtemp(join(tmpdir(), 'slipway-library-'));
  onTestFinished(() => rm(cwd, { recursive: true }));
  const write = async (name: string, version: string): Promise<void> => {
    await mkdir(join(cwd, 'clusters', name), { recursive: true });
    await writeFile(join(cwd, 'clusters', name, 'cm.yaml'), yaml(name, version));
  };
  const config =
    'version: 1\nartifacts: [{ path: clusters/*, render: plain }]\nstores: { lab: "file:lab?layout=object" }\n';
  await writeFile(join(cwd, 'slipway.yaml'), `${config}channel: prod\n`);
  const context = { cwd, env: {} };
  for (const name of ['north', 'south']) await write(name, 'one');
  const first = await publish({}, context);
  await write('north', 'two');
  await publish({}, context);

  const back = await rollback({}, context);
  expect([back.outcome, back.kind, back.generation]).toEqual(['published', 'rollback', 3]);
  expect(back.artifacts.map(({ digest }) => digest)).toEqual(first.artifacts.map(({ digest }) => digest));
  expect((await rollback({ to: '1' }, context)).outcome).toBe('unchanged');
  expect((await retire({ names: ['south'] }, context)).error?.code).toBe('REFUSED');
  await rm(join(cwd, 'clusters/south'), { recursive: true });
  expect((await retire({ names: ['south'] }, context)).retired).toEqual(['south']);
  expect((await freeze({ reason: 'night' }, context)).frozen).toEqual({ reason: 'night' });
  expect((await publish({}, context)).error?.message).toBe('Channel "prod" is frozen: night');
  expect((await unfreeze({}, context)).kind).toBe('unfreeze');
  await expect(rollback({ to: 'yesterday' }, context)).rejects.toMatchObject({ code: 'USAGE' });
  await expect(freeze({ reason: ' ' }, context)).rejects.toMatchObject({ code: 'USAGE' });
});

test('promote answers a receipt, or one with a receipt for each wave', async () => {
  const cwd = await mkdtemp(join(tmpdir(), 'slipway-library-'));
  onTestFinished(() => rm(cwd, { recursive: true }));
  const config = [
    'version: 1',
    'artifacts: [{ path: clusters/*, render: plain }]',
    'stores: { lab: "file:lab?layout=object" }',
    'channel: staging',
    'channels: { prod: { waves: [{ name: first, artifacts: [north] }, { name: rest }] } }',
  ];
  await writeFile(join(cwd, 'slipway.yaml'), `${config.join('\n')}\n`);
  for (const name of ['north', 'south']) {
    await mkdir(join(cwd, 'clusters', name), { recursive: true });
    await writeFile(join(cwd, 'clusters', name, 'cm.yaml'), yaml(name, 'one'));
  }
  const context = { cwd, env: {} };
  const { artifacts } = await publish({}, context);
  const plain = await promote({ from: 'staging', to: 'test' }, context);
  expect(plain).toMatchObject({ outcome: 'published', kind: 'promote', channel: 'test' });
  const waved = await promote({ from: 'staging', to: 'prod' }, context);
  const receipts = 'waves' in waved ? waved.waves.map(({ receipt }) => receipt) : [];
  expect(receipts.map((receipt) => receipt?.generation)).toEqual([1, 2]);
  expect(receipts.at(-1)?.artifacts.map(({ manifest }) => manifest)).toEqual(artifacts.map(({ manifest }) => manifest));
  await expect(promote({ from: 'staging', to: 'staging' }, context)).rejects.toMatchObject({ code: 'USAGE' });
});

/** What changes a channel without a build, called from a program. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { freeze, publish, retire, rollback, unfreeze } from '../src/index.ts';
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

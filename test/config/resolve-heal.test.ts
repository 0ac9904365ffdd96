import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import {
  channelTarget,
  type HealOptions,
  type HealSettings,
  resolveHeal,
  versionTarget,
} from '../../src/config/resolve-heal.ts';

const CONFIG = `version: 1
artifacts: [{ path: ./deploy }]
stores: { eu: "file:eu", us: "file:us?layout=tarball", lab: "file:lab" }
quorum: 2
verify: { key: all.pub }
channels:
  prod: { stores: [eu, us], quorum: all, verify: { key: prod.pub } }
  staging: { stores: [us, lab] }
`;

async function settingsOf(options: HealOptions, text: string | undefined = CONFIG): Promise<HealSettings> {
  const cwd = await mkdtemp(join(tmpdir(), 'slipway-'));
  onTestFinished(() => rm(cwd, { recursive: true }));
  await writeFile(join(cwd, 'slipway.yaml'), text);
  return resolveHeal(options, { cwd, env: {} });
}

const shown = ({ stores, chosen, primary, quorum, policies }: ReturnType<typeof channelTarget>) => ({
  stores: stores.map(({ name }) => name).join(' '),
  chosen: [...chosen].join(' '),
  ...{ primary, quorum, policies: policies.length },
});

test('a channel is healed in its own stores, by its own quorum', async () => {
  const settings = await settingsOf({});
  expect(shown(channelTarget(settings, 'prod', '/'))).toEqual({
    ...{ stores: 'eu us', chosen: 'eu us', primary: 'eu', quorum: 2, policies: 1 },
  });
  expect(shown(channelTarget(settings, 'other', '/'))).toMatchObject({ stores: 'eu us lab', quorum: 2 });
});

test('of fewer stores than the quorum all have to be whole, and the others lend', async () => {
  const settings = await settingsOf({ store: ['lab'] });
  expect(shown(channelTarget(settings, 'other', '/'))).toMatchObject({ stores: 'eu us lab', chosen: 'lab', quorum: 1 });
  expect(shown(channelTarget(settings, 'prod', '/'))).toMatchObject({ stores: 'eu us', chosen: '' });
});

test('a version belongs to the stores of every channel that one of its stores belongs to', async () => {
  const settings = await settingsOf({});
  const channels = ['prod', 'staging'];
  expect(shown(versionTarget(settings, { in: new Set(['eu']), channels }, '/'))).toMatchObject({
    stores: 'eu us',
    policies: 2,
  });
  expect(shown(versionTarget(settings, { in: new Set(['us']), channels }, '/')).stores).toBe('eu us lab');
  expect(shown(versionTarget(settings, { in: new Set(['eu']), channels: [] }, '/')).stores).toBe('eu us lab');
});

test('what cannot be healed is told before any store is asked', async () => {
  await expect(settingsOf({ channels: ['1.4.0'] })).rejects.toThrow(
    'Cannot heal channel "1.4.0": a semantic version never moves; claim it with --version',
  );
  await expect(settingsOf({ store: ['usa'] })).rejects.toThrow('Cannot use --store "usa": the stores of this run are');
  await expect(resolveHeal({}, { cwd: '/nowhere', env: {} })).rejects.toThrow(
    'Cannot heal: there is no "slipway.yaml" here that says where anything is',
  );
});

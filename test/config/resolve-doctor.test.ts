import { describe, expect, test } from 'vitest';
import { resolveDoctor } from '../../src/config/resolve-doctor.ts';
import { tree } from './tree.ts';

const CONFIG = `version: 1
artifacts: [{ path: deploy }]
stores: { eu: "file:eu", us: "file:us?layout=object", lab: "file:lab" }
channels: { prod: { stores: [eu, us] } }
`;

async function resolve(options: Parameters<typeof resolveDoctor>[0] = {}, config = CONFIG) {
  return resolveDoctor(options, { cwd: await tree({ 'slipway.yaml': config }), env: {} });
}

describe('slipway doctor looks', () => {
  test('at all stores of the config, and may write', async () => {
    const { stores, all, write, channel, project } = await resolve();
    expect(stores.map(({ name }) => name)).toEqual(['eu', 'us', 'lab']);
    expect([all, write, channel, project]).toEqual([stores, true, undefined, 'default']);
  });

  test('at those of a channel, or those that are named; records are compared with those of all', async () => {
    const named = await resolve({ channel: 'prod', store: ['us'], noWrite: true });
    expect(named.stores.map(({ name }) => name)).toEqual(['us']);
    expect(named.all.map(({ name }) => name)).toEqual(['eu', 'us']);
    expect([named.write, named.channel]).toEqual([false, 'prod']);
    expect(named.rules('prod')).toEqual({ stores: ['eu', 'us'], primary: 'eu' });
    expect(named.rules('staging')).toEqual({ stores: ['eu', 'us', 'lab'], primary: 'eu' });
  });

  test('at the folder that is there by itself, where the config has no stores', async () => {
    const { stores } = await resolve({}, 'version: 1\nartifacts: [{ path: deploy }]\n');
    expect(stores.map(({ name }) => name)).toEqual(['file:.slipway/store']);
  });
});

describe('slipway doctor refuses', () => {
  test.each([
    [{ store: ['asia'] }, 'Cannot use --store "asia": the stores are "eu", "us", "lab"', 'known are "eu", "us", "lab"'],
    [
      { store: ['lab'], channel: 'prod' },
      'Cannot use --store "lab": the stores are "eu", "us"',
      'known are "eu", "us"',
    ],
  ])('%j', async (options, message, hint) => {
    await expect(resolve(options)).rejects.toMatchObject({ code: 'USAGE', message, hint });
  });

  test('a channel that cannot be one', async () => {
    await expect(resolve({ channel: 'a b' })).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringMatching(/^Cannot use channel "a b": /),
      hint: 'choose another --channel',
    });
  });

  test('a folder without a config', async () => {
    await expect(resolveDoctor({}, { cwd: await tree({}), env: {} })).rejects.toMatchObject({
      code: 'USAGE',
      message: 'Cannot look at stores: there is no "slipway.yaml" here',
      hint: 'name one with --config',
    });
  });
});

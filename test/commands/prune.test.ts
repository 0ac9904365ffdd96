import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { prunedSchema } from '../../scripts/pruned-schema.ts';
import { resolvePrune } from '../../src/config/resolve-prune.ts';
import type { Pruned } from '../../src/model.ts';
import { clusters, fleet, slipway } from '../flow/fleet.ts';

const CONFIG = `version: 1
artifacts:
  - { path: clusters/*, render: plain }
stores: { folder: "file:.out/bucket?layout=object", layouts: "file:.out/layouts" }
channel: prod
`;

test('a fleet in folders: planned, marked, deleted', async () => {
  const { tree, run } = await fleet(slipway, { files: { 'slipway.yaml': CONFIG, '.gitignore': '.out\n' } });
  for (const version of ['one', 'two', 'three']) {
    await tree.commit(clusters(version));
    expect((await run(['publish', '--quiet'])).stderr).toBe('');
  }
  const prune = async (...args: readonly string[]): Promise<Pruned> => {
    const { code, stdout, stderr } = await run(['prune', '--quiet', '--output', 'json', '--keep', '1', ...args]);
    expect([code, stderr]).toEqual([0, '']);
    return v.parse(prunedSchema, JSON.parse(stdout));
  };
  const planned = await prune('--min-age', '0m');
  expect(planned.outcome).toBe('planned');
  const done = await prune('--min-age', '0m', '--yes');
  expect(done.totals.deleted).toEqual(planned.totals.goes);
  expect(done.totals.deleted.items).toBeGreaterThan(10);
  const { stdout } = await run(['prune', '--quiet']);
  expect(stdout).toContain('Nothing to prune');
  expect((await run(['publish', '--quiet', '--output', 'json'])).receipt?.outcome).toBe('unchanged');
});

describe('options', () => {
  const context = { cwd: '/nowhere', env: {} };
  test.each([
    [{ keep: '0' }, 'Cannot use --keep "0": it is not a number of releases'],
    [{ minAge: '24' }, 'Cannot use --min-age "24": it is not a time'],
    [{}, 'Cannot prune: there is no "slipway.yaml" here that says where anything is'],
  ])('%j is refused', async (options, message) => {
    await expect(resolvePrune(options, context)).rejects.toThrow(message);
  });
});

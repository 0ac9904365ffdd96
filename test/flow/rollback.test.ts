/** Back to what a channel had: the same bytes and proofs, and nothing of what was bad comes back by itself. */
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { receiptSchema } from '../../scripts/receipt-schema.ts';
import { type Fleet, fine, type Outcome, publishedFleets, said, slipway, yaml } from './fleet.ts';
import { bucketRecords, overHttp, readTag, registryRecords } from './reader.ts';

/** `slipway rollback` with these arguments, its receipt as JSON. */
const rollback = (by: Fleet, ...args: readonly string[]): Promise<Outcome> =>
  by.run(['rollback', ...args, '--output', 'json', '--quiet']);

const south = (version: string): Readonly<Record<string, string>> => ({
  'clusters/south/cm.yaml': yaml('south', version),
});

const published = publishedFleets(() => slipway);

/** Commits `one` to `three`, of which the first and the last are published: the last one is bad. */
async function released(): Promise<{ readonly by: Fleet; readonly commits: readonly [string, string, string] }> {
  const by = await published();
  const first = await by.tree.git('rev-parse', 'HEAD');
  const between = await by.tree.commit(south('two'));
  const bad = await by.tree.commit(south('three'));
  await by.publish();
  return { by, commits: [first, between, bad] };
}

const newestOf = (by: Fleet) => {
  const [newest] = bucketRecords(by.stage.live, 'prod');
  if (newest === undefined) throw new Error('there is no record');
  return newest;
};

test('a rollback shows the old bytes again in both stores, in a generation of its own', async () => {
  const { by, commits } = await released();
  const before = by.held();
  const [, good] = bucketRecords(by.stage.live, 'prod');
  const ended = await rollback(by);
  expect(said(ended)).toEqual(fine('published', 3));
  expect(() => v.parse(receiptSchema, ended.receipt)).not.toThrow();
  expect(ended.receipt).toMatchObject({ kind: 'rollback', from: { channel: 'prod', generation: 1 } });
  expect(await readTag(overHttp(by.stage.registry.url), 'fleet/south', 'prod')).toMatchObject({
    text: yaml('south', 'one'),
  });
  const newest = newestOf(by);
  expect(registryRecords(by.stage.live, 'prod')[0]).toEqual(newest);
  const [first, , bad] = commits;
  expect(newest).toMatchObject({
    kind: 'rollback',
    generation: 3,
    floor: { commit: bad },
    blocked: [bad],
    from: { channel: 'prod', generation: 1, run: good?.run },
  });
  const old = good?.artifacts.find(({ name }) => name === 'south');
  expect(old?.commit).toBe(first);
  // The content of then, in the order of now.
  const present = { commit: bad, commitTime: '2026-01-01T00:03:00Z' };
  expect(newest.artifacts[1]).toEqual({ ...old, ...present, since: 3 });
  expect(newest.artifacts[0]).toEqual({ ...good?.artifacts[0], ...present });
  // Content and manifests were there: records and names are all that is written.
  const paths = by
    .held()
    .filter((line) => !before.includes(line))
    .map((line) => line.split(' ').slice(0, 3).join(' '));
  expect(paths.map((path) => path.replace(/[0-9a-f]{8,}/g, '#'))).toEqual([
    'eu fleet/releases blob',
    'eu fleet/releases manifest',
    'eu fleet/releases tag',
    'eu fleet/south tag',
    expect.stringMatching(/^us gitops\/channels\/prod\/south\/manifests.yaml /),
    expect.stringMatching(/^us gitops\/releases\/default\/prod\//),
  ]);
});

test('what a rollback would change is told without a write, and what it changed by the command itself', async () => {
  const { by } = await released();
  const before = by.held();
  const planned = await by.run(['rollback', '--to', '1', '--dry-run', '--quiet']);
  expect(by.held()).toEqual(before);
  expect([planned.code, planned.stderr]).toEqual([0, '']);
  const [heading, ...rest] = planned.stdout.split('\n');
  expect(heading).toBe('planned: would roll back prod to generation 1, as generation 3; nothing was written');
  const changes = ['1 of 2 artifacts differs: 1 object changed', '', 'Artifact south', '  ~ ConfigMap south'];
  expect(rest.join('\n')).toContain([...changes, '    ~ data.version: "three" → "one"'].join('\n'));
  const done = await by.run(['rollback', '--to', 'prod@1', '--quiet']);
  expect(done.stdout.split('\n')[0]).toBe('published: rolled back prod to generation 1, as generation 3');
  expect(done.stdout).toContain(changes.join('\n'));
  const again = await by.run(['rollback', '--to', '1', '--quiet']);
  expect(again.stdout.split('\n')[0]).toBe('unchanged: stores hold this content already, no name moved');
});

test('what is no release is told before any store is asked', async () => {
  const by = await published();
  const before = by.stage.registry.requests.length;
  const told = async (to: string): Promise<readonly [number | null, string]> => {
    const { code, stderr } = await by.run(['rollback', '--to', to]);
    return [code, stderr];
  };
  for (const to of ['yesterday', 'staging', 'staging@1', 'prod', '0', '1.4']) {
    const [code, stderr] = await told(to);
    expect([code, stderr.split('\n')[0]]).toEqual([
      2,
      `error[USAGE]: Cannot roll back to "${to}": it is no generation of channel "prod", version or digest`,
    ]);
  }
  expect(by.stage.registry.requests.length).toBe(before);
});

test('a channel is frozen with a reason that publish tells, and thawed', async () => {
  const by = await published();
  const frozen = await by.run(['freeze', 'prod', '--reason', 'end of the quarter', '--quiet']);
  expect(frozen.stdout.split('\n')[0]).toBe('published: froze prod, as generation 2: end of the quarter');
  await by.tree.commit(south('two'));
  const refused = await by.publish();
  expect(said(refused)).toMatchObject({ code: 3, outcome: 'refused', generation: 2 });
  expect(refused.stderr).toContain('error[REFUSED]: Channel "prod" is frozen: end of the quarter\n');
  const thawed = await by.run(['unfreeze', 'prod', '--quiet']);
  expect(thawed.stdout.split('\n')[0]).toBe('published: unfroze prod, as generation 3');
  expect(said(await by.publish())).toEqual(fine('published', 4));
  const empty = await by.run(['freeze', '--reason', ' ']);
  expect([empty.code, empty.stderr.split('\n')[0]]).toEqual([2, 'error[USAGE]: Cannot freeze: the reason is empty']);
});

test('an artifact is retired once the config does not list it, and its tag stays', async () => {
  const by = await published();
  const listed = await by.run(['retire', 'south', '--quiet']);
  expect([listed.code, listed.stderr.split('\n')[0]]).toEqual([
    3,
    'error[REFUSED]: Cannot retire "south": the config lists it, so the next publish brings it back',
  ]);
  await by.tree.commit({ 'clusters/south': undefined });
  expect(said(await by.publish(['--allow', 'disappear@south']))).toEqual(fine('unchanged', 2));
  const retired = await by.run(['retire', 'south', '--quiet']);
  expect(retired.stdout.split('\n')[0]).toBe('published: retired south from prod, as generation 3');
  expect(newestOf(by).artifacts.map(({ name }) => name)).toEqual(['north']);
  expect(await readTag(overHttp(by.stage.registry.url), 'fleet/south', 'prod')).toMatchObject({
    text: yaml('south', 'one'),
  });
  expect(said(await by.publish())).toEqual(fine('unchanged', 3));
  await by.tree.commit(south('three'));
  expect(said(await by.publish())).toEqual(fine('published', 4));
});

import { expect, test } from 'vitest';
import { yaml } from './fleet.ts';
import { world } from './promote-world.ts';

const SEALED = 'sign: { key: env://KEY }\nverify: { key: env://PUB }\n';
const toProd = ['promote', '--from', 'staging', '--to', 'prod'] as const;

test('what is rolled back in part at its origin brings nothing else of that commit into a channel that rolled it back', async () => {
  const made = await world();
  await made.run(...toProd);
  const bad = await made.release('bad');
  await made.run(...toProd);
  expect(await made.run('rollback', '--channel', 'prod')).toMatchObject({ code: 0 });
  expect(await made.run('rollback', '--channel', 'staging', '--artifact', 'north')).toMatchObject({ code: 0 });
  expect(await made.run('freeze', 'staging', '--reason', 'a look')).toMatchObject({ code: 0 });
  const north = await made.run(...toProd, '--artifact', 'north');
  expect(north).toMatchObject({ code: 0, receipt: { outcome: 'unchanged' } });
  const refused = await made.run(...toProd);
  expect(refused).toMatchObject({ code: 3, receipt: { outcome: 'refused' } });
  const phrase = `blocked:${bad.slice(0, 12)}`;
  expect(refused.receipt?.error).toMatchObject({
    message: `Commit "${bad.slice(0, 12)}" of artifact "south" was rolled back and is blocked`,
    hint: `promote a commit that fixes it, or pass --allow ${phrase}`,
  });
  expect(await made.run(...toProd, '--allow', phrase)).toMatchObject({ code: 0, receipt: { outcome: 'published' } });
});

test('where the commits are the same, an older generation of the channel does not come back', async () => {
  const made = await world();
  await made.tree.write({ 'clusters/north/cm.yaml': yaml('north', 'two') });
  expect(await made.run('publish')).toMatchObject({ code: 0, receipt: { generation: 2 } });
  expect(await made.run(...toProd)).toMatchObject({ code: 0 });
  expect(await made.run('freeze', 'prod', '--reason', 'a look')).toMatchObject({ code: 0 });
  expect(await made.run('unfreeze', 'prod')).toMatchObject({ code: 0 });
  const back = ['promote', '--from', 'staging@1', '--to', 'prod'] as const;
  const refused = await made.run(...back);
  expect(refused).toMatchObject({ code: 3, receipt: { outcome: 'refused' } });
  expect(refused.receipt?.error).toMatchObject({
    message:
      'Artifact "north" would go back: generation 1 of channel "staging" is older than generation 2, which channel "prod" has',
    hint: 'promote the newest generation, or go back with slipway rollback, or pass --allow older:staging@1',
  });
  expect(made.record('prod').generation).toBe(3);
  expect(await made.run(...back, '--allow', 'older:staging@1')).toMatchObject({ code: 0, receipt: { generation: 4 } });
  // What a rollback brought back says nothing of the order.
  expect(await made.run('rollback', '--channel', 'prod')).toMatchObject({ code: 0 });
  expect(await made.run(...toProd)).toMatchObject({ code: 0 });
});

test('a dry run tells that the channel would not trust what comes', async () => {
  const made = await world({ sealing: SEALED, prod: ', verify: { key: env://OTHER }' });
  const planned = await made.run(...toProd, '--dry-run');
  expect(planned).toMatchObject({ code: 5, receipt: { outcome: 'failed', error: { code: 'UNTRUSTED' } } });
  expect(made.far.writes()).toEqual([]);
});

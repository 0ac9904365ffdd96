/** Whatever a store loses or damages, heal brings it back from the others. */
import { expect, test } from 'vitest';
import { assertSound, endings, healAll, KINDS, LETTERS, published, singleThings } from './heal-matrix.ts';
import { healersBesidePublishers } from './heal-simulation.ts';
import { ending, healOnce } from './heal-world.ts';
import { bucket, commitId, openStore, planOf, publishOnce, recordsOf } from './world.ts';

test('of nothing that is whole anything is written', async () => {
  const ports = await published();
  const before = await Promise.all(ports.map(({ things }) => things()));
  const { stores, isOver } = ending(
    ports.map(({ port }) => port),
    { write: 1, when: 'before' },
  );
  expect((await healOnce(stores)).outcome).toBe('unchanged');
  expect(isOver()).toBe(false);
  expect(await Promise.all(ports.map(({ things }) => things()))).toEqual(before);
});

test.each(KINDS.map((name, index) => ({ name, index })))(
  'whatever single thing the store $name loses or damages comes back',
  async ({ index }) => {
    expect(await singleThings(index, 8)).toEqual([]);
  },
);

test('a marker that cannot be read is not written over', async () => {
  const ports = await published();
  ports[0]?.damage('slipway.json');
  const [channel] = await healAll(ports);
  expect(channel).toContain('Only 3 of 4 stores are whole, the quorum is 4: "bucket" behind: Store "bucket": Cannot');
});

test('with fewer stores than it asks for heal says so, and a quorum that is met is enough', async () => {
  const ports = await published();
  ports[0]?.damage('slipway.json');
  const stores = ports.map(({ port }) => openStore(port));
  expect((await healOnce(stores, { quorum: 3 })).outcome).toBe('unchanged');
  const { outcome, error } = await healOnce(stores, { quorum: 4 });
  expect([outcome, error?.code]).toEqual(['refused', 'FOREIGN']);
});

test('ended before or after a write, a second run completes what the first began', async () => {
  expect(await endings(23)).toBeGreaterThan(4);
});

test('what no store has is told with its artifact and commit, and the rest is healed', async () => {
  const ports = await published();
  const [first] = await recordsOf(openStore(ports[0]?.port ?? bucket('')));
  const lost = first?.artifacts.find(({ name }) => name === 'west');
  for (const { things, remove } of ports) {
    for (const thing of await things()) {
      const isContent = thing.startsWith('content/') || / blob /.test(thing);
      if (isContent && thing.includes(lost?.content.slice('sha256:'.length) ?? '-')) await remove(thing);
    }
  }
  await ports[1]?.remove('fleet/east tag prod');
  const { outcome, error, artifacts } = await healOnce(ports.map(({ port }) => openStore(port)));
  expect(outcome).toBe('failed');
  expect(error?.message).toContain(`No store holds artifact "west" (${lost?.content}) whole`);
  expect(error?.hint).toBe(
    `check out commit "${commitId(2)}", which published it, and run slipway publish --allow put-again`,
  );
  const states = artifacts.map(({ name, stores }) => [name, stores.bucket?.state, stores.bucket?.error?.code]);
  expect(states).toEqual([
    ['east', 'lagging', undefined],
    ['north', 'lagging', undefined],
    ['west', 'failed', 'NOT_FOUND'],
  ]);
  const stores = ports.map(({ port }) => openStore(port));
  const publisher = { run: 9, commit: 2, letters: LETTERS, stores, primary: 'bucket', quorum: 4, signer: 'key:a' };
  const plan = { ...planOf(publisher), allowed: ['put-again'] };
  const again = await publishOnce(publisher, plan);
  expect([again.outcome, again.end]).toEqual(['healed', undefined]);
  expect(await healAll(ports)).toEqual(['unchanged', 'unchanged']);
  await assertSound(ports);
});

test('a store that lost everything is filled again', async () => {
  const ports = await published();
  for (const { things, remove } of ports) {
    for (const thing of await things()) await remove(thing);
    expect(await healAll(ports)).toEqual(['healed', 'healed']);
    await assertSound(ports);
  }
});

test('healers beside a publisher move nothing back, and all come to one end', async () => {
  // The publisher comes through in some of them: otherwise nobody raced with anybody.
  expect(await healersBesidePublishers(6)).toBeGreaterThan(1);
});

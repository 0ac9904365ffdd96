/** `slipway heal` beside a prune that is about to delete what heal has to show: a record was made after that prune read them all. */
import { expect, test } from 'vitest';
import { SlipwayError } from '../../src/errors.ts';
import type { Objects } from '../../src/ship/ports.ts';
import { healOnce } from '../flow/heal-world.ts';
import { type Fleet, fleet, ripen } from '../flow/prune-fleet.ts';
import { allOf, assertKept, lastOf } from '../flow/prune-world.ts';
import { ARTIFACTS, openStore, type Port, publishOnce } from '../flow/world.ts';

/** Stops whoever comes here until it is opened. */
interface Gate {
  pass(): Promise<void>;
  /** Somebody waits. */
  readonly reached: Promise<void>;
  open(): void;
}

function gate(): Gate {
  let [open, reach] = [(): void => undefined, (): void => undefined];
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });
  const pass = (): Promise<void> => {
    reach();
    return opened;
  };
  return { pass, reached, open: () => open() };
}

const through = ({ ports }: Fleet, change: (objects: Objects) => Objects): readonly ReturnType<typeof openStore>[] =>
  ports.map((port: Port) => openStore(port.kind === 'bucket' ? { ...port, port: change(port.port) } : port));

/** Goes back to content that nobody keeps, sleeps before its record, and dies after it. */
function doomedPublisher(it: Fleet, before: Gate): Promise<unknown> {
  const stores = through(it, (objects) => ({
    ...objects,
    async put(key, bytes, options) {
      if (!key.startsWith('releases/')) return objects.put(key, bytes, options);
      await before.pass();
      await objects.put(key, bytes, options);
      throw new SlipwayError('INTERRUPTED', 'Killed');
    },
  }));
  const letters = Object.fromEntries(ARTIFACTS.map((artifact) => [artifact, `a${artifact}`]));
  return publishOnce({ run: 4, commit: 4, letters, stores, primary: 'bucket', quorum: 2, signer: 'key:a' });
}

interface Scene {
  readonly it: Fleet;
  /** Wakes the prune up, and waits for its end. */
  wake(): Promise<unknown>;
}

/** The record stands, its publisher is dead, and a prune sleeps before its first delete of what that record lists. */
async function scene(): Promise<Scene> {
  const it = fleet();
  for (const [index, letter] of [...'abc'].entries()) await it.publish(index + 1, letter);
  const [recording, deleting] = [gate(), gate()];
  const dying = doomedPublisher(it, recording).catch(() => undefined);
  await recording.reached;
  await it.prune({ keep: 1 });
  ripen(it.time);
  const stores = through(it, (objects) => ({
    ...objects,
    async delete(key) {
      if (!key.startsWith('prune/')) await deleting.pass();
      await objects.delete(key);
    },
  }));
  const pruning = it.prune({ keep: 1, stores });
  await deleting.reached;
  recording.open();
  await dying;
  return {
    it,
    wake() {
      deleting.open();
      return pruning;
    },
  };
}

const namesIn = async ({ objects }: Fleet): Promise<readonly string[]> =>
  (await objects.list('channels/')).objects.map(({ key, etag }) => `${key} ${etag}`);

test('heal moves no name while the prune is at work, and none to what it deleted', async () => {
  const { it, wake } = await scene();
  const names = await namesIn(it);
  const early = await healOnce(it.stores());
  expect(early).toMatchObject({
    outcome: 'failed',
    error: { message: 'A prune of store "bucket" claims what this release needs and does not finish' },
  });
  expect(await wake()).toMatchObject({ outcome: 'pruned' });
  expect((await healOnce(it.stores())).outcome).toBe('failed');
  expect(await namesIn(it)).toEqual(names);
  await it.publish(5, 'd');
  await assertKept(it.stores(), lastOf(1));
  expect(await namesIn(it)).not.toEqual(names);
});

test('heal shows the release once that prune is dead, which deletes nothing when it wakes up', async () => {
  const { it, wake } = await scene();
  const names = await namesIn(it);
  it.time.now += 31 * 60_000;
  const current = { state: 'current', generation: 4 };
  expect((await healOnce(it.stores())).stores).toMatchObject({ bucket: current, mirror: current });
  expect(await namesIn(it)).not.toEqual(names);
  await wake();
  await assertKept(it.stores(), allOf);
  expect((await healOnce(it.stores())).outcome).toBe('unchanged');
});

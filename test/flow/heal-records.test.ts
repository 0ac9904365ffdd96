/** Copies of records that somebody altered: heal tells the true one where anything tells it, and spreads none otherwise. */
import { expect, test } from 'vitest';
import type { ReleaseRecord } from '../../src/model.ts';
import { recordDigest } from '../../src/ship/copies.ts';
import { encode } from '../../src/ship/document.ts';
import { memoryObjects } from '../../src/ship/memory.ts';
import type { Store } from '../../src/ship/store.ts';
import { LETTERS } from './heal-matrix.ts';
import { healOnce } from './heal-world.ts';
import { bucket, commitId, namesOf, openStore, type Port, publishOnce, recordsOf } from './world.ts';

const HINT = 'move the wrong copy away, then heal again; publish the newest commit again where no copy is right';

interface Fleet {
  readonly ports: readonly Extract<Port, { readonly kind: 'bucket' }>[];
  readonly stores: readonly Store[];
  publish(commit: number, letters: Readonly<Record<string, string>>): Promise<void>;
  /** Everything the stores keep and show. */
  state(): Promise<readonly string[]>;
}

/** Two generations in these buckets, of which the first is the primary. */
async function fleet(...names: readonly string[]): Promise<Fleet> {
  const ports = names.map((name) => ({ kind: 'bucket', name, port: memoryObjects() }) as const);
  const stores = ports.map((port) => openStore(port));
  const publish: Fleet['publish'] = async (commit, letters) => {
    const { end } = await publishOnce({ run: commit, commit, letters, stores, primary: 'a', quorum: names.length });
    if (end !== undefined) throw new Error(end.error?.message);
  };
  await publish(1, { ...LETTERS, east: 'd' });
  await publish(2, LETTERS);
  const state: Fleet['state'] = async () =>
    Promise.all(
      stores.map(async (store) => JSON.stringify([await recordsOf(store), [...(await namesOf(store))].sort()])),
    );
  return { ports, stores, publish, state };
}

/** Gives a store another copy of one of its records. */
async function alter(
  { stores }: Fleet,
  name: string,
  generation: number,
  change: (record: ReleaseRecord, all: readonly ReleaseRecord[]) => Partial<ReleaseRecord>,
): Promise<void> {
  const store = stores.find((one) => one.name === name);
  const records = store === undefined ? [] : await recordsOf(store);
  const record = records.find((one) => one.generation === generation);
  if (store === undefined || record === undefined) throw new Error(`no record ${generation} in ${name}`);
  await store.ledger.restore({ ...record, ...change(record, records) });
}

/** The newest record with the content of the one before. */
const rolledBack = (_: ReleaseRecord, [, before]: readonly ReleaseRecord[]): Partial<ReleaseRecord> => ({
  artifacts: before?.artifacts ?? [],
});

test('of two stores that keep different copies of the newest record none is believed, and nothing is written', async () => {
  for (const altered of ['a', 'b']) {
    const by = await fleet('a', 'b');
    await alter(by, altered, 2, rolledBack);
    const before = await by.state();
    const { outcome, error } = await healOnce(by.stores, { sealed: false });
    expect({ outcome, error }).toEqual({
      outcome: 'failed',
      error: {
        code: 'CORRUPT',
        message:
          'Stores "a", "b" keep different copies of the record of channel "prod", generation 2: nothing tells what was recorded',
        hint: HINT,
      },
    });
    expect(await by.state()).toEqual(before);
  }
});

test('what two of three stores keep is the record, also where the third is the primary', async () => {
  const by = await fleet('a', 'b', 'c');
  const before = await by.state();
  await alter(by, 'a', 2, rolledBack);
  const { outcome, warnings } = await healOnce(by.stores, { sealed: false });
  expect({ outcome, warnings }).toEqual({
    outcome: 'healed',
    warnings: ['Store "a": its copy of the record of generation 2 was altered: what "b", "c" keep replaces it'],
  });
  expect(await by.state()).toEqual(before);
});

test('of three different copies none is the record', async () => {
  const by = await fleet('a', 'b', 'c');
  await alter(by, 'a', 2, rolledBack);
  await alter(by, 'b', 2, () => ({ blocked: [commitId(1)] }));
  const before = await by.state();
  expect((await healOnce(by.stores, { sealed: false })).error?.code).toBe('CORRUPT');
  expect(await by.state()).toEqual(before);
});

test('a record says of the one before what its bytes are, so that of two copies the true one is known', async () => {
  for (const altered of ['a', 'b']) {
    const by = await fleet('a', 'b');
    const before = await by.state();
    await alter(by, altered, 1, () => ({ blocked: [commitId(9)] }));
    const { outcome, warnings } = await healOnce(by.stores, { sealed: false });
    const other = altered === 'a' ? 'b' : 'a';
    expect({ outcome, warnings }).toEqual({
      outcome: 'healed',
      warnings: [
        `Store "${altered}": its copy of the record of generation 1 was altered: what "${other}" keeps replaces it`,
      ],
    });
    expect(await by.state()).toEqual(before);
    const [newest, first] = await recordsOf(by.stores[0] ?? openStore(bucket('')));
    expect(newest?.previous).toEqual({ generation: 1, run: first?.run, digest: first && recordDigest(first) });
  }
});

test('an altered copy is not given to a store that lost it, and its store is not whole', async () => {
  const by = await fleet('a');
  await alter(by, 'a', 1, () => ({ blocked: [commitId(9)] }));
  const before = await by.state();
  const empty = openStore(bucket('b'));
  const { outcome, error, stores, artifacts } = await healOnce([...by.stores, empty], { sealed: false, quorum: 2 });
  const message = 'Store "a" keeps an altered record of channel "prod", generation 1: nothing tells what was recorded';
  expect([outcome, error?.message]).toEqual([
    'failed',
    `Only 1 of 2 stores are whole, the quorum is 2: "a" behind: ${message}`,
  ]);
  expect([stores.a?.error, stores.b?.state]).toEqual([{ code: 'CORRUPT', message, hint: HINT }, 'current']);
  expect(artifacts.map((one) => [one.stores.a?.state, one.stores.b?.state])).toEqual(
    Array(3).fill(['lagging', 'current']),
  );
  expect(await by.state()).toEqual(before);
  expect((await recordsOf(empty)).map(({ generation }) => generation)).toEqual([2]);
});

test('where the copies of the newest record differ a publish goes on and calls none of them true', async () => {
  const by = await fleet('a', 'b');
  await alter(by, 'a', 2, rolledBack);
  await by.publish(3, { ...LETTERS, west: 'e' });
  const [newest, before] = await recordsOf(by.stores[1] ?? openStore(bucket('')));
  expect(newest?.previous).toEqual({ generation: 2, run: before?.run });
  expect((await healOnce(by.stores, { sealed: false })).error?.code).toBe('CORRUPT');
  expect(await by.state()).toHaveLength(2);
});

test('a publisher works from the copy that most stores keep', async () => {
  const by = await fleet('a', 'b', 'c');
  const [, before] = await by.state();
  await alter(by, 'a', 2, rolledBack);
  // An older commit brings nothing: its run only looks after what is there.
  const { target, outcome } = await publishOnce({
    ...{ run: 9, commit: 1, letters: LETTERS, stores: by.stores, primary: 'a', quorum: 3 },
  });
  expect([outcome, target]).toEqual(['superseded', (await recordsOf(by.stores[1] ?? openStore(bucket(''))))[0]]);
  expect((await by.state())[1]).toEqual(before);
  expect(await namesOf(by.stores[0] ?? openStore(bucket('')))).toEqual(
    await namesOf(by.stores[1] ?? openStore(bucket(''))),
  );
});

test('a record that says that it belongs to another number counts as damaged', async () => {
  const by = await fleet('a', 'b');
  const before = await by.state();
  const [newest] = await recordsOf(by.stores[0] ?? openStore(bucket('')));
  await by.ports[0]?.port.put('releases/default/prod/999999997-000000002.json', encode({ ...newest, generation: 7 }), {
    contentType: 'application/json',
  });
  expect((await healOnce(by.stores, { sealed: false })).outcome).toBe('healed');
  expect(await by.state()).toEqual(before);
});

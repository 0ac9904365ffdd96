/** One store's trouble stays its own: what a flaky, damaged or oddly filled store may not do to the others. */
import { expect, test } from 'vitest';
import { SlipwayError } from '../../src/errors.ts';
import type { Objects, Repositories } from '../../src/ship/ports.ts';
import { receiptOf } from '../../src/ship/receipt.ts';
import type { Decided } from '../../src/ship/release.ts';
import type { Store } from '../../src/ship/store.ts';
import {
  assertWhole,
  bucket,
  commitId,
  linear,
  namesOf,
  openStore,
  type Port,
  planOf,
  publishOnce,
  recordsOf,
  registry,
  SPACE,
} from './world.ts';

const down = new SlipwayError('NETWORK', 'The store is unreachable');
const ALL = { east: 'a', west: 'a', north: 'a' };

function publish(
  stores: readonly Store[],
  commit: number,
  letters: Readonly<Record<string, string>>,
  signer?: string,
): Promise<Decided> {
  const primary = stores[0]?.name ?? '';
  return publishOnce({ run: commit, commit, letters, stores, primary, quorum: 1, ...(signer && { signer }) });
}

/** A bucket's objects whose reads can be made to fail. */
function breakable(port: Port, isBroken: (method: string, key: string) => boolean): Store {
  if (port.kind !== 'bucket') throw new Error('only buckets');
  const inner = port.port;
  const guard = (method: string, key: string): void => {
    if (isBroken(method, key)) throw down;
  };
  const objects: Objects = {
    ...inner,
    async get(key) {
      guard('get', key);
      return inner.get(key);
    },
    async put(key, ...rest) {
      guard('put', key);
      return inner.put(key, ...rest);
    },
    async list(prefix, options) {
      guard('list', prefix);
      return inner.list(prefix, options);
    },
  };
  return openStore({ ...port, port: objects });
}

const states = ({ sites }: Decided): Readonly<Record<string, string>> =>
  Object.fromEntries(sites.map(({ store, state }) => [store.name, state]));

test('a mirror that drops out after the record neither stops the names elsewhere nor hides behind them', async () => {
  const [us, eu] = [bucket('us'), bucket('eu')];
  await publish([us, eu].map(openStore), 1, ALL);
  let recorded = false;
  const primary = breakable(us, (method, key) => {
    if (method === 'put' && key.startsWith('releases/')) recorded = true;
    return false;
  });
  const ended = await publish([primary, breakable(eu, () => recorded)], 2, { ...ALL, east: 'b' });
  expect(ended.end).toBeUndefined();
  expect(states(ended)).toEqual({ us: 'current', eu: 'failed' });
  expect(ended.sites[1]?.error?.message).toContain('"eu"');
  const [newest] = await recordsOf(openStore(us));
  expect((await namesOf(openStore(us))).get('east')).toBe(
    openStore(us).names.shows(SPACE, newest?.artifacts[0] ?? never()),
  );
});

function never(): never {
  throw new Error('there is no record');
}

test("a record of another channel that cannot be read does not stand in this channel's way", async () => {
  const [us, eu] = [bucket('us'), bucket('eu')];
  if (eu.kind === 'bucket') {
    const key = 'releases/default/staging/999999998-000000001.json';
    await eu.port.put(key, Buffer.from('{"schema":2}'), { contentType: 'application/json' });
  }
  const ended = await publish([us, eu].map(openStore), 1, ALL);
  expect(ended.outcome).toBe('published');
  expect(states(ended)).toEqual({ us: 'current', eu: 'current' });
});

test.each(['releases/default/prod/', 'releases/default/prod/.gitkeep'])(
  'a stray key %s does not hide the records',
  async (key) => {
    const us = bucket('us');
    await publish([openStore(us)], 1, ALL);
    if (us.kind === 'bucket') await us.port.put(key, Buffer.from(''), { contentType: 'text/plain' });
    const ended = await publish([openStore(us)], 2, { ...ALL, west: 'b' });
    expect(ended.end).toBeUndefined();
    expect(ended.target?.generation).toBe(2);
  },
);

test('a store that cannot hand out its content does not keep another from being filled', async () => {
  const [us, eu, added] = [bucket('us'), bucket('eu'), bucket('new')];
  await publish([us, eu].map(openStore), 1, ALL);
  const damaged = breakable(us, (method, key) => method === 'get' && /^(content|manifests)\//.test(key));
  const ended = await publish([damaged, openStore(eu), openStore(added)], 1, ALL);
  expect(states(ended)).toMatchObject({ new: 'current' });
});

test('two artifacts of a record never share a place, whatever is adopted', async () => {
  const reg = registry('reg', false);
  const shared = (port: Repositories): Store => {
    const store = openStore({ ...reg, kind: 'registry', port });
    const reference = (): string => 'oci://registry.example/app:prod';
    return { ...store, names: { ...store.names, reference } };
  };
  if (reg.kind !== 'registry') throw new Error('a registry');
  await publish([openStore(reg)], 1, { east: 'a' });
  const ended = await publish([shared(reg.port)], 2, { west: 'b' });
  expect(ended.end?.outcome).toBe('refused');
  expect(ended.end?.error?.message).toMatch(/^Artifacts "west" and "east" of the record share/);
});

test('a late run does not lower the run number that shallow clones are ordered by', async () => {
  const us = openStore(bucket('us'));
  const run = async (commit: number, letters: Readonly<Record<string, string>>): Promise<Decided> => {
    const publisher = { run: commit, commit, letters, stores: [us], primary: 'us', quorum: 1 };
    const runner = { ci: true, pipeline: 'ci', runNumber: commit };
    return publishOnce(publisher, { ...planOf(publisher), runner, history: linear });
  };
  await run(10, { east: 'a' });
  await run(5, { east: 'b', west: 'b' });
  const [newest] = await recordsOf(us);
  expect(newest).toMatchObject({ generation: 2, runNumber: 10, floor: { commit: commitId(10) } });
});

/** Another bucket with what is in this one, but for some keys. */
async function without(us: Port, lost: RegExp): Promise<Port> {
  const left = bucket(us.name);
  if (us.kind !== 'bucket' || left.kind !== 'bucket') return never();
  const { objects } = await us.port.list('');
  for (const { key } of objects.filter((object) => !lost.test(object.key))) {
    const found = await us.port.get(key);
    await left.port.put(key, found?.bytes ?? Buffer.from(''), { contentType: 'x' });
  }
  return left;
}

test('a manifest that every store lost comes back from the commit that made it', async () => {
  const us = bucket('us');
  await publish([openStore(us)], 1, ALL);
  const left = await without(us, /^(manifests|channels)\//);
  const ended = await publish([openStore(left)], 1, ALL);
  expect(ended.end).toBeUndefined();
  expect(states(ended)).toEqual({ us: 'current' });
});

test('a run that could write nothing anywhere does not say that it healed', async () => {
  const [us, eu] = [bucket('us'), bucket('eu')];
  await publish([openStore(us)], 1, ALL);
  const readOnly = breakable(eu, (method) => method === 'put');
  const ended = await publish([openStore(us), readOnly], 1, ALL);
  const receipt = receiptOf(ended, { requests: {}, seconds: {}, dryRun: false });
  expect(receipt.outcome).toBe('unchanged');
  expect(receipt.stores.eu?.state).toBe('failed');
});

test('what an earlier layout left under a live prefix is refused, because readers would apply it for ever', async () => {
  const us = bucket('us');
  await publish([openStore(us)], 1, ALL);
  const tarballs = openStore({ ...us, name: 'tarballs' });
  const ended = await publish([tarballs], 2, ALL);
  expect(ended.end).toMatchObject({ outcome: 'refused' });
  expect(ended.end?.error?.message).toContain('manifests.yaml');
});

const SIGNER = 'key:a';
const PROOFS = /^proofs\//;

/** Keys of the proofs that a bucket holds. */
async function proofsIn(port: Port): Promise<readonly string[]> {
  return port.kind === 'bucket' ? (await port.port.list('proofs/')).objects.map(({ key }) => key) : never();
}

test('a store that cannot hand out its proofs does not keep another from being given them', async () => {
  const [us, eu, added] = [bucket('us'), bucket('eu'), bucket('new')];
  await publish([us, eu].map(openStore), 1, ALL, SIGNER);
  const damaged = breakable(us, (method, key) => method === 'get' && PROOFS.test(key));
  const ended = await publish([damaged, openStore(eu), openStore(added)], 1, ALL, SIGNER);
  expect(states(ended)).toEqual({ us: 'current', eu: 'current', new: 'current' });
  expect(ended.made).toEqual([]);
  expect(await proofsIn(added)).toEqual(await proofsIn(us));
  await assertWhole(openStore(added), true);
});

test('proofs that every store lost are made again for a store that joins, in a record of their own', async () => {
  const us = bucket('us');
  await publish([openStore(us)], 1, ALL, SIGNER);
  const stores = [await without(us, PROOFS), bucket('new')].map(openStore);
  const ended = await publish(stores, 1, ALL, SIGNER);
  expect(states(ended)).toEqual({ us: 'current', new: 'current' });
  expect(ended.target).toMatchObject({ kind: 'sign', generation: 2 });
  for (const store of stores) await assertWhole(store, true);
});

test('where nobody signs, a store that joins is failed for proofs that every store lost', async () => {
  const us = bucket('us');
  await publish([openStore(us)], 1, ALL, SIGNER);
  const [left, added] = [await without(us, PROOFS), bucket('new')].map(openStore);
  const ended = await publish(
    [left, added].flatMap((store) => store ?? []),
    1,
    ALL,
  );
  expect(states(ended)).toEqual({ us: 'current', new: 'failed' });
  expect(ended.sites[1]?.error).toMatchObject({
    code: 'NOT_FOUND',
    message: expect.stringMatching(/^Store "new": No store holds the bundle "sha256:[0-9a-f]{64}" of artifact "\w+"$/),
    hint: 'pass --allow prove-again to have it proved anew',
  });
});

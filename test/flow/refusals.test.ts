/** A store that may not be used is one store fewer, never the end of the others. */
import { describe, expect, test } from 'vitest';
import { forms } from './../../src/seal/forms.ts';
import { bucketStore } from '../../src/ship/bucket/store.ts';
import { memoryObjects } from '../../src/ship/memory.ts';
import type { Objects } from '../../src/ship/ports.ts';
import { receiptOf } from '../../src/ship/receipt.ts';
import type { Decided } from '../../src/ship/release.ts';
import type { Store } from '../../src/ship/store.ts';
import { CHANNEL, type LateStages, planOf, publishOnce } from './world.ts';

interface Run {
  readonly quorum?: number;
  readonly signer?: string;
  readonly stages?: Partial<LateStages>;
}

/** Publishes a commit that puts its own letter everywhere; the first store is the primary. */
function publish(stores: readonly Store[], commit: number, { quorum = 1, signer, stages }: Run = {}): Promise<Decided> {
  const letter = 'abcdef'[commit] ?? 'a';
  const letters = { east: letter, west: letter };
  const primary = stores[0]?.name ?? '';
  const publisher = { run: commit, commit, letters, stores, primary, quorum, ...(signer && { signer }) };
  return publishOnce(publisher, planOf(publisher), undefined, stages);
}

const open = (name: string, objects: Objects, more: Partial<Parameters<typeof bucketStore>[0]> = {}): Store =>
  bucketStore({
    name,
    url: `memory:${name}`,
    project: 'default',
    layout: 'object',
    keyPrefix: '',
    referenceTo: (key) => key,
    objects,
    forms,
    ...more,
  });

const text = async (objects: Objects, artifact: string): Promise<string | undefined> => {
  const found = await objects.get(`channels/${CHANNEL}/${artifact}/manifests.yaml`);
  return found && /name: (.)/.exec(Buffer.from(found.bytes).toString())?.[1];
};

const stray = (objects: Objects) =>
  objects.put(`channels/${CHANNEL}/west/.DS_Store`, Buffer.from('x'), { contentType: 'x' });

const MESSAGE = `Store "eu": "channels/${CHANNEL}/west/.DS_Store" lies beside "channels/${CHANNEL}/west/manifests.yaml": clusters would apply both`;

const told = (round: Decided): readonly unknown[] => {
  const { outcome, error, stores } = receiptOf(round, { requests: {}, seconds: {}, dryRun: false });
  const states = Object.entries(stores).map(([name, store]) => `${name} ${store.state} ${store.error?.code ?? 'fine'}`);
  return [outcome, error?.code, ...states];
};

const killed: Partial<LateStages> = { show: () => Promise.reject(new Error('killed')) };

describe('a stray object beside a name of a mirror', () => {
  test('fails the mirror alone, also after the record', async () => {
    const [us, eu] = [memoryObjects(), memoryObjects()];
    const littered: Objects = {
      ...eu,
      async put(key, ...rest) {
        const written = await eu.put(key, ...rest);
        if (key.startsWith('releases/')) await stray(eu);
        return written;
      },
    };
    const ended = await publish([open('us', us), open('eu', littered)], 1);
    expect(told(ended)).toEqual(['published', undefined, 'us current fine', 'eu failed REFUSED']);
    expect(ended.sites[1]?.error?.message).toBe(MESSAGE);
    expect([await text(us, 'west'), await text(eu, 'west')]).toEqual(['b', undefined]);
  });

  test('does not keep a rerun from rolling the primary forward', async () => {
    const [us, eu] = [memoryObjects(), memoryObjects()];
    const stores = (): readonly Store[] => [open('us', us), open('eu', eu)];
    await publish(stores(), 1);
    await expect(publish(stores(), 2, { stages: killed })).rejects.toThrow('killed');
    await stray(eu);
    const ended = await publish(stores(), 2);
    expect(told(ended)).toEqual(['healed', undefined, 'us current fine', 'eu failed REFUSED']);
    expect([await text(us, 'east'), await text(eu, 'east')]).toEqual(['c', 'b']);
  });

  test('refuses the run where the quorum asks for that mirror, or where it is the primary', async () => {
    const [us, eu] = [memoryObjects(), memoryObjects()];
    await stray(eu);
    const few = await publish([open('us', us), open('eu', eu)], 1, { quorum: 2 });
    expect([few.end?.outcome, few.end?.error?.code, few.end?.error?.message]).toEqual(['refused', 'REFUSED', MESSAGE]);
    const first = await publish([open('eu', eu), open('us', us)], 1);
    expect([first.end?.outcome, first.end?.error?.code, first.end?.error?.message]).toEqual([
      'refused',
      'REFUSED',
      MESSAGE,
    ]);
    expect((await us.list('releases/')).objects).toEqual([]);
  });
});

const RACY = {
  format: 1,
  owner: 'slipway',
  probe: { at: '2026-01-01T00:00:00Z', class: 'racy', etag: 'md5', listing: 'ordered', match: 'none', reads: 'fresh' },
};
const hidden = memoryObjects();

describe.each([
  ['a prefix of somebody else', 'FOREIGN', { 'channels/tv/guide.xml': '<tv/>' }, {}],
  ['another owner', 'FOREIGN', { 'slipway.json': '{"format":1,"owner":"acme"}' }, {}],
  ['creates that are racy', 'REFUSED', { 'slipway.json': JSON.stringify(RACY) }, { probe: 'withheld' }],
  ['a ".sourceignore" that hides names', 'REFUSED', {}, { root: hidden }],
] as const)('a bucket with %s', (_, code, objects, more) => {
  const used = async (): Promise<Objects> => {
    await hidden.put('.sourceignore', Buffer.from('west\n'), { contentType: 'x' });
    const made = memoryObjects();
    for (const [key, value] of Object.entries(objects)) await made.put(key, Buffer.from(value), { contentType: 'x' });
    return made;
  };

  test('is one mirror fewer', async () => {
    const eu = await used();
    const before = (await eu.list('')).objects.length;
    const ended = await publish([open('us', memoryObjects()), open('eu', eu, more)], 1);
    expect(told(ended)).toEqual(['published', undefined, 'us current fine', `eu failed ${code}`]);
    expect((await eu.list('')).objects).toHaveLength(before);
  });

  test('ends the run as the primary, before anything is signed or recorded', async () => {
    const us = memoryObjects();
    const ended = await publish([open('eu', await used(), more), open('us', us)], 1, { signer: 'key:a' });
    expect([ended.end?.outcome, ended.end?.error?.code, ended.made]).toEqual(['refused', code, []]);
    expect((await us.list('releases/')).objects).toEqual([]);
  });
});

test('a rule about another channel, or about another artifact, keeps no store from use', async () => {
  const root = memoryObjects();
  await root.put('.sourceignore', Buffer.from('channels/old/**\nnorth\n/content/\n*.md\n'), { contentType: 'x' });
  expect(told(await publish([open('us', memoryObjects(), { root })], 1))).toEqual([
    'published',
    undefined,
    'us current fine',
  ]);
});

/** What every implementation of {@link Objects} promises, as tests. Runs on fakes, folders, memory and real servers. */
import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eachLimit } from '../../src/concurrency.ts';
import type { Objects } from '../../src/ship/ports.ts';
import { describeDeletes, describeReplaces } from './changes.ts';
import {
  type Deviations,
  describeIgnoredCreates,
  describePoorListings,
  describeRacyCreates,
  describeRefusedCreates,
  describeTornReads,
  onceWhere,
} from './deviations.ts';
import { fresh, ONCE, text, utf8, YAML } from './keys.ts';

export interface OpenObjects {
  readonly objects: Objects;
  close(): Promise<void>;
}

export interface ContractOptions extends Deviations {
  /** How many keys the paging test writes; above 1,000 to see a second page of a real store. Default 2,500. */
  readonly keys?: number;
  /** Whether the ETag is the MD5 of the bytes (design: single-part, no KMS). Default true. */
  readonly md5?: boolean;
}

/** Declares the suite. Keys lie under fresh random prefixes, so that a store may be used twice. */
export function objectsContract(name: string, open: () => Promise<OpenObjects>, options: ContractOptions = {}): void {
  describe(`${name} as objects`, () => {
    let opened: OpenObjects | undefined;
    const store = (): Objects => {
      if (opened === undefined) throw new Error('the store did not open');
      return opened.objects;
    };
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened?.close());

    describeReadsAndWrites(store, options);
    if (options.torn) describeTornReads(store);
    else describeWholeReads(store);
    describeCreates(store, options);
    describeReplaces(store, options);
    describeDeletes(store, options);
    describeListings(store, options);
    if (options.poorListings) describePoorListings(store);
    else describePages(store, options);
  });
}

function describeReadsAndWrites(store: () => Objects, { md5 = true }: ContractOptions): void {
  test('gives back the bytes that were written, with one etag in put, get and list', async () => {
    const key = `${fresh()}a/b.yaml`;
    const put = await store().put(key, utf8('kind: A\n'), YAML);
    const got = await store().get(key);
    const listed = await store().list(key);
    expect(text(got?.bytes)).toBe('kind: A\n');
    expect(put).toEqual({ outcome: 'created', etag: got?.etag });
    expect(listed).toEqual({
      objects: [{ key, etag: got?.etag, size: 8, modified: expect.any(Number) }],
      prefixes: [],
    });
    expect(got?.etag).not.toContain('"');
    if (md5) expect(got?.etag).toBe(createHash('md5').update('kind: A\n').digest('hex'));
  });

  test('answers undefined for a key that was never written, also below and above an existing one', async () => {
    const prefix = fresh();
    await store().put(`${prefix}a/b`, utf8('x'), YAML);
    expect(await store().get(`${prefix}a`)).toBeUndefined();
    expect(await store().get(`${prefix}a/c`)).toBeUndefined();
    expect(await store().get(`${prefix}a/b/c`)).toBeUndefined();
  });

  test('keeps binary bytes, large objects and empty objects exactly', async () => {
    const prefix = fresh();
    const every = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const large = randomBytes(3 * 1024 * 1024 + 1);
    // A view into a larger buffer: only its own bytes count.
    const window = large.subarray(1000, 2000);
    const bodies = { every, large, window, empty: new Uint8Array() };
    for (const [name, bytes] of Object.entries(bodies)) {
      await store().put(prefix + name, bytes, { contentType: 'application/octet-stream' });
      expect(sameBytes((await store().get(prefix + name))?.bytes, bytes)).toBe(true);
    }
    const { objects } = await store().list(prefix);
    expect(objects.map(({ key, size }) => [key.slice(prefix.length), size])).toEqual([
      ['empty', 0],
      ['every', 256],
      ['large', large.length],
      ['window', 1000],
    ]);
  });

  test('replaces an object and changes its etag', async () => {
    const key = `${fresh()}name`;
    const first = await store().put(key, utf8('one'), { ...YAML, cacheControl: 'no-cache', metadata: { run: 'a' } });
    const second = await store().put(key, utf8('two'), YAML);
    const got = await store().get(key);
    expect(text(got?.bytes)).toBe('two');
    expect(second).toEqual({ outcome: 'created', etag: got?.etag });
    expect(second).not.toEqual(first);
  });
}

function describeWholeReads(store: () => Objects): void {
  test('shows a reader the old or the new object while it is replaced, never a mixture', async () => {
    const key = `${fresh()}name`;
    const versions = ['a', 'b', 'c', 'd'].map((letter) => utf8(letter.repeat(200_000)));
    await store().put(key, versions[0] ?? utf8(''), YAML);
    let writing = true;
    const writer = eachLimit(versions, 1, (bytes) => store().put(key, bytes, YAML)).finally(() => {
      writing = false;
    });
    do {
      const got = await store().get(key);
      expect(versions.some((bytes) => sameBytes(got?.bytes, bytes))).toBe(true);
    } while (writing);
    await writer;
  });
}

function describeCreates(store: () => Objects, { creates = 'atomic' }: ContractOptions): void {
  if (creates === 'ignored') describeIgnoredCreates(store);
  else if (creates === 'unsupported') describeRefusedCreates(store);
  else describeKeptCreates(store);
  if (creates === 'atomic') describeAtomicCreates(store);
  if (creates === 'racy') describeRacyCreates(store);
}

function describeKeptCreates(store: () => Objects): void {
  test('creates an absent object and leaves an existing one alone', async () => {
    const key = `${fresh()}record`;
    expect((await store().put(key, utf8('first'), ONCE)).outcome).toBe('created');
    const before = await store().get(key);
    expect(await store().put(key, utf8('second'), ONCE)).toEqual({ outcome: 'exists' });
    expect(await store().get(key)).toEqual(before);
    expect(text(before?.bytes)).toBe('first');
  });
}

function describeAtomicCreates(store: () => Objects): void {
  test('lets exactly one of 16 concurrent creators win, whose bytes stay', async () => {
    for (let round = 0; round < 4; round += 1) {
      const key = `${fresh()}new/folder/record`;
      const rivals = Array.from({ length: 16 }, (_, index) => `rival ${index} ${'x'.repeat(index * 1000)}`);
      const results = await Promise.all(rivals.map((rival) => store().put(key, utf8(rival), ONCE)));
      const winners = rivals.filter((_, index) => results[index]?.outcome === 'created');
      expect(winners).toHaveLength(1);
      expect(text((await store().get(key))?.bytes)).toBe(winners[0]);
    }
  });
}

function describeListings(store: () => Objects, options: ContractOptions): void {
  test('lists nothing under a prefix that has no key', async () => {
    expect(await store().list(fresh())).toEqual({ objects: [], prefixes: [] });
  });

  test('orders keys by their UTF-8 bytes, whatever they were written in', async () => {
    const prefix = fresh();
    // UTF-16 order puts the emoji (a surrogate pair) before U+FF5E; folders sort with their slash, behind "a-" and "a.".
    const names = ['Z', 'a', 'a-b', 'a.b', 'b/c', 'b0', 'é', '日本', '\uff5e', '😀'];
    await eachLimit([...names].reverse(), 4, (name) => store().put(prefix + name, utf8(name), YAML));
    await store().put(`${prefix}b/a/z`, utf8('x'), YAML);
    const { objects } = await store().list(prefix);
    const wanted = ['Z', 'a', 'a-b', 'a.b', 'b/a/z', ...names.slice(4)];
    expect(objects.map(({ key }) => key.slice(prefix.length))).toEqual(wanted);
  });

  test('takes a prefix as the beginning of a key and not as a folder', async () => {
    const prefix = fresh();
    for (const name of ['app/x', 'app-two/x', 'ap', 'b/app/x']) await store().put(prefix + name, utf8('x'), YAML);
    const namesAt = async (start: string): Promise<string[]> =>
      (await store().list(prefix + start)).objects.map(({ key }) => key.slice(prefix.length));
    expect(await namesAt('app')).toEqual(['app-two/x', 'app/x']);
    expect(await namesAt('app/')).toEqual(['app/x']);
    expect(await namesAt('ap')).toEqual(['ap', 'app-two/x', 'app/x']);
  });

  test('tells when an object was written, by the clock of the store', async () => {
    const prefix = fresh();
    const modified = async (name: string): Promise<number> => {
      await store().put(prefix + name, utf8('x'), YAML);
      return (await store().list(prefix + name)).objects[0]?.modified ?? Number.NaN;
    };
    const [first, second] = [await modified('b'), await modified('a')];
    expect(second).toBeGreaterThanOrEqual(first);
    // A clock may be wrong by more than a day, but not by a unit.
    expect(new Date(first).getUTCFullYear()).toBeGreaterThan(2020);
    expect(new Date(first).getUTCFullYear()).toBeLessThan(2200);
  });

  test('shows a finished write to the next listing', async () => {
    const prefix = fresh();
    for (let count = 1; count <= 5; count += 1) {
      await store().put(`${prefix}${count}`, utf8('x'), onceWhere(options));
      expect((await store().list(prefix)).objects).toHaveLength(count);
    }
  });
}

function describePages(store: () => Objects, { keys: count = 2500 }: ContractOptions): void {
  test(`lists ${count} keys over pages, from any key on and with any limit`, { timeout: 120_000 }, async () => {
    const prefix = fresh();
    const keys = Array.from({ length: count }, (_, index) => `${prefix}${String(index).padStart(5, '0')}`);
    await eachLimit(keys, 16, (key) => store().put(key, utf8('x'), YAML));
    const keysOf = async (options: Parameters<Objects['list']>[1]): Promise<string[]> =>
      (await store().list(prefix, options)).objects.map(({ key }) => key);
    const middle = Math.floor(count / 2);
    expect(await keysOf({})).toEqual(keys);
    expect(await keysOf({ limit: 1 })).toEqual(keys.slice(0, 1));
    expect(await keysOf({ limit: 7, startAfter: keys[middle] ?? '' })).toEqual(keys.slice(middle + 1, middle + 8));
    expect(await keysOf({ startAfter: `${keys[middle]}~` })).toEqual(keys.slice(middle + 1));
    expect(await keysOf({ limit: middle + 3 })).toEqual(keys.slice(0, middle + 3));
    expect(await keysOf({ startAfter: keys.at(-1) ?? '' })).toEqual([]);
  });

  test('rolls keys up to common prefixes at a delimiter', async () => {
    const prefix = fresh();
    const names = ['a', 'b/1', 'b/2', 'c/d/1', 'e'];
    for (const name of names) await store().put(prefix + name, utf8('x'), YAML);
    const rolled = async (options: Parameters<Objects['list']>[1]): Promise<unknown> => {
      const { objects, prefixes } = await store().list(prefix, { delimiter: '/', ...options });
      return [...objects.map(({ key }) => key), ...prefixes].map((found) => found.slice(prefix.length));
    };
    expect(await rolled({})).toEqual(['a', 'e', 'b/', 'c/']);
    expect(await rolled({ limit: 3 })).toEqual(['a', 'b/', 'c/']);
    expect(await rolled({ limit: 2, startAfter: `${prefix}a` })).toEqual(['b/', 'c/']);
  });
}

function sameBytes(a: Uint8Array | undefined, b: Uint8Array): boolean {
  return a !== undefined && Buffer.compare(a, b) === 0;
}

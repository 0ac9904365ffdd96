/** What some stores are known not to keep of the contract of {@link Objects}, and tests of what they do instead. */
import { expect, test } from 'vitest';
import { eachLimit } from '../../src/concurrency.ts';
import type { CreateClass } from '../../src/ship/bucket/probe.ts';
import type { Objects, PutOptions } from '../../src/ship/ports.ts';
import { fresh, ONCE, text, utf8, YAML } from './keys.ts';

/** Nothing is said of a store that keeps everything. */
export interface Deviations {
  /** What create-only writes are worth. Default `atomic`. */
  readonly creates?: CreateClass;
  /**
   * What replacing by ETag is worth. Default `atomic`. `racy`: several of those who come at once may win; `never`: it is
   * refused with the right ETag too; `ignored`: it overwrites whatever there is; `unsupported`: the store refuses the condition.
   */
  readonly replaces?: 'atomic' | 'racy' | 'never' | 'ignored' | 'unsupported';
  /** Whether a reader may see half of an object that is being replaced. Default false. */
  readonly torn?: boolean;
  /** Whether listings have no second page, and lose some common prefixes. Default false. */
  readonly poorListings?: boolean;
  /** Whether a write beside a deletion may end the server, so that it is not tried here. Default false. */
  readonly dies?: boolean;
}

/** A create-only write, or a plain one where the store has none and the test is about something else. */
export function onceWhere({ creates }: Deviations): PutOptions {
  return creates === 'unsupported' ? YAML : ONCE;
}

const NOT_IMPLEMENTED = { code: 'STORE', message: expect.stringContaining(': 501 NotImplemented: ') };

/** Rounds until a race must have shown. In each one of 16 writers should win. */
const ROUNDS = 400;

/** Declares what create-only writes do where several writers may win. */
export function describeRacyCreates(store: () => Objects): void {
  test('lets several of 16 concurrent creators win, sooner or later', async () => {
    const winners = async (): Promise<number> => {
      const key = `${fresh()}new/folder/record`;
      const rivals = Array.from({ length: 16 }, (_, index) => utf8(`rival ${index}`));
      const results = await Promise.all(rivals.map((rival) => store().put(key, rival, ONCE)));
      return results.filter(({ outcome }) => outcome === 'created').length;
    };
    expect(await mostUntil(winners, 2)).toBeGreaterThan(1);
  });
}

/** Declares what create-only writes do where the condition counts for nothing. */
export function describeIgnoredCreates(store: () => Objects): void {
  test('overwrites an existing object, whatever the condition', async () => {
    const key = `${fresh()}record`;
    for (const bytes of ['first', 'second']) {
      expect((await store().put(key, utf8(bytes), ONCE)).outcome).toBe('created');
      expect(text((await store().get(key))?.bytes)).toBe(bytes);
    }
  });
}

/** Declares what create-only writes do where the condition is refused. */
export function describeRefusedCreates(store: () => Objects): void {
  test('refuses create-only writes and leaves everything as it was', async () => {
    const prefix = fresh();
    await store().put(`${prefix}old`, utf8('first'), YAML);
    for (const name of ['old', 'new']) {
      await expect(store().put(prefix + name, utf8('second'), ONCE)).rejects.toMatchObject(NOT_IMPLEMENTED);
    }
    expect(text((await store().get(`${prefix}old`))?.bytes)).toBe('first');
    expect((await store().list(prefix)).objects).toHaveLength(1);
  });
}

/** Declares what replacing by ETag does where it is not atomic. */
export function describeVainReplaces(store: () => Objects, replaces: 'never' | 'ignored' | 'unsupported'): void {
  const outcome = { never: 'changed', ignored: 'replaced' } as const;
  const titles = {
    never: 'replaces nothing, not even the object whose etag it is given',
    ignored: 'replaces whatever there is, whatever the etag',
    unsupported: 'refuses to replace by etag and leaves everything as it was',
  };
  test(titles[replaces], async () => {
    const key = `${fresh()}name`;
    await store().put(key, utf8('old'), YAML);
    const right = (await store().get(key))?.etag ?? '';
    for (const etag of ['d41d8cd98f00b204e9800998ecf8427e', right]) {
      const replaced = store().replace(key, utf8('new'), etag, YAML);
      if (replaces === 'unsupported') {
        await expect(replaced).rejects.toMatchObject(NOT_IMPLEMENTED);
      } else expect(await replaced).toBe(outcome[replaces]);
      expect(text((await store().get(key))?.bytes)).toBe(replaces === 'ignored' ? 'new' : 'old');
    }
  });
}

/** Declares that of those who replace the same object at once several win. */
export function describeRacyReplaces(store: () => Objects): void {
  test('lets several of 16 who replace the same object at once win, sooner or later', async () => {
    const winners = async (): Promise<number> => {
      const key = `${fresh()}name`;
      await store().put(key, utf8('before'), YAML);
      const etag = (await store().get(key))?.etag ?? '';
      const rivals = Array.from({ length: 16 }, (_, index) => utf8(`rival ${index}`));
      const results = await Promise.all(rivals.map((rival) => store().replace(key, rival, etag, YAML)));
      return results.filter((result) => result === 'replaced').length;
    };
    expect(await mostUntil(winners, 2)).toBeGreaterThan(1);
  });
}

/** Declares that a reader sees what no writer wrote. */
export function describeTornReads(store: () => Objects): void {
  test('shows a reader half of an object that is being replaced, sooner or later', async () => {
    const key = `${fresh()}name`;
    const versions = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(1_000_000));
    await store().put(key, utf8(versions[0] ?? ''), YAML);
    const torn = async (): Promise<number> => {
      let broken = 0;
      let writing = true;
      const writer = eachLimit(versions, 1, (bytes) => store().put(key, utf8(bytes), YAML)).finally(() => {
        writing = false;
      });
      do {
        const read = text((await store().get(key))?.bytes) ?? '';
        if (!versions.includes(read)) broken += 1;
      } while (writing);
      await writer;
      return broken;
    };
    expect(await mostUntil(torn, 1)).toBeGreaterThan(0);
  });
}

/** Declares what listings come to where there is no second page, and what lies deep is lost at a delimiter. */
export function describePoorListings(store: () => Objects): void {
  test('lists what fits on one page, and fails where there would be another one', async () => {
    const prefix = fresh();
    const keys = ['a', 'b', 'c'].map((name) => prefix + name);
    for (const key of keys) await store().put(key, utf8('x'), YAML);
    expect((await store().list(prefix, { limit: 3 })).objects.map(({ key }) => key)).toEqual(keys);
    expect((await store().list(prefix, { startAfter: `${prefix}a` })).objects).toHaveLength(2);
    await expect(store().list(prefix, { limit: 2 })).rejects.toMatchObject({ code: 'STORE' });
  });

  test('rolls keys up to common prefixes at a delimiter, and loses those of folders with nothing but folders', async () => {
    const prefix = fresh();
    for (const name of ['a', 'b/1', 'b/2', 'c/d/1', 'e']) await store().put(prefix + name, utf8('x'), YAML);
    const { objects, prefixes } = await store().list(prefix, { delimiter: '/' });
    expect(objects.map(({ key }) => key.slice(prefix.length))).toEqual(['a', 'e']);
    expect(prefixes).toEqual([`${prefix}b/`]);
  });
}

/** Plays rounds until one comes to `enough`, and answers the most that one came to. */
async function mostUntil(round: () => Promise<number>, enough: number): Promise<number> {
  let most = 0;
  for (let played = 0; played < ROUNDS && most < enough; played += 1) most = Math.max(most, await round());
  return most;
}

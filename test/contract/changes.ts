/** What every implementation of {@link Objects} promises of objects that are replaced by condition, or deleted. */
import { expect, test } from 'vitest';
import { eachLimit } from '../../src/concurrency.ts';
import type { Objects, PutOptions } from '../../src/ship/ports.ts';
import { type Deviations, describeRacyReplaces, describeVainReplaces, onceWhere } from './deviations.ts';
import { fresh, text, utf8, YAML } from './keys.ts';

/** Declares the part about `replace`. */
export function describeReplaces(store: () => Objects, { replaces = 'atomic' }: Deviations): void {
  if (replaces === 'atomic' || replaces === 'racy') describeKeptReplaces(store);
  else describeVainReplaces(store, replaces);
  if (replaces === 'atomic') describeAtomicReplaces(store);
  if (replaces === 'racy') describeRacyReplaces(store);
}

function describeKeptReplaces(store: () => Objects): void {
  test('replaces only the object whose etag it is given', async () => {
    const key = `${fresh()}name`;
    await store().put(key, utf8('one'), YAML);
    const first = (await store().get(key))?.etag ?? '';
    expect(await store().replace(key, utf8('two'), first, YAML)).toBe('replaced');
    expect(text((await store().get(key))?.bytes)).toBe('two');
    expect(await store().replace(key, utf8('three'), first, YAML)).toBe('changed');
    expect(text((await store().get(key))?.bytes)).toBe('two');
  });

  test('replaces nothing where there is no object', async () => {
    const key = `${fresh()}name`;
    const etag = 'd41d8cd98f00b204e9800998ecf8427e';
    expect(await store().replace(key, utf8('one'), etag, YAML)).toBe('changed');
    expect(await store().get(key)).toBeUndefined();
  });
}

function describeAtomicReplaces(store: () => Objects): void {
  test('lets exactly one of 8 who replace the same object at once win, whose bytes stay', async () => {
    const key = `${fresh()}name`;
    await store().put(key, utf8('before'), YAML);
    const etag = (await store().get(key))?.etag ?? '';
    const rivals = Array.from({ length: 8 }, (_, index) => `rival ${index}`);
    const results = await Promise.all(rivals.map((rival) => store().replace(key, utf8(rival), etag, YAML)));
    const winners = rivals.filter((_, index) => results[index] === 'replaced');
    expect(winners).toHaveLength(1);
    expect(text((await store().get(key))?.bytes)).toBe(winners[0]);
  });
}

/** Declares the part about `delete`. */
export function describeDeletes(store: () => Objects, deviations: Deviations): void {
  const once = onceWhere(deviations);
  test('deletes an object and nothing beside it', async () => {
    const prefix = fresh();
    for (const name of ['a/b', 'a/bc', 'd/e']) await store().put(prefix + name, utf8(name), YAML);
    await store().delete(`${prefix}a/b`);
    expect(await store().get(`${prefix}a/b`)).toBeUndefined();
    const { objects } = await store().list(prefix);
    expect(objects.map(({ key }) => key.slice(prefix.length))).toEqual(['a/bc', 'd/e']);
    const { prefixes } = await store().list(prefix, { delimiter: '/' });
    expect(prefixes).toEqual([`${prefix}a/`, `${prefix}d/`]);
  });

  test('deletes what is not there without an error, in whatever depth', async () => {
    const prefix = fresh();
    await store().put(`${prefix}a`, utf8('x'), YAML);
    for (const name of ['b', 'a/b', 'c/d/e']) await store().delete(prefix + name);
    expect((await store().list(prefix)).objects).toHaveLength(1);
  });

  test('takes a new object, also create-only, where one was deleted, and where it had a folder', async () => {
    const prefix = fresh();
    await store().put(`${prefix}a/b/c`, utf8('old'), once);
    await store().delete(`${prefix}a/b/c`);
    expect((await store().list(prefix, { delimiter: '/' })).prefixes).toEqual([]);
    expect((await store().put(`${prefix}a/b/c`, utf8('new'), once)).outcome).toBe('created');
    await store().delete(`${prefix}a/b/c`);
    expect((await store().put(`${prefix}a/b`, utf8('folder no more'), once)).outcome).toBe('created');
    expect((await store().list(prefix)).objects.map(({ key }) => key.slice(prefix.length))).toEqual(['a/b']);
  });

  if (!deviations.dies) describeDeletesBesideWrites(store, once);
}

function describeDeletesBesideWrites(store: () => Objects, once: PutOptions): void {
  test('loses no write beside a deletion at the same moment', async () => {
    for (let round = 0; round < 8; round += 1) {
      const prefix = fresh();
      await store().put(`${prefix}folder/old`, utf8('x'), YAML);
      const names = Array.from({ length: 8 }, (_, index) => `folder/new-${index}`);
      await Promise.all([
        store().delete(`${prefix}folder/old`),
        eachLimit(names, 4, (name) => store().put(prefix + name, utf8(name), once)),
      ]);
      const { objects } = await store().list(prefix);
      expect(objects.map(({ key }) => key.slice(prefix.length))).toEqual(names);
    }
  });
}

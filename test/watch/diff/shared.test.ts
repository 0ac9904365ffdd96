import { expect, test } from 'vitest';
import type { SharedChanges } from '../../../src/model.ts';
import { differenceOf, object } from '../sides.ts';

const web = (version: number): string => object('X', 'web', `image: a:${version}\n`);
const shortly = (shared: readonly SharedChanges[]): unknown =>
  shared.map(({ artifacts, changes, files }) => [
    artifacts.join(' '),
    [...changes.map(({ change, object: { name } }) => `${change} ${name}`), ...files.map(({ path }) => path)],
  ]);

test('the same change on many artifacts is told once, and so is the whole of what is the same', () => {
  const before = { a: web(1), b: web(1), c: web(1), d: web(1), e: web(1) };
  const { sets, common } = differenceOf(before, {
    ...{ a: web(2), b: web(2), c: web(2) + object('X', 'more'), d: web(1), e: web(3) },
  });
  expect(shortly(sets)).toEqual([
    ['a b', ['changed web']],
    ['c', ['added more', 'changed web']],
    ['e', ['changed web']],
  ]);
  expect(shortly(common)).toEqual([
    ['a b c', ['changed web']],
    ['c', ['added more']],
    ['e', ['changed web']],
  ]);
});

test('secrets with other values are the same change', () => {
  const secret = (value: string): string => object('Secret', 'db', `data: { a: ${value} }\n`);
  const { common } = differenceOf({ a: secret('eA=='), b: secret('eA==') }, { a: secret('eQ=='), b: secret('eg==') });
  expect(shortly(common)).toEqual([['a b', ['changed db']]]);
});

test('files that many artifacts change are told once', () => {
  const { common, counts } = differenceOf(
    { a: { 'x.txt': '1' }, b: { 'x.txt': '1' } },
    { a: { 'x.txt': '2' }, b: { 'x.txt': '3' } },
  );
  expect(shortly(common)).toEqual([['a b', ['x.txt']]]);
  expect(counts.files).toBe(2);
});

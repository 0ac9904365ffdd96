import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expandGlob, isGlob, segmentPattern } from '../../src/config/glob.ts';

let dir = '';

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'slipway-glob-'));
  const folders = [
    'clusters/eu/prod',
    'clusters/eu/test',
    'clusters/us',
    'clusters/.hidden',
    'clusters/Z',
    'clusters/ä',
    'apps/a-b',
    'apps/ab',
    'apps/a[b',
  ];
  for (const folder of folders) await mkdir(join(dir, folder), { recursive: true });
  await writeFile(join(dir, 'clusters/file'), '');
  await symlink(join(dir, 'apps'), join(dir, 'clusters/link'));
  await symlink('..', join(dir, 'clusters/eu/loop'));
  await symlink('nowhere', join(dir, 'clusters/broken'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

test.each([
  ['clusters/*', ['clusters/Z', 'clusters/eu', 'clusters/link', 'clusters/us', 'clusters/ä']],
  ['./clusters/*/', ['clusters/Z', 'clusters/eu', 'clusters/link', 'clusters/us', 'clusters/ä']],
  ['clusters/??', ['clusters/eu', 'clusters/us']],
  ['clusters/[eu]*', ['clusters/eu', 'clusters/us']],
  ['clusters/[!A-Ze]*', ['clusters/link', 'clusters/us', 'clusters/ä']],
  ['clusters/*/prod', ['clusters/eu/prod']],
  ['**/prod', ['clusters/eu/prod']],
  ['clusters/**/test', ['clusters/eu/test']],
  [
    '**',
    [
      '',
      'apps',
      'apps/a-b',
      'apps/a[b',
      'apps/ab',
      'clusters',
      'clusters/Z',
      'clusters/eu',
      'clusters/eu/prod',
      'clusters/eu/test',
      'clusters/us',
      'clusters/ä',
    ],
  ],
  ['clusters/.h*', ['clusters/.hidden']],
  ['apps/a[[]b', ['apps/a[b']],
  ['nothing/*', []],
  ['clusters/*/prod/*', []],
  ['clusters/[z-a]*', []],
  ['apps/a[]x-]b', ['apps/a-b']],
])('%s matches folders in byte order', async (pattern, expected) => {
  expect(await expandGlob(pattern, dir)).toEqual(expected);
});

test('an absolute pattern gives absolute paths', async () => {
  expect(await expandGlob(`${dir}/apps/a?b`, '/')).toEqual([`${dir}/apps/a-b`, `${dir}/apps/a[b`]);
});

test('only wildcards make a glob', () => {
  expect(['a/*', 'a?', '[a]', '**'].map(isGlob)).toEqual([true, true, true, true]);
  expect(['a/b', '{a,b}', 'a.b', '.'].map(isGlob)).toEqual([false, false, false, false]);
});

test('a segment without wildcards matches itself and nothing else, whatever it holds', () => {
  const literal = fc.string().filter((text) => !isGlob(text) && !/[\n]/.test(text));
  fc.assert(
    fc.property(literal, literal, (a, b) => {
      expect(segmentPattern(a).test(a)).toBe(true);
      expect(segmentPattern(a).test(b)).toBe(a === b);
      expect(segmentPattern(`${a}*`).test(`${a}${b}`)).toBe(a !== '' || !b.startsWith('.'));
    }),
  );
});

import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SlipwayError } from '../../../src/errors.ts';
import { fileError, readIfThere, sweep, syncFolder, writeWhole } from '../../../src/ship/disk/layout-files.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-files-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('a whole file', () => {
  test('replaces the old one and leaves nothing aside', async () => {
    const path = join(folder, 'file');
    for (const text of ['old', 'new']) await writeWhole({ path, aside: folder }, Buffer.from(text));
    expect(await readFile(path, 'utf8')).toBe('new');
    expect(await readdir(folder)).toEqual(['file']);
  });

  test('that cannot be put in its place leaves nothing aside', async () => {
    const path = join(folder, 'nowhere', 'file');
    await expect(writeWhole({ path, aside: folder }, Buffer.from('x'))).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await readdir(folder)).toEqual(['file']);
  });
});

test('a file that is not there, or lies below a file, reads as none', async () => {
  await writeFile(join(folder, 'file'), 'x');
  expect(await readIfThere(join(folder, 'none'))).toBeUndefined();
  expect(await readIfThere(join(folder, 'file', 'below'))).toBeUndefined();
  await expect(readIfThere(folder)).rejects.toMatchObject({ code: 'EISDIR' });
});

test('what killed writers left behind is removed after an hour, and nothing else', async () => {
  const aside = await mkdtemp(join(folder, 'swept-'));
  for (const name of ['.slipway-old.tmp', '.slipway.lock.old', '.slipway.lock', '.slipway-new.tmp', 'foreign']) {
    await writeFile(join(aside, name), '');
    const seconds = Date.now() / 1000 - (name.includes('new') ? 3_000 : 4_000);
    await utimes(join(aside, name), seconds, seconds);
  }
  await sweep(aside);
  expect((await readdir(aside)).sort()).toEqual(['.slipway-new.tmp', '.slipway.lock', 'foreign']);
});

test('a folder can be synced, and one that is not there cannot', async () => {
  await syncFolder(folder);
  await expect(syncFolder(join(folder, 'none'))).rejects.toMatchObject({ code: 'ENOENT' });
});

describe('an error of the file system', () => {
  const failed = (code: string): SlipwayError => fileError('write it', Object.assign(new Error('x'), { code }));

  test.each(['EACCES', 'EPERM', 'EROFS'])('%s is DENIED', (code) => {
    expect(failed(code)).toMatchObject({ code: 'DENIED', message: 'Cannot write it: permission denied' });
  });

  test.each(['ENOSPC', 'EIO', 'EMFILE'])('%s is STORE and shown', (code) => {
    expect(failed(code)).toMatchObject({ code: 'STORE', message: `Cannot write it: ${code}` });
    expect(failed(code).cause).toMatchObject({ code });
  });

  test('that is ours already stays as it is', () => {
    const ours = new SlipwayError('CORRUPT', 'Broken');
    expect(fileError('write it', ours)).toBe(ours);
  });
});

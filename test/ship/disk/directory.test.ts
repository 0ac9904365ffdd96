import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { directory } from '../../../src/ship/disk/directory.ts';
import { memoryObjects } from '../../../src/ship/memory.ts';
import type { ObjectListing, Objects } from '../../../src/ship/ports.ts';
import { objectsContract } from '../../contract/objects.ts';

const YAML = { contentType: 'application/yaml' };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

objectsContract('a directory', async () => {
  const root = await mkdtemp(join(tmpdir(), 'slipway-directory-'));
  return { objects: directory(join(root, 'made', 'on-write')), close: () => rm(root, { recursive: true }) };
});

objectsContract('memory', async () => ({ objects: memoryObjects(), close: async () => {} }));

describe('directory', () => {
  let root = '';
  let objects: Objects;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'slipway-directory-'));
    objects = directory(join(root, 'store'));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  test('keeps an object as a plain file under its key', async () => {
    await objects.put('channels/prod/app/manifests.yaml', bytes('kind: A\n'), YAML);
    expect(await readFile(join(root, 'store/channels/prod/app/manifests.yaml'), 'utf8')).toBe('kind: A\n');
  });

  test.each(['../out', 'a/../../out', '/etc/out', 'a//b', 'a/./b', '', 'a/', 'a\\..\\b', 'a\0b'])(
    'refuses the key %j and writes nothing anywhere',
    async (key) => {
      const refusal = { code: 'STORE', hint: expect.stringContaining('use names without') };
      await expect(objects.put(key, bytes('x'), YAML)).rejects.toMatchObject(refusal);
      await expect(objects.get(key)).rejects.toMatchObject(refusal);
      expect(await readdir(root)).toEqual([]);
    },
  );

  test('never writes outside of the root, whatever the key', async () => {
    const piece = fc.constantFrom('..', '.', '', 'a', 'b', '...', '..a', 'store', '\\', '\0');
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 5 }), async (pieces) => {
        await objects.put(pieces.join('/'), bytes('x'), YAML).catch(() => undefined);
        return (await readdir(root)).every((name) => name === 'store');
      }),
      { numRuns: 200 },
    );
  });

  test('neither lists nor touches temporary files that a killed run left behind', async () => {
    await objects.put('a', bytes('x'), YAML);
    const leftover = '.slipway-00ff00ff00ff00ff.tmp';
    await writeFile(join(root, 'store', leftover), 'half');
    expect((await objects.list('')).objects.map(({ key }) => key)).toEqual(['a']);
    await expect(objects.put(leftover, bytes('x'), YAML)).rejects.toMatchObject({ code: 'STORE' });
    expect(await readFile(join(root, 'store', leftover), 'utf8')).toBe('half');
  });

  test('leaves no temporary file after writes, lost creates and failures', async () => {
    await objects.put('a', bytes('x'), YAML);
    const creates = Array.from({ length: 8 }, () => objects.put('b/c', bytes('y'), { ...YAML, create: true }));
    await Promise.all(creates);
    await expect(objects.put('b', bytes('z'), YAML)).rejects.toThrow();
    expect((await readdir(join(root, 'store'), { recursive: true })).sort()).toEqual(['a', 'b', join('b', 'c')]);
  });

  test.each([{ create: false }, { create: true }])(
    'says clearly that a key is both a file and a folder (%j)',
    async (options) => {
      await objects.put('a/b', bytes('x'), YAML);
      const conflict = {
        code: 'STORE',
        message: expect.stringContaining('one key is a folder of another key'),
        hint: expect.stringContaining('in the way'),
        cause: expect.anything(),
      };
      await expect(objects.put('a', bytes('x'), { ...YAML, ...options })).rejects.toMatchObject(conflict);
      await expect(objects.put('a/b/c', bytes('x'), { ...YAML, ...options })).rejects.toMatchObject(conflict);
      expect((await objects.list('')).objects.map(({ key }) => key)).toEqual(['a/b']);
    },
  );

  test('reports missing permissions as DENIED', async () => {
    await objects.put('a/b', bytes('x'), YAML);
    await chmod(join(root, 'store/a/b'), 0o000);
    // Root may read everything, so the suite steps down to nobody for the one call.
    const isRoot = process.getuid?.() === 0;
    if (isRoot) {
      await chmod(root, 0o755);
      process.seteuid?.('nobody');
    }
    try {
      await expect(objects.get('a/b')).rejects.toMatchObject({ code: 'DENIED' });
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  });

  test('has no objects while the folder does not exist, and does not make it by reading', async () => {
    expect(await objects.list('')).toEqual({ objects: [], prefixes: [] });
    expect(await objects.get('a')).toBeUndefined();
    expect(existsSync(join(root, 'store'))).toBe(false);
  });

  test('shows no empty folder as a common prefix', async () => {
    await mkdir(join(root, 'store/empty/folder'), { recursive: true });
    await objects.put('full/a', bytes('x'), YAML);
    expect(await objects.list('', { delimiter: '/' })).toEqual({ objects: [], prefixes: ['full/'] });
  });

  test('does not list through symbolic links', async () => {
    await mkdir(join(root, 'elsewhere'));
    await writeFile(join(root, 'elsewhere/secret'), 'x');
    await objects.put('a', bytes('x'), YAML);
    await symlink(join(root, 'elsewhere'), join(root, 'store/linked'));
    await symlink(join(root, 'store'), join(root, 'store/loop'));
    expect((await objects.list('')).objects.map(({ key }) => key)).toEqual(['a']);
  });

  test('counts reads and writes', async () => {
    const meter = { reads: 0, writes: 0 };
    const counted = directory(join(root, 'store'), { meter });
    await counted.put('a', bytes('x'), YAML);
    await counted.get('a');
    await counted.list('');
    expect(meter).toEqual({ reads: 2, writes: 1 });
  });

  test('takes empty folders away with their last object, and the root never', async () => {
    await objects.put('a/b/c', bytes('x'), YAML);
    await objects.put('a/d', bytes('x'), YAML);
    await objects.delete('a/b/c');
    expect(await readdir(join(root, 'store/a'))).toEqual(['d']);
    await objects.delete('a/d');
    expect(await readdir(join(root, 'store'))).toEqual([]);
    await objects.delete('a');
    expect(existsSync(join(root, 'store'))).toBe(true);
  });

  test('deletes no folder of other objects, and no file outside of the root', async () => {
    await objects.put('a/b', bytes('x'), YAML);
    await objects.delete('a');
    expect((await objects.get('a/b'))?.bytes).toHaveLength(1);
    await writeFile(join(root, 'outside'), 'x');
    await expect(objects.delete('../outside')).rejects.toMatchObject({ code: 'STORE' });
    await expect(objects.replace('../outside', bytes('y'), '', YAML)).rejects.toMatchObject({ code: 'STORE' });
    expect(await readFile(join(root, 'outside'), 'utf8')).toBe('x');
  });

  test('tells when a file was written, in whole milliseconds', async () => {
    const before = Date.now();
    await objects.put('a', bytes('x'), YAML);
    const modified = (await objects.list('')).objects[0]?.modified ?? 0;
    expect(Number.isInteger(modified)).toBe(true);
    // Clocks of file systems are a few milliseconds coarse.
    expect(modified).toBeGreaterThanOrEqual(before - 1000);
  });

  test('lists like memory does, for any keys, prefix, delimiter, limit and start', async () => {
    const name = fc.constantFrom('a', 'b', 'a-', 'a.b', 'é', '😀', '\uff5e', '0');
    const key = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => `x/${names.join('/')}`);
    const scenario = fc.record({
      keys: fc.array(key, { maxLength: 8 }),
      prefix: fc.constantFrom('', 'x', 'x/', 'x/a', 'x/a/', 'x/b/a'),
      options: fc.record(
        { delimiter: fc.constantFrom('/', '-'), limit: fc.integer({ min: 1, max: 4 }), startAfter: key },
        { requiredKeys: [] },
      ),
    });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(scenario, async ({ keys, prefix, options }) => {
        run += 1;
        const folder = directory(join(root, `run-${run}`));
        const memory = memoryObjects();
        for (const each of keys) {
          // What a folder cannot hold (a key below another) is not compared.
          const written = await folder.put(each, bytes(each), YAML).catch(() => undefined);
          if (written !== undefined) await memory.put(each, bytes(each), YAML);
        }
        const timeless = ({ objects, prefixes }: ObjectListing): unknown => {
          return { objects: objects.map((object) => ({ ...object, modified: 0 })), prefixes };
        };
        expect(timeless(await folder.list(prefix, options))).toEqual(timeless(await memory.list(prefix, options)));
      }),
      { numRuns: 150 },
    );
  });
});

test.runIf(process.platform === 'linux')('a folder that no file system makes is refused at once', async () => {
  await expect(directory('/proc/slipway/store').put('a', Buffer.from('1'), { contentType: '' })).rejects.toMatchObject({
    code: 'STORE',
    message: expect.stringMatching(/^Cannot write "a" to directory "\/proc\/slipway\/store": ENOENT: /),
  });
});

import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareUtf8, foldersAbove } from '../../src/archive/path.ts';
import { tar } from '../../src/archive/tar.ts';
import type { SlipwayError } from '../../src/errors.ts';
import type { SourceFile } from '../../src/model.ts';
import { temporaryFolder } from '../build/tree.ts';

const GNU_FLAGS = ['--format=ustar', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--blocking-factor=1'];

function file(path: string, content = path): SourceFile {
  return { path, bytes: Buffer.from(content) };
}

/** What the system's GNU tar makes of the same list; fails where there is no GNU tar. */
function gnuTar(root: string, files: readonly SourceFile[]): Buffer {
  const folders = new Set<string>();
  for (const { path, bytes } of files) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    for (const folder of foldersAbove(path)) {
      folders.add(`${folder}/`);
      chmodSync(join(root, folder), 0o755);
    }
    writeFileSync(join(root, path), bytes);
    chmodSync(join(root, path), 0o644);
  }
  const names = [...folders, ...files.map(({ path }) => path)].sort(compareUtf8);
  return execFileSync('tar', [...GNU_FLAGS, '--no-recursion', '--null', '-T', '-', '-cf', '-'], {
    cwd: root,
    input: `${names.join('\0')}\0`,
    maxBuffer: 1e8,
  });
}

function refusal(files: readonly SourceFile[]): SlipwayError {
  try {
    tar(files);
  } catch (thrown) {
    return thrown as SlipwayError;
  }
  throw new Error('was packed');
}

const long = (length: number, end = ''): string => 'x'.repeat(length - end.length) + end;

describe('tar', () => {
  it.each<[string, string[]]>([
    ['files and folders', ['b.yaml', 'a/x.yaml', 'a/b/c.yaml', 'a-b/y.yaml', 'a.yaml', 'A.yaml']],
    ['nothing', []],
    ['names of 99, 100 and 101 bytes', [long(99), `${long(50)}/${long(49)}`, `${long(50)}/${long(50)}`]],
    [
      'names at the limits of the prefix',
      [`${long(77)}/${long(77)}/${long(100)}`, `${long(20)}/${long(100)}`, `${long(99)}/${long(55)}/${long(99)}`],
    ],
    ['a folder whose name has to be split', [`${long(60)}/${long(60, 'd')}/f`, `${long(98)}/${long(98)}/f`]],
    ['names that are not ASCII', ['ümlaut/日本語.yaml', 'z', '😀/a', '￿']],
    ['odd names', ['-rf', ' lead', 'trail ', 'a b', '#x', '*', '@y', '.hidden/.x', "quo'te", 'a:b']],
  ])('writes the same bytes as GNU tar: %s', (_name, paths) => {
    const files = paths.map((path) => file(path));
    expect(Buffer.compare(tar(files), gnuTar(temporaryFolder(), files))).toBe(0);
  });

  it('writes the same bytes as GNU tar for contents around the block size and for any names that fit', () => {
    const segment = fc
      .string({ unit: fc.constantFrom('a', 'b', '-', '.', 'é', '日'), minLength: 1, maxLength: 30 })
      .filter((s) => !/^\.+$/.test(s) && !s.endsWith('..'));
    const path = fc
      .array(segment, { minLength: 1, maxLength: 5 })
      .map((parts) => parts.join('/'))
      .filter((p) => Buffer.byteLength(p) <= 100);
    const size = fc.constantFrom(0, 1, 511, 512, 513, 1024, 3000);
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(path, size), { maxLength: 6, selector: ([name]) => name.toLowerCase() }),
        (entries) => {
          const names = new Set(entries.map(([name]) => name));
          fc.pre(entries.every(([name]) => foldersAbove(name).every((folder) => !names.has(folder))));
          const files = entries.map(([name, length]) => ({ path: name, bytes: Buffer.alloc(length, 0x61) }));
          expect(Buffer.compare(tar(files), gnuTar(temporaryFolder(), files))).toBe(0);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('does not depend on the order of the list', () => {
    const files = ['b', 'a/x', 'a-b', 'a/b/c', 'é', 'z/1'].map((path) => file(path));
    const once = tar(files);
    fc.assert(
      fc.property(fc.shuffledSubarray(files, { minLength: files.length }), (shuffled) => {
        expect(Buffer.compare(tar(shuffled), once)).toBe(0);
      }),
    );
  });

  it('never truncates: a name that ustar cannot hold gets a PAX header, and GNU tar extracts it whole', () => {
    const paths = [
      long(101),
      `${long(200)}/${long(200)}/f.yaml`,
      `${'日'.repeat(40)}`,
      `${long(90)}/${long(101)}`,
      `d/${long(99)}日`,
    ];
    const root = temporaryFolder();
    execFileSync('tar', ['-xf', '-', '-C', root], { input: tar(paths.map((path) => file(path))) });
    for (const path of paths) expect(readFileSync(join(root, path), 'utf8')).toBe(path);
  });

  it('leaves the list it was given alone', () => {
    const files = [file('b'), file('a')];
    tar(files);
    expect(files.map(({ path }) => path)).toEqual(['b', 'a']);
  });

  it.each([
    ['a\\b', 'a backslash'],
    ['a../b', '".."'],
    ['/etc/passwd', 'absolute'],
    ['a//b', 'an empty segment'],
    ['./a', 'the segment "."'],
    ['a\nb', 'a control character'],
    ['', 'empty'],
  ])('refuses the name %j, which Flux would refuse', (path, problem) => {
    const error = refusal([file('ok'), file(path)]);
    expect(error.code).toBe('INVALID');
    expect(error.message).toContain(problem);
    expect(error.message).toContain(JSON.stringify(path));
  });

  it('refuses two files of one name', () => {
    expect(refusal([file('a', '1'), file('a', '2')])).toMatchObject({
      code: 'INVALID',
      message: 'Cannot pack "a": it is there twice',
    });
  });

  it('refuses a path that is both a file and a folder, whatever lies between them in byte order', () => {
    const error = refusal([file('a'), file('a-b'), file('a/b')]);
    expect(error).toMatchObject({ code: 'INVALID', message: 'Cannot pack "a": it is both a file and a folder' });
  });
});

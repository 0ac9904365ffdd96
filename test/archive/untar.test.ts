import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareUtf8, foldersAbove, pathProblem } from '../../src/archive/path.ts';
import { tar } from '../../src/archive/tar.ts';
import { type UntarOptions, untar } from '../../src/archive/untar.ts';
import { SlipwayError } from '../../src/errors.ts';
import { temporaryFolder, tree } from '../build/tree.ts';

interface RawEntry {
  readonly name: string | Uint8Array;
  readonly type?: string;
  readonly content?: string;
  readonly prefix?: string;
  readonly size?: string;
  readonly magic?: string;
  readonly checksum?: string;
}

/** One entry with whatever is asked for in it, sound or not. */
function entry({
  name,
  type = '0',
  content = '',
  prefix = '',
  size,
  magic = 'ustar\x0000',
  checksum,
}: RawEntry): Buffer {
  const header = Buffer.alloc(512);
  header.set(typeof name === 'string' ? Buffer.from(name) : name, 0);
  header.write('0000644\0', 100);
  header.write(size ?? `${Buffer.byteLength(content).toString(8).padStart(11, '0')}\0`, 124, 'latin1');
  header.write('00000000000\0        ', 136);
  header.write(type, 156);
  header.write(magic, 257);
  header.write(prefix, 345);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(checksum ?? `${sum.toString(8).padStart(6, '0')}\0 `, 148);
  const body = Buffer.alloc(Math.ceil(Buffer.byteLength(content) / 512) * 512);
  body.write(content);
  return Buffer.concat([header, body]);
}

const END = Buffer.alloc(1024);
const archive = (...entries: RawEntry[]): Buffer => Buffer.concat([...entries.map(entry), END]);
const pax = (key: string, value: string): string => {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  const length = rest + String(rest + String(rest).length).length;
  return `${length} ${key}=${value}\n`;
};

function refusal(bytes: Uint8Array, options?: UntarOptions): string {
  try {
    untar(bytes, options);
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(SlipwayError);
    expect((thrown as SlipwayError).code).toBe('CORRUPT');
    return (thrown as SlipwayError).message;
  }
  throw new Error('was read');
}

function listed(bytes: Uint8Array, options?: UntarOptions): Record<string, string> {
  return Object.fromEntries(untar(bytes, options).map((file) => [file.path, Buffer.from(file.bytes).toString()]));
}

describe('untar', () => {
  it('gives back what tar packed, in byte order, for any names and contents', () => {
    const segment = fc.string({
      unit: fc.oneof(
        fc.constantFrom('a', 'b', '.', '-', 'é', '日', '😀'),
        fc.string({ unit: 'grapheme', maxLength: 1 }),
      ),
      minLength: 1,
      maxLength: 60,
    });
    const path = fc
      .array(segment, { minLength: 1, maxLength: 6 })
      .map((parts) => parts.join('/'))
      .filter((p) => pathProblem(p) === undefined);
    const files = fc.uniqueArray(fc.record({ path, bytes: fc.uint8Array({ maxLength: 1_100 }) }), {
      selector: (file) => file.path,
      maxLength: 8,
    });
    fc.assert(
      fc.property(files, (list) => {
        const names = new Set(list.map((file) => file.path));
        fc.pre(list.every((file) => foldersAbove(file.path).every((folder) => !names.has(folder))));
        const read = untar(tar(list));
        expect(read.map((file) => file.path)).toEqual([...names].sort(compareUtf8));
        for (const file of list)
          expect(Buffer.compare(read.find(({ path: name }) => name === file.path)?.bytes ?? END, file.bytes)).toBe(0);
      }),
    );
  });

  it('never fails with anything but CORRUPT, whatever byte is damaged or wherever the archive is cut', () => {
    const sound = Buffer.from(
      tar([
        { path: `a/${'x'.repeat(200)}`, bytes: Buffer.from('text') },
        { path: 'b', bytes: Buffer.alloc(600, 1) },
      ]),
    );
    fc.assert(
      fc.property(fc.nat(sound.length - 1), fc.nat(255), fc.nat(sound.length), (at, value, length) => {
        const damaged = Buffer.from(sound);
        damaged[at] = value;
        for (const bytes of [damaged, sound.subarray(0, length), damaged.subarray(0, length)]) {
          try {
            untar(bytes, { foreign: true });
          } catch (thrown) {
            expect((thrown as SlipwayError).code).toBe('CORRUPT');
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each<[string, Uint8Array, string]>([
    ['a symbolic link', archive({ name: 'a', type: '2' }), 'is a link'],
    ['a hard link', archive({ name: 'a', type: '1' }), 'neither a file nor a folder'],
    ['a character device', archive({ name: 'a', type: '3' }), 'neither a file nor a folder'],
    ['a block device', archive({ name: 'a', type: '4' }), 'neither a file nor a folder'],
    ['a FIFO', archive({ name: 'a', type: '6' }), 'neither a file nor a folder'],
    [
      'a PAX global header',
      archive({ name: 'pax_global_header', type: 'g', content: pax('comment', 'x') }),
      'a global header',
    ],
    ['an absolute name', archive({ name: '/etc/passwd' }), 'absolute'],
    ['an absolute name by its prefix', archive({ name: 'passwd', prefix: '/etc' }), 'absolute'],
    ['a name that climbs', archive({ name: '../x' }), '".."'],
    ['a name that climbs inside', archive({ name: 'a/../../x' }), '".."'],
    [
      'a name that climbs by PAX',
      archive({ name: 'p', type: 'x', content: pax('path', '../x') }, { name: 'a' }),
      '".."',
    ],
    [
      'a name that climbs by GNU long name',
      archive({ name: '././@LongLink', type: 'L', content: '../x\0' }, { name: 'a' }),
      '".."',
    ],
    ['a folder that climbs', archive({ name: '../', type: '5' }), '".."'],
    ['a backslash', archive({ name: 'a\\..\\b' }), 'backslash'],
    ['a leading ./', archive({ name: './a' }), 'the segment "."'],
    ['an empty name', archive({ name: '' }), 'it is empty'],
    ['a name that is not UTF-8', archive({ name: Uint8Array.of(0x61, 0xff) }), 'not UTF-8'],
    ['two files of one name', archive({ name: 'a' }, { name: 'a' }), 'there twice'],
    ['two folders of one name', archive({ name: 'a/', type: '5' }, { name: 'a/', type: '5' }), 'there twice'],
    ['a file below a file', archive({ name: 'a' }, { name: 'a/b' }), 'both a file and a folder'],
    ['a file where a folder is', archive({ name: 'a/', type: '5' }, { name: 'a' }), 'both a file and a folder'],
    ['a folder below a file', archive({ name: 'a' }, { name: 'a/b/', type: '5' }), 'both a file and a folder'],
    ['a bad checksum', archive({ name: 'a', checksum: '000001\0 ' }), 'bad checksum'],
    ['a size that is no number', archive({ name: 'a', size: '0000000000x\0' }), 'bad number'],
    ['a size in base 256', archive({ name: 'a', size: '\x80\0\0\0\0\0\0\0\0\0\0\x01' }), 'bad number'],
    ['a size beyond the end', archive({ name: 'a', size: '00000100000\0' }), 'cut off'],
    ['no end', entry({ name: 'a' }), 'cut off'],
    ['half an end', Buffer.concat([entry({ name: 'a' }), Buffer.alloc(512)]), 'cut off'],
    ['a damaged end', Buffer.concat([entry({ name: 'a' }), Buffer.alloc(512), entry({ name: 'b' })]), 'end marker'],
    ['an entry after the end', Buffer.concat([archive({ name: 'a' }), entry({ name: 'b' })]), 'data follows'],
    ['nothing at all', Buffer.alloc(0), 'cut off'],
    [
      'an extended header with nothing after it',
      archive({ name: 'p', type: 'x', content: pax('path', 'b') }),
      'after an extended header',
    ],
    [
      'an extended header of wrong length',
      archive({ name: 'p', type: 'x', content: '99 path=b\n' }, { name: 'a' }),
      'extended header is damaged',
    ],
    [
      'an extended header without length',
      archive({ name: 'p', type: 'x', content: 'path=b\n' }, { name: 'a' }),
      'extended header is damaged',
    ],
    [
      'an extended header of zeros',
      archive({ name: 'p', type: 'x', content: '0 path=b\n' }, { name: 'a' }),
      'extended header is damaged',
    ],
    [
      'a size by PAX that is none',
      archive({ name: 'p', type: 'x', content: pax('size', '-1') }, { name: 'a' }),
      'extended header is damaged',
    ],
    [
      'a sparse file',
      archive({ name: 'p', type: 'x', content: pax('GNU.sparse.major', '1') }, { name: 'a' }),
      'sparse',
    ],
  ])('refuses %s', (_name, bytes, problem) => {
    expect(refusal(bytes)).toContain(problem);
  });

  it('refuses more bytes than the limit, to the byte', () => {
    const bytes = archive({ name: 'a', content: '12345' }, { name: 'b', content: '12345' });
    expect(untar(bytes, { limit: 10 })).toHaveLength(2);
    expect(refusal(bytes, { limit: 9 })).toContain('larger than 9 bytes');
  });

  it('reads an empty archive and padding behind the end', () => {
    expect(untar(END)).toEqual([]);
    expect(untar(Buffer.concat([END, Buffer.alloc(9_216)]))).toEqual([]);
  });

  it('reads names by PAX, by GNU and by prefix, and sizes by PAX', () => {
    expect(
      listed(
        archive(
          { name: 'p', type: 'x', content: pax('mtime', '1.5') + pax('path', 'long/日') },
          { name: 'cut', content: '1' },
          { name: '././@LongLink', type: 'L', content: 'gnu/long\0', magic: 'ustar  \0' },
          { name: 'cut', content: '2', magic: 'ustar  \0', prefix: 'not a prefix' },
          { name: 'name', prefix: 'in/prefix', content: '3' },
          { name: 'p', type: 'x', content: pax('size', '4') },
          { name: 'sized', content: 'four', size: '00000000000\0' },
        ),
      ),
    ).toEqual({ 'long/日': '1', 'gnu/long': '2', 'in/prefix/name': '3', sized: 'four' });
  });

  it.each(['gnu', 'pax', 'ustar', 'v7', 'oldgnu'])('reads what GNU tar writes with --format=%s', (format) => {
    const isOld = format === 'v7' || format === 'ustar';
    const name = isOld ? 'a/b.yaml' : `a/${'x'.repeat(120)}/ü.yaml`;
    const root = tree({ [name]: 'deep', 'top.yaml': 'top' });
    const bytes = execFileSync('tar', [`--format=${format}`, '-cf', '-', '-C', root, 'a', 'top.yaml']);
    expect(listed(bytes)).toEqual({ [name]: 'deep', 'top.yaml': 'top' });
  });

  it('reads, as foreign, an archive of "." with links, keeping to what Flux extracts', () => {
    const root = temporaryFolder();
    mkdirSync(join(root, 'a'));
    writeFileSync(join(root, 'a', 'b.yaml'), 'b');
    symlinkSync('a/b.yaml', join(root, 'link'));
    const bytes = execFileSync('tar', ['-cf', '-', '-C', root, '.']);
    expect(listed(bytes, { foreign: true })).toEqual({ 'a/b.yaml': 'b' });
    expect(refusal(bytes)).toContain('refused');
    linkSync(join(root, 'a', 'b.yaml'), join(root, 'hard'));
    const hard = execFileSync('tar', ['-cf', '-', '-C', root, 'a', 'hard']);
    expect(refusal(hard, { foreign: true })).toContain('neither a file nor a folder');
  });

  it('reads, as foreign, folders without slash, a global header, and of two files the last', () => {
    const bytes = archive(
      { name: 'pax_global_header', type: 'g', content: pax('comment', 'x') },
      { name: '.', type: '5' },
      { name: 'a', type: '5' },
      { name: 'a/x', content: 'old' },
      { name: './a/x', content: 'new' },
    );
    expect(listed(bytes, { foreign: true })).toEqual({ 'a/x': 'new' });
  });

  it('lets nothing climb, as foreign either', () => {
    for (const name of ['../x', './../x', '/x', 'a\\b', '././x']) refusal(archive({ name }), { foreign: true });
  });
});

import { SlipwayError } from '../errors.ts';
import type { SourceFile } from '../model.ts';
import { compareUtf8, foldersAbove, pathProblem } from './path.ts';

const BLOCK = 512;
const NAME_FIELD = 100;
const PREFIX_FIELD = 155;
const NOTHING = new Uint8Array(0);

/** One header and what follows it. `name` is UTF-8; a folder's ends with a slash. */
interface Item {
  readonly name: Buffer;
  readonly type: '0' | '5' | 'x';
  readonly bytes: Uint8Array;
  /** Length of the part of `name` that goes into the prefix field; 0 when all of it fits the name field. */
  readonly prefix: number;
}

/**
 * Packs files as POSIX.1-1988 ustar. The result depends on paths and bytes only and is what GNU tar 1.34 writes for
 * the same list with `--format=ustar --mtime=@0 --owner=0 --group=0 --numeric-owner --blocking-factor=1`: entries in byte
 * order, folders (0755) before what they hold, files 0644.
 *
 * Names are written as raw UTF-8, as GNU tar does: Go's archive/tar, which Flux reads with, takes them as they are.
 * A name that cannot be split into the 155 + 100 bytes of ustar gets a PAX header (POSIX.1-2001) and is never truncated.
 *
 * Throws `INVALID` for names that Flux would refuse, for duplicates, and for a path that is both file and folder.
 */
export function tar(files: readonly SourceFile[]): Uint8Array {
  const items = itemsOf([...files].sort((a, b) => compareUtf8(a.path, b.path)));
  const total = items.reduce((size, item) => size + BLOCK + padded(item.bytes.length), 2 * BLOCK);
  const out = Buffer.alloc(total);
  let offset = 0;
  for (const item of items) {
    writeHeader(out.subarray(offset, offset + BLOCK), item);
    out.set(item.bytes, offset + BLOCK);
    offset += BLOCK + padded(item.bytes.length);
  }
  return out;
}

function itemsOf(sorted: readonly SourceFile[]): Item[] {
  const items: Item[] = [];
  const folders = new Set<string>();
  const names = new Set<string>();
  for (const { path, bytes } of sorted) {
    const problem = names.has(path) ? 'it is there twice' : pathProblem(path);
    if (problem !== undefined) throw refused(path, problem);
    names.add(path);
    for (const folder of foldersAbove(path)) {
      if (names.has(folder)) throw refused(folder, 'it is both a file and a folder');
      if (folders.has(folder)) continue;
      folders.add(folder);
      items.push(...named(`${folder}/`, '5', NOTHING));
    }
    items.push(...named(path, '0', bytes));
  }
  return items;
}

function refused(path: string, problem: string): SlipwayError {
  return new SlipwayError('INVALID', `Cannot pack ${JSON.stringify(path)}: ${problem}`, {
    hint: 'rename it: Flux would refuse the whole artifact',
  });
}

function named(path: string, type: '0' | '5', bytes: Uint8Array): Item[] {
  const name = Buffer.from(path);
  if (name.length <= NAME_FIELD) return [{ name, type, bytes, prefix: 0 }];
  const prefix = splitPoint(name);
  if (prefix > 0) return [{ name, type, bytes, prefix }];
  const extended: Item = { name: Buffer.from('PaxHeader'), type: 'x', bytes: paxRecord('path', path), prefix: 0 };
  return [extended, { name: cut(name), type, bytes, prefix: 0 }];
}

/** Where GNU tar splits a long name: the last slash that leaves at most 155 bytes before it. 0 when there is no way. */
function splitPoint(name: Buffer): number {
  if (name.length > PREFIX_FIELD + NAME_FIELD + 1) return 0;
  const last = name.length > PREFIX_FIELD + 1 ? PREFIX_FIELD : name.length - 2;
  const slash = name.lastIndexOf(0x2f, last);
  const rest = name.length - slash - 1;
  return slash > 0 && rest > 0 && rest <= NAME_FIELD ? slash : 0;
}

/** The first bytes of a name that fit the name field, whole characters only. Readers take the name from the PAX header. */
function cut(name: Buffer): Buffer {
  let end = NAME_FIELD;
  while (((name[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return name.subarray(0, end);
}

/** `<length> <key>=<value>\n`, where length counts itself. */
function paxRecord(key: string, value: string): Buffer {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + String(rest).length;
  if (String(length).length > String(rest).length) length += 1;
  return Buffer.from(`${length} ${key}=${value}\n`);
}

function writeHeader(block: Buffer, item: Item): void {
  const { name, prefix, type } = item;
  block.set(prefix > 0 ? name.subarray(prefix + 1) : name, 0);
  block.write(type === '5' ? '0000755\0' : '0000644\0', 100, 'latin1');
  block.write('0000000\0', 108, 'latin1');
  block.write('0000000\0', 116, 'latin1');
  block.write(`${octal(item.bytes.length, 11)}\0`, 124, 'latin1');
  block.write('00000000000\0', 136, 'latin1');
  block.write('        ', 148, 'latin1');
  block.write(type, 156, 'latin1');
  block.write('ustar\x0000', 257, 'latin1');
  block.write('0000000\0', 329, 'latin1');
  block.write('0000000\0', 337, 'latin1');
  block.set(name.subarray(0, prefix), 345);
  let sum = 0;
  for (const byte of block) sum += byte;
  block.write(`${octal(sum, 6)}\0 `, 148, 'latin1');
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}

function padded(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK;
}

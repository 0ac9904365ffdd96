import { SlipwayError } from '../errors.ts';

const BLOCK = 512;
const ZERO = Buffer.alloc(BLOCK);

/** One entry of an archive. `name` is as stored, PAX and GNU long names applied. `bytes` is a view into the archive. */
export interface TarEntry {
  readonly kind: 'file' | 'folder' | 'symlink' | 'global' | 'other';
  readonly name: Buffer;
  readonly bytes: Uint8Array;
}

interface Header {
  readonly type: string;
  readonly name: Buffer;
  readonly size: number;
}

/** What an extended header says about the entry after it. */
interface Extension {
  name?: Buffer;
  size?: number;
}

const KINDS: Readonly<Record<string, TarEntry['kind']>> = {
  '0': 'file',
  '\0': 'file',
  '5': 'folder',
  '2': 'symlink',
  g: 'global',
};

/**
 * The entries of an archive in its order: ustar (POSIX.1-1988), PAX (POSIX.1-2001: `path`, `size`) and GNU long names.
 * Throws `CORRUPT` for a bad checksum or number, a cut archive, and anything but zeros after the end.
 */
export function* tarEntries(archive: Uint8Array): Generator<TarEntry> {
  const bytes = Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength);
  let extension: Extension = {};
  let offset = 0;
  for (;;) {
    const block = blockAt(bytes, offset);
    if (block.equals(ZERO)) break;
    const header = readHeader(block);
    const size = extension.size ?? header.size;
    const start = offset + BLOCK;
    if (start + size > bytes.length) throw corrupt('it is cut off');
    const body = bytes.subarray(start, start + size);
    offset = start + Math.ceil(size / BLOCK) * BLOCK;
    if (header.type === 'x') Object.assign(extension, readPax(body));
    else if (header.type === 'L') extension.name = untilZero(body);
    else {
      yield entryOf(header, extension, body);
      extension = {};
    }
  }
  if (extension.name !== undefined || extension.size !== undefined) throw corrupt('it ends after an extended header');
  refuseTrailing(bytes, offset);
}

function entryOf(header: Header, extension: Extension, body: Buffer): TarEntry {
  const name = extension.name ?? header.name;
  const kind = KINDS[header.type] ?? 'other';
  // Archives older than ustar mark a folder by the slash alone.
  if (kind === 'file' && name.at(-1) === 0x2f) return { kind: 'folder', name, bytes: body };
  return { kind, name, bytes: body };
}

function blockAt(bytes: Buffer, offset: number): Buffer {
  if (offset + BLOCK > bytes.length) throw corrupt('it is cut off');
  return bytes.subarray(offset, offset + BLOCK);
}

function readHeader(block: Buffer): Header {
  let sum = 8 * 0x20;
  for (let i = 0; i < BLOCK; i++) if (i < 148 || i >= 156) sum += block[i] ?? 0;
  if (readOctal(block.subarray(148, 156)) !== sum) throw corrupt('a header has a bad checksum');
  const name = untilZero(block.subarray(0, 100));
  // GNU's own format ("ustar  ") keeps other things where POSIX has the prefix.
  const prefix =
    block.toString('latin1', 257, 263) === 'ustar\0' ? untilZero(block.subarray(345, 500)) : ZERO.subarray(0, 0);
  return {
    type: String.fromCharCode(block[156] ?? 0),
    name: prefix.length > 0 ? Buffer.concat([prefix, Buffer.from('/'), name]) : name,
    size: readOctal(block.subarray(124, 136)),
  };
}

function readOctal(field: Buffer): number {
  const text = field.toString('latin1');
  const digits = /^ *([0-7]*)[ \0]*$/.exec(text)?.[1];
  if (digits === undefined) throw corrupt('a header has a bad number');
  return digits === '' ? 0 : Number.parseInt(digits, 8);
}

function untilZero(field: Buffer): Buffer {
  const zero = field.indexOf(0);
  return zero === -1 ? field : field.subarray(0, zero);
}

/** Records of the form `<length> <key>=<value>\n`; keys other than path and size do not matter here. */
function readPax(body: Buffer): Extension {
  const extension: Extension = {};
  let offset = 0;
  while (offset < body.length) {
    const space = body.indexOf(0x20, offset);
    const digits = body.toString('latin1', offset, Math.max(offset, space));
    const end = offset + Number(digits);
    const equals = body.indexOf(0x3d, space);
    const sound = /^[1-9]\d{0,8}$/.test(digits) && end <= body.length && body[end - 1] === 0x0a && equals < end;
    if (!sound || equals === -1) throw corrupt('an extended header is damaged');
    const key = body.toString('utf8', space + 1, equals);
    const value = body.subarray(equals + 1, end - 1);
    if (key.startsWith('GNU.sparse.')) throw corrupt('it holds a sparse file');
    if (key === 'path') extension.name = value;
    if (key === 'size') extension.size = readSize(value);
    offset = end;
  }
  return extension;
}

function readSize(value: Buffer): number {
  const text = value.toString('latin1');
  if (!/^\d{1,15}$/.test(text)) throw corrupt('an extended header is damaged');
  return Number(text);
}

/** `offset` is that of the first zero block. A second one must follow, and then nothing but padding. */
function refuseTrailing(bytes: Buffer, offset: number): void {
  if (!blockAt(bytes, offset + BLOCK).equals(ZERO)) throw corrupt('its end marker is damaged');
  if (bytes.subarray(offset + 2 * BLOCK).some((byte) => byte !== 0)) throw corrupt('data follows its end');
}

/** The error of every damaged or refused archive. */
export function corrupt(problem: string): SlipwayError {
  return new SlipwayError('CORRUPT', `Cannot read archive: ${problem}`, {
    hint: 'the stored artifact is damaged or was not made by slipway: publish it again',
  });
}

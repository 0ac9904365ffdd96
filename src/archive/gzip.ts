import { crc32, inflateRawSync } from 'node:zlib';
import { gzip as deflate } from 'pako';
import { SlipwayError } from '../errors.ts';

const OS_BYTE = 9;
const UNKNOWN_OS = 255;
const HEADER = 10;
const TRAILER = 8;
const FLAG = { crc: 2, extra: 4, name: 8, comment: 16, reserved: 0xe0 } as const;

/**
 * Compresses to one gzip member (RFC 1952), level 6, no name, time 0, operating system 255 (unknown). The compressor is
 * pako at an exact version and not the platform's zlib, whose output differs between builds: the bytes are the same on
 * every system and Node version.
 */
export function gzip(bytes: Uint8Array): Uint8Array {
  const packed = deflate(bytes, { level: 6 });
  packed[OS_BYTE] = UNKNOWN_OS;
  return packed;
}

/** `limit` is the most bytes that the result may have. */
export interface GunzipOptions {
  readonly limit: number;
}

/**
 * Decompresses exactly one gzip member. Throws `CORRUPT` when the stream is damaged or cut, its checksum or length is
 * wrong, anything follows it, or the result would be larger than `limit` bytes (it is not inflated beyond that).
 */
export function gunzip(bytes: Uint8Array, options: GunzipOptions): Uint8Array {
  const body = bytes.subarray(headerLength(bytes));
  const { plain, consumed } = inflate(body, options.limit);
  const trailer = body.subarray(consumed);
  if (trailer.length < TRAILER) throw corrupt('it is cut off');
  if (trailer.length > TRAILER) throw corrupt(`${trailer.length - TRAILER} bytes follow its end`);
  const view = new DataView(trailer.buffer, trailer.byteOffset, TRAILER);
  if (view.getUint32(0, true) !== crc32(plain)) throw corrupt('its checksum does not match');
  if (view.getUint32(4, true) !== plain.length % 2 ** 32) throw corrupt('its length does not match');
  return plain;
}

interface Inflated {
  readonly plain: Uint8Array;
  /** Bytes of the input that belong to the deflate stream. */
  readonly consumed: number;
}

function inflate(body: Uint8Array, limit: number): Inflated {
  try {
    // With `info` the answer also has the engine, which knows where the stream ended; the types do not say so.
    const options = { maxOutputLength: Math.max(1, limit), info: true };
    const answer: unknown = inflateRawSync(body, options);
    const { buffer, engine } = answer as { buffer: Buffer; engine: { bytesWritten: number } };
    if (buffer.length > limit) throw corrupt(`it unpacks to more than ${limit} bytes`);
    return { plain: buffer, consumed: engine.bytesWritten };
  } catch (cause) {
    if (cause instanceof SlipwayError) throw cause;
    const tooLarge = (cause as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE';
    throw corrupt(tooLarge ? `it unpacks to more than ${limit} bytes` : 'its data is damaged', cause);
  }
}

function headerLength(bytes: Uint8Array): number {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b || bytes[2] !== 8) throw corrupt('it does not begin as gzip');
  const flags = bytes[3] ?? 0;
  if ((flags & FLAG.reserved) !== 0) throw corrupt('its header has unknown flags');
  let end = HEADER;
  if ((flags & FLAG.extra) !== 0) end += 2 + (bytes[end] ?? 0) + 256 * (bytes[end + 1] ?? 0);
  if ((flags & FLAG.name) !== 0) end = afterZero(bytes, end);
  if ((flags & FLAG.comment) !== 0) end = afterZero(bytes, end);
  if ((flags & FLAG.crc) !== 0) end += 2;
  if (end > bytes.length) throw corrupt('it is cut off');
  return end;
}

function afterZero(bytes: Uint8Array, from: number): number {
  const zero = bytes.indexOf(0, from);
  if (zero === -1) throw corrupt('it is cut off');
  return zero + 1;
}

function corrupt(problem: string, cause?: unknown): SlipwayError {
  return new SlipwayError('CORRUPT', `Cannot unpack gzip data: ${problem}`, {
    hint: 'the stored artifact is damaged or was made by another tool: publish it again',
    cause,
  });
}

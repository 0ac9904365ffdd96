import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gunzip, gzip } from '../../src/archive/gzip.ts';
import { SlipwayError } from '../../src/errors.ts';

const LIMIT = { limit: 1_000_000 };
const text = Buffer.from('apiVersion: v1\nkind: ConfigMap\n'.repeat(200));

function refusal(bytes: Uint8Array, limit = LIMIT.limit): string {
  try {
    gunzip(bytes, { limit });
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(SlipwayError);
    expect((thrown as SlipwayError).code).toBe('CORRUPT');
    return (thrown as SlipwayError).message;
  }
  throw new Error('was unpacked');
}

function withByte(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[at < 0 ? copy.length + at : at] = value;
  return copy;
}

describe('gzip', () => {
  it('writes a header without name, time and platform', () => {
    expect([...gzip(text).subarray(0, 10)]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
  });

  it('writes these very bytes, which no update may change', () => {
    expect(createHash('sha256').update(gzip(text)).digest('hex')).toBe(
      'da3c514ebb5b680fb4b4fce2d5ca2e1302a060f5fe71c3235cd946e9f3a17302',
    );
  });

  it('writes what any gzip reader takes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5_000 }), (bytes) => {
        expect(Buffer.compare(gunzipSync(gzip(bytes)), bytes)).toBe(0);
      }),
      { numRuns: 50 },
    );
  });
});

describe('gunzip', () => {
  it('gives back what gzip packed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5_000 }), (bytes) => {
        expect(Buffer.compare(gunzip(gzip(bytes), LIMIT), bytes)).toBe(0);
      }),
      { numRuns: 50 },
    );
  });

  it('reads members of other tools, with name, comment, extra field and header checksum', () => {
    const plain = gzipSync(text);
    const fields = Buffer.from([3, 0, 1, 2, 3, ...Buffer.from('name\0comment\0'), 9, 9]);
    const member = Buffer.concat([plain.subarray(0, 10), fields, plain.subarray(10)]);
    member[3] = 2 + 4 + 8 + 16;
    expect(Buffer.compare(gunzip(member, LIMIT), text)).toBe(0);
  });

  it('refuses whatever is cut off, at any byte', () => {
    const whole = gzip(text);
    for (let length = 0; length < whole.length; length++) refusal(whole.subarray(0, length));
  });

  it('refuses a second member and any other trailing data', () => {
    expect(refusal(Buffer.concat([gzip(text), gzip(text)]))).toContain('follow its end');
    expect(refusal(Buffer.concat([gzip(text), Buffer.from([0])]))).toContain('1 bytes follow its end');
  });

  it('refuses a wrong checksum and a wrong length', () => {
    const whole = gzip(text);
    expect(refusal(withByte(whole, -8, (whole.at(-8) ?? 0) ^ 1))).toContain('checksum');
    expect(refusal(withByte(whole, -4, (whole.at(-4) ?? 0) ^ 1))).toContain('length');
  });

  it('refuses what does not begin as gzip and unknown header flags', () => {
    expect(refusal(withByte(gzip(text), 0, 0))).toContain('does not begin as gzip');
    expect(refusal(withByte(gzip(text), 3, 0x20))).toContain('unknown flags');
  });

  const isRightAnswer = (damaged: Uint8Array): boolean => {
    try {
      return Buffer.compare(gunzip(damaged, { limit: text.length }), text) === 0;
    } catch {
      return false;
    }
  };

  it('never answers wrongly when one bit of the data is flipped', () => {
    const whole = gzip(text);
    fc.assert(
      fc.property(fc.nat(whole.length * 8 - 1), (bit) => {
        fc.pre(bit >= 80); // the header's time and platform bytes carry nothing
        const damaged = withByte(whole, bit >> 3, (whole[bit >> 3] ?? 0) ^ (1 << (bit & 7)));
        // The last bits of the stream's last byte are padding: whatever they are, the answer is the right one.
        if (!isRightAnswer(damaged)) refusal(damaged);
      }),
    );
  });

  it('stops at the limit, to the byte', () => {
    expect(gunzip(gzip(text), { limit: text.length }).length).toBe(text.length);
    expect(refusal(gzip(text), text.length - 1)).toContain(`more than ${text.length - 1} bytes`);
    expect(refusal(gzip(Buffer.alloc(3_000_000)), 1_000)).toContain('more than 1000 bytes');
    expect(gunzip(gzip(new Uint8Array(0)), { limit: 0 }).length).toBe(0);
    expect(refusal(gzip(Buffer.from('a')), 0)).toContain('more than 0 bytes');
  });
});

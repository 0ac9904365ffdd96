import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decode, encode } from '../../../src/wire/sigstore/der.ts';
import { requestTimestamp } from '../../../src/wire/sigstore/timestamp.ts';
import { PATHS, startFakeSigstore } from '../../fakes/sigstore.ts';
import { answering, quickHttp, serving } from './fixture.ts';

const signature = Buffer.from('a signature');
const imprint = createHash('sha256').update(signature).digest('hex');
const ask = (url: URL) => requestTimestamp({ http: quickHttp(), url, signature });

/** A granted answer to the nonce of a request, in which the parts given are replaced. */
function granted(query: Buffer, parts: Partial<Record<'hash' | 'time' | 'nonce', string>> = {}): Buffer {
  const nonce = parts.nonce ?? query.subarray(-11, -3).toString('hex');
  const time = Buffer.from(parts.time ?? '20260505120000Z');
  const info = encode(
    0x30,
    Buffer.from('02010106022a03', 'hex'),
    encode(
      0x30,
      Buffer.from('300b0609608648016503040201', 'hex'),
      encode(4, Buffer.from(parts.hash ?? imprint, 'hex')),
    ),
    Buffer.from('020101', 'hex'),
    encode(0x18, time),
    Buffer.from(nonce, 'hex'),
  );
  const content = encode(0x30, Buffer.from('060b2a864886f70d0109100104', 'hex'), encode(0xa0, encode(4, info)));
  const data = encode(0x30, Buffer.from('0201033100', 'hex'), content);
  const token = encode(0x30, Buffer.from('06092a864886f70d010702', 'hex'), encode(0xa0, data));
  return Buffer.from(encode(0x30, Buffer.from('3003020100', 'hex'), token));
}

/** A server that answers each query with what `make` makes of it. */
const stamping = (make: (query: Buffer) => Uint8Array): Promise<unknown> =>
  serving((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => response.end(make(Buffer.concat(chunks))));
  }, ask);

describe('a timestamp', () => {
  test('is asked for in DER, with a fresh nonce and the certificate', async () => {
    await using fake = await startFakeSigstore();
    const url = new URL(fake.url + PATHS.tsa);
    const [first, second] = [await ask(url), await ask(url)];
    expect(Math.abs(first.at - Date.now())).toBeLessThan(120_000);
    const [query, other] = fake.requests.map(({ body }) => body.toString('hex'));
    const [head, tail] = [`30410201013031300d060960864801650304020105000420${imprint}0206`, '0101ff'];
    expect(query).toMatch(new RegExp(`^${head}[4-7][0-9a-f]{11}${tail}$`));
    expect(query).not.toBe(other);
    expect(fake.requests[0]?.headers).toMatchObject({ 'content-type': 'application/timestamp-query' });
    expect(second.response).not.toEqual(first.response);
  });

  test.each([
    ['20260505120000Z', '2026-05-05T12:00:00.000Z'],
    ['20260505120000.5Z', '2026-05-05T12:00:00.500Z'],
    ['20260505120000.123456Z', '2026-05-05T12:00:00.123Z'],
  ])('with the time %s is read, fractions of any length', async (time, expected) => {
    expect(await stamping((query) => granted(query, { time }))).toMatchObject({ at: Date.parse(expected) });
  });

  test.each([
    ['of another signature', { hash: '00'.repeat(32) }],
    ['for another request', { nonce: '020101' }],
  ])('%s is refused', async (_, parts) => {
    await expect(stamping((query) => granted(query, parts))).rejects.toMatchObject({
      code: 'UNTRUSTED',
      message: expect.stringMatching(/answered with a timestamp of something else$/),
    });
  });

  test.each([
    ['was not granted', '30053003020102', 'did not grant a timestamp (status 2)'],
    ['has no token', '30053003020100', 'sent a timestamp that cannot be read'],
    ['goes on', '3005300302010030053003020100', 'sent no timestamp response'],
    ['is a page', Buffer.from('<html>').toString('hex'), 'sent no timestamp response'],
  ])('that %s is refused', async (_, hex, state) => {
    await expect(answering(200, Buffer.from(hex, 'hex'), ask)).rejects.toThrow(state);
  });

  test.each([['2026-05-05'], ['20261305120000Z'], ['20260505120000']])(
    'with the time "%s" cannot be read',
    async (time) => {
      await expect(stamping((query) => granted(query, { time }))).rejects.toThrow('cannot be read');
    },
  );
});

describe('DER', () => {
  test('comes back as it was written, whatever its length', () => {
    const content = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.integer({ min: 120, max: 70_000 }).map((n) => new Uint8Array(n)),
    );
    fc.assert(
      fc.property(fc.constantFrom(4, 0x30, 0xa0), content, (tag, bytes) => {
        const [element, ...rest] = decode(encode(tag, bytes)) ?? [];
        expect(rest).toEqual([]);
        expect(element?.tag).toBe(tag);
        expect(Buffer.from(element?.content ?? []).equals(bytes)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  test('never breaks on garbage', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 30 }), (bytes) => {
        expect(() => decode(bytes)).not.toThrow();
      }),
    );
  });

  test.each([
    ['a length without end', '3080'],
    ['a length that goes on', '30850000000000'],
    ['a tag of several bytes', '1f0100'],
    ['an element that is cut off', '300501'],
    ['a length that is cut off', '3082ff'],
  ])('is not %s', (_, hex) => {
    expect(decode(Buffer.from(hex, 'hex'))).toBeUndefined();
  });
});

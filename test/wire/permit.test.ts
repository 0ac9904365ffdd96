import { describe, expect, test } from 'vitest';
import { digestOf } from '../../src/digest.ts';
import { basicCredential } from '../../src/wire/credentials.ts';
import { openRegistry } from '../../src/wire/registry.ts';
import { startAnswers } from '../fakes/answers.ts';
import { canned, connect, fakeBuckets } from '../fakes/bucket-client.ts';

const OVER = new Error('The time is over');
const DIGEST = digestOf(Buffer.from('blob'));

/** Allowed until a request arrived. */
function permit(): { readonly still: () => void; readonly end: () => void } {
  let isOver = false;
  return {
    still() {
      if (isOver) throw OVER;
    },
    end() {
      isOver = true;
    },
  };
}

describe('a delete in a bucket whose permit ends while it is answered', () => {
  const start = fakeBuckets();
  test.each([
    ['the store breaks down', canned(500, 'InternalError')],
    ['the clock is wrong', canned(403, 'RequestTimeTooSkewed', { date: 'Fri, 01 Jan 2100 00:00:00 GMT' })],
    ['another write is under way', canned(409, 'ConditionalRequestConflict')],
  ])('is not sent again where %s', async (_, verdict) => {
    const { still, end } = permit();
    let requests = 0;
    const fake = await start({
      onRequest() {
        requests += 1;
        end();
        return requests === 1 ? verdict : undefined;
      },
    });
    await expect(connect(fake).delete('content/sha256/aa.tgz', still)).rejects.toBe(OVER);
    expect(requests).toBe(1);
  });

  test('is repeated while it is allowed', async () => {
    let requests = 0;
    const fake = await start({
      onRequest() {
        requests += 1;
        return requests === 1 ? canned(500, 'InternalError') : undefined;
      },
    });
    await connect(fake).delete('content/sha256/aa.tgz', () => undefined);
    expect(requests).toBe(2);
  });

  test('is not sent at all where it ended before', async () => {
    const { still, end } = permit();
    end();
    const fake = await start();
    await expect(connect(fake).delete('content/sha256/aa.tgz', still)).rejects.toBe(OVER);
    expect(fake.requests).toHaveLength(0);
  });
});

describe('a delete in a registry whose permit ends while it is answered', () => {
  test.each([
    ['it wants to be signed in', 401],
    ['the registry breaks down', 503],
  ])('is not sent again where %s', async (_, status) => {
    const { still, end } = permit();
    const server = await startAnswers((__, response) => {
      end();
      response.writeHead(status, { 'www-authenticate': 'Basic realm="x"' }).end();
    });
    const registry = openRegistry({
      host: server.host,
      insecure: true,
      credentials: async () => basicCredential('user', 'password'),
      meter: { reads: 0, writes: 0 },
    });
    await expect(registry.deleteManifest('team/app', DIGEST, undefined, still)).rejects.toBe(OVER);
    await expect(registry.deleteBlob('team/app', DIGEST, still)).rejects.toBe(OVER);
    expect(server.requests.map(({ method }) => method)).toEqual(['DELETE']);
    await server.stop();
  });
});

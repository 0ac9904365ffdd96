import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { logToRekorV1 } from '../../../src/wire/sigstore/rekor-v1.ts';
import { logToRekorV2 } from '../../../src/wire/sigstore/rekor-v2.ts';
import { PATHS, startFakeSigstore } from '../../fakes/sigstore.ts';
import { answering, quickHttp } from './fixture.ts';

// The sample of reference bundles: a statement, its DSSE envelope as Go's clients write it, and the envelope's hash.
const payload = Buffer.from('{"_type":"https://in-toto.io/Statement/v1"}');
const signature = Buffer.from('a signature');
const certificate = '-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n';
const payloadType = 'application/vnd.in-toto+json';
const content = { kind: 'dsse', payloadType, payload, signature } as const;
const base64 = (data: string | Uint8Array): string => Buffer.from(data).toString('base64');
const hex = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

const toV1 = (url: URL, waits: number[] = []) => logToRekorV1({ http: quickHttp(waits), url, content, certificate });
const message = Buffer.from('DSSEv1 …');
const toV2 = (url: URL, waits: number[] = []) =>
  logToRekorV2({ http: quickHttp(waits), url, message, signature, certificate: Buffer.from('ABC') });

describe('an entry of a Rekor v1', () => {
  test('is proposed as Go clients spell it, and answered in the form of bundles', async () => {
    await using fake = await startFakeSigstore();
    const entry = await toV1(new URL(fake.url));
    const envelope = `{"payloadType":"${payloadType}","payload":"${base64(payload)}","signatures":[{"keyid":"","sig":"${base64(signature)}"}]}`;
    expect(JSON.parse(fake.requests[0]?.body.toString() ?? '')).toEqual({
      apiVersion: '0.0.1',
      kind: 'dsse',
      spec: { proposedContent: { envelope, verifiers: [base64(certificate)] } },
    });
    const body = JSON.parse(Buffer.from(entry.canonicalizedBody, 'base64').toString());
    expect(body.spec.envelopeHash).toEqual({ algorithm: 'sha256', value: hex(envelope) });
    expect(entry).toMatchObject({
      logIndex: expect.stringMatching(/^\d+$/),
      kindVersion: { kind: 'dsse', version: '0.0.1' },
      integratedTime: expect.stringMatching(/^\d{10}$/),
      inclusionPromise: { signedEntryTimestamp: expect.stringMatching(/^[A-Za-z0-9+/]+=*$/) },
      inclusionProof: {
        logIndex: '0',
        treeSize: '1',
        hashes: [],
        checkpoint: { envelope: expect.stringContaining('\n\n—') },
      },
    });
    expect(Buffer.from(entry.inclusionProof.rootHash, 'base64')).toHaveLength(32);
  });

  test('is proposed as hashedrekord for plain bytes', async () => {
    await using fake = await startFakeSigstore();
    const plain = { kind: 'message', message: payload, signature } as const;
    await logToRekorV1({ http: quickHttp(), url: new URL(fake.url), content: plain, certificate });
    expect(fake.requests[0]?.body.toString()).toBe(
      `{"apiVersion":"0.0.1","kind":"hashedrekord","spec":{"data":{"hash":{"algorithm":"sha256","value":"${hex(payload)}"}},"signature":{"content":"${base64(signature)}","publicKey":{"content":"${base64(certificate)}"}}}}`,
    );
  });

  test('is fetched where the log says that it is there already', async () => {
    await using fake = await startFakeSigstore();
    const first = await toV1(new URL(fake.url));
    expect(await toV1(new URL(fake.url))).toEqual(first);
    const [, , fetched] = fake.requests;
    expect(fetched).toMatchObject({
      method: 'GET',
      path: expect.stringMatching(/^\/api\/v1\/log\/entries\/[0-9a-f]{64}$/),
    });
  });

  test.each([
    ['no address', {}],
    ['an address that is none', { location: '/elsewhere' }],
  ])('is not fetched when the log says so with %s', async (_, headers) => {
    await answering(
      409,
      '{}',
      async (url) => {
        await expect(toV1(url)).rejects.toThrow('has this entry already, but does not say where');
      },
      headers,
    );
  });

  test('about something else is refused', async () => {
    await using fake = await startFakeSigstore();
    await logToRekorV1({
      http: quickHttp(),
      url: new URL(fake.url),
      content: { ...content, signature: Buffer.from('another') },
      certificate,
    });
    const theirs = await fetch(fake.url + PATHS.rekor1, { method: 'POST', body: fake.requests[0]?.body ?? '' });
    const elsewhere = await fetch(new URL(theirs.headers.get('location') ?? '', fake.url));
    await answering(201, await elsewhere.text(), async (url) => {
      await expect(toV1(url)).rejects.toMatchObject({
        code: 'UNTRUSTED',
        message: expect.stringMatching(
          /^Cannot log the signature: "127.* answered with an entry about something else$/,
        ),
      });
    });
  });

  test.each(['', '{}', '[]', '{"a":{"body":"e30="}}', '<html>'])('is not %j', async (body) => {
    await answering(201, body, async (url) => {
      await expect(toV1(url)).rejects.toMatchObject({
        code: 'STORE',
        message: expect.stringContaining('no complete log entry'),
      });
    });
  });
});

describe('an entry of a Rekor v2', () => {
  test('is asked for by hash, signature and certificate, and answered without what only v1 has', async () => {
    await using fake = await startFakeSigstore();
    const logged = await toV2(new URL(fake.url));
    const digest = base64(createHash('sha256').update(message).digest());
    expect(fake.requests[0]?.body.toString()).toBe(
      `{"hashedRekordRequestV002":{"digest":"${digest}","signature":{"content":"${base64(signature)}","verifier":{"x509Certificate":{"rawBytes":"QUJD"},"keyDetails":"PKIX_ECDSA_P256_SHA_256"}}}}`,
    );
    const entry = 'entry' in logged ? logged.entry : undefined;
    expect(Object.keys(entry ?? {})).toEqual([
      'logIndex',
      'logId',
      'kindVersion',
      'inclusionProof',
      'canonicalizedBody',
    ]);
    expect(Buffer.from(entry?.canonicalizedBody ?? '', 'base64').toString()).toBe(
      `{"apiVersion":"0.0.2","kind":"hashedrekord","spec":{"hashedRekordV002":{"data":{"algorithm":"SHA2_256","digest":"${digest}"},"signature":{"content":"${base64(signature)}","verifier":{"keyDetails":"PKIX_ECDSA_P256_SHA_256","x509Certificate":{"rawBytes":"QUJD"}}}}}}`,
    );
  });

  test('is read also where zeros and empty lists are left out, as proto3 may', async () => {
    await using fake = await startFakeSigstore();
    await toV2(new URL(fake.url));
    const again = await startFakeSigstore();
    const answer = await fetch(again.url + PATHS.rekor2, { method: 'POST', body: fake.requests[0]?.body ?? '' });
    const { logIndex, integratedTime, inclusionPromise, ...entry } = (await answer.json()) as Record<string, object>;
    const { logIndex: _, hashes, ...inclusionProof } = entry.inclusionProof as Record<string, unknown>;
    await again[Symbol.asyncDispose]();
    expect([logIndex, integratedTime, inclusionPromise, hashes]).toEqual(['0', '0', null, []]);
    await answering(201, JSON.stringify({ ...entry, inclusionProof }), async (url) => {
      expect(await toV2(url)).toMatchObject({
        entry: { logIndex: '0', inclusionProof: { logIndex: '0', hashes: [] } },
      });
    });
  });

  test('is known when the log has this very signature', async () => {
    await using fake = await startFakeSigstore();
    await toV2(new URL(fake.url));
    expect(await toV2(new URL(fake.url))).toEqual({ known: true });
  });

  test('about something else is refused', async () => {
    await using fake = await startFakeSigstore();
    await toV2(new URL(fake.url));
    const other = JSON.parse(fake.requests[0]?.body.toString() ?? '');
    other.hashedRekordRequestV002.digest = base64('something else');
    const answer = await fetch(fake.url + PATHS.rekor2, { method: 'POST', body: JSON.stringify(other) });
    await answering(201, await answer.text(), async (url) => {
      await expect(toV2(url)).rejects.toMatchObject({ code: 'UNTRUSTED' });
    });
  });
});

describe.each([
  ['v1', toV1],
  ['v2', toV2],
] as const)('a Rekor %s', (_, log) => {
  test.each([
    [400, 'STORE', 'answered 400 (no such kind)'],
    [401, 'AUTH', 'answered 401 (no such kind)'],
    [403, 'DENIED', 'answered 403 (no such kind)'],
    [405, 'STORE', 'answered 405 (no such kind)'],
    [422, 'STORE', 'answered 422 (no such kind)'],
  ])('that answers %i is quoted, and not asked again', async (status, code, state) => {
    await answering(status, '{"code":3,"message":"no\\u0000 such kind"}', async (url, { requests }) => {
      await expect(log(url)).rejects.toMatchObject({
        code,
        message: `Cannot log the signature: "${url.host}" ${state}`,
      });
      expect(requests).toHaveLength(1);
    });
  });

  test('that was frozen is named as retired', async () => {
    await answering(405, '{"message":"This log has been frozen, please switch to the latest log."}', async (url) => {
      await expect(log(url)).rejects.toMatchObject({ hint: expect.stringContaining('take a newer signing config') });
    });
  });

  test('that is busy or broken is asked five times, then named', async () => {
    for (const [status, code] of [
      [429, 'RATE_LIMITED'],
      [503, 'STORE'],
    ] as const) {
      const waits: number[] = [];
      await answering(status, '', async (url, { requests }) => {
        const hint = expect.stringContaining('transparency log');
        await expect(log(url, waits)).rejects.toMatchObject({
          code,
          message: expect.stringContaining(`answered ${status}`),
          hint,
        });
        expect(requests).toHaveLength(5);
      });
      expect(waits).toEqual([0.25, 0.5, 1, 2]);
    }
  });
});

import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { FAKE_CREDENTIALS, type Verdict } from '../fakes/bucket.ts';
import { always, canned, connect, failureOf, fakeBuckets } from '../fakes/bucket-client.ts';

const YAML = { contentType: 'application/yaml' };
const ONCE = { ...YAML, create: true };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const start = fakeBuckets();

describe('faults that stay', () => {
  interface Case {
    readonly title: string;
    readonly fault: Verdict;
    readonly code: string;
    readonly hint: string;
    readonly state: string;
  }
  const cases: readonly Case[] = [
    {
      title: '403',
      fault: canned(403, 'AccessDenied'),
      code: 'DENIED',
      hint: 'allow s3:',
      state: '403 AccessDenied',
    },
    {
      title: 'an expired session',
      fault: canned(400, 'ExpiredToken'),
      code: 'AUTH',
      hint: 'new credentials',
      state: 'ExpiredToken',
    },
    { title: 'a skewed clock', fault: canned(403, 'RequestTimeTooSkewed'), code: 'AUTH', hint: 'clock', state: '403' },
    {
      title: 'a wrong region',
      fault: canned(301, 'PermanentRedirect', { 'x-amz-bucket-region': 'eu-west-3' }),
      code: 'STORE',
      hint: 'region=eu-west-3',
      state: '301 PermanentRedirect',
    },
    { title: '500', fault: canned(500, 'InternalError'), code: 'STORE', hint: 'try again', state: '500 InternalError' },
    { title: 'SlowDown', fault: canned(503, 'SlowDown'), code: 'RATE_LIMITED', hint: 'later', state: '503 SlowDown' },
    { title: '429', fault: { status: 429 }, code: 'RATE_LIMITED', hint: 'later', state: '429' },
    { title: 'a reset', fault: 'reset', code: 'NETWORK', hint: 'reach', state: 'ECONNRESET' },
    {
      title: 'a web page',
      fault: { status: 200, body: '<html><body>Welcome</body></html>' },
      code: 'STORE',
      hint: 'S3 store',
      state: 'not one of S3',
    },
  ];

  for (const { title, fault, code, hint, state } of cases) {
    test(`${title} is one clear ${code} for every method`, async () => {
      const objects = connect(await start(always(fault)), { attempts: 2 });
      const attempts = {
        'read "gitops/a" from bucket "fleet"': () => objects.get('a'),
        'write "gitops/a" to bucket "fleet"': () => objects.put('a', bytes('x'), ONCE),
        'list "gitops/channels/" in bucket "fleet"': () => objects.list('channels/'),
      };
      for (const [doing, attempt] of Object.entries(attempts)) {
        const error = await failureOf(attempt());
        expect(error).toMatchObject({ code, hint: expect.stringContaining(hint) });
        expect(error.message).toMatch(new RegExp(`^Cannot ${doing}: .*${state}`));
        expect(error.message).not.toMatch(/\.$|\n/);
        expect(inspect(error, { depth: null })).not.toContain(FAKE_CREDENTIALS.secretKey);
        if (title !== 'a web page') expect(error.cause).toBeInstanceOf(Error);
      }
    });
  }

  test.each([
    ['with the right one', { 'x-amz-bucket-region': 'eu-south-1' }, '"region=eu-south-1"'],
    ['without it', {}, 'the bucket\'s region as "region=…"'],
  ])(
    'a location constraint of another region %s is a wrong region',
    async (_, headers: Record<string, string>, where) => {
      const fake = await start(always(canned(400, 'IllegalLocationConstraintException', headers)));
      expect(await failureOf(connect(fake).list(''))).toMatchObject({
        code: 'STORE',
        hint: `the bucket is in another region: add ${where} to the store URL`,
      });
    },
  );

  const page = { 'content-type': 'text/html; charset=utf-8' };
  const portal = { location: 'https://portal.example.com/login?from=secret' };
  test.each<[string, Verdict, string]>([
    ['a page of a firewall', { status: 403, headers: page, body: '<html><h1>Blocked<br></h1></html>' }, '403'],
    ['a page that is XML too', { status: 404, headers: page, body: '<html><h1>Gone</h1></html>' }, '404'],
    ['words', { status: 403, headers: { 'content-type': 'text/plain' }, body: 'blocked' }, '403'],
    ['the way to a portal', { status: 307, headers: { ...page, ...portal }, body: '' }, '307 to "portal.example.com"'],
    ['a redirect to nowhere', { status: 302 }, '302'],
  ])('%s in place of an answer is told as such, and is no other region', async (_, fault, answer) => {
    const error = await failureOf(connect(await start(always(fault))).list(''));
    expect(error).toMatchObject({
      code: 'STORE',
      message: `Cannot list "gitops/" in bucket "fleet": the answer (${answer}) is not one of S3`,
      hint: 'check the endpoint, and what may answer in its place: a proxy, a firewall, a sign-in page',
    });
  });

  test('a page of a balancer that has no store behind it is a failed store', async () => {
    const fake = await start(always({ status: 502, headers: page, body: '<html><hr>Bad Gateway</html>' }));
    expect(await failureOf(connect(fake, { attempts: 1 }).list(''))).toMatchObject({
      code: 'STORE',
      hint: 'the store failed: try again',
    });
  });

  test('a region named in the body of the error is passed on', async () => {
    const body =
      '<Error><Code>AuthorizationHeaderMalformed</Code><Message>m</Message><Region>eu-west-3</Region></Error>';
    const fake = await start(always({ status: 400, headers: { 'content-type': 'application/xml' }, body }));
    expect(await failureOf(connect(fake).get('a'))).toMatchObject({
      hint: expect.stringContaining('region=eu-west-3'),
    });
  });

  test('a missing bucket is NOT_FOUND and not a missing key', async () => {
    const objects = connect(await start(), { bucket: 'absent' });
    const attempts = [() => objects.get('a'), () => objects.put('a', bytes('x'), YAML), () => objects.list('')];
    for (const attempt of attempts) {
      expect(await failureOf(attempt())).toMatchObject({
        code: 'NOT_FOUND',
        message: expect.stringContaining('NoSuchBucket'),
      });
    }
  });

  test('a store without create-only writes is told so, and nothing is written', async () => {
    const fake = await start({ conditions: 'unsupported' });
    const error = await failureOf(connect(fake).put('a', bytes('x'), ONCE));
    expect(error).toMatchObject({ code: 'STORE', hint: expect.stringContaining('--primary') });
    expect(fake.objects.size).toBe(0);
    expect((await connect(fake).put('a', bytes('x'), YAML)).outcome).toBe('created');
  });

  test('a store that ignores conditions overwrites, which is why stores are probed', async () => {
    const objects = connect(await start({ conditions: 'ignored' }));
    await objects.put('a', bytes('x'), ONCE);
    expect((await objects.put('a', bytes('y'), ONCE)).outcome).toBe('created');
  });

  test('a conflict that never ends is STORE after the last attempt', async () => {
    const fake = await start(always(canned(409, 'ConditionalRequestConflict')));
    expect(await failureOf(connect(fake, { attempts: 3 }).put('a', bytes('x'), ONCE))).toMatchObject({ code: 'STORE' });
    expect(fake.requests).toHaveLength(3);
  });

  test('an unknown host is NETWORK', async () => {
    const fake = await start();
    const objects = connect(fake, { endpoint: 'http://no-such-host.invalid:9000', attempts: 2 });
    const error = await failureOf(objects.get('a'));
    expect(error.code).toBe('NETWORK');
    expect(error.message).toMatch(/ENOTFOUND|EAI_AGAIN/);
  });

  test('a closed port is NETWORK', async () => {
    const fake = await start();
    await fake.stop();
    expect(await failureOf(connect(fake, { attempts: 2 }).list(''))).toMatchObject({
      code: 'NETWORK',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  test('a store that never answers is NETWORK after the idle time', async () => {
    const objects = connect(await start({ onRequest: () => new Promise(() => {}) }), { attempts: 1, idleTimeout: 50 });
    for (const attempt of [() => objects.get('a'), () => objects.put('a', bytes('x'), YAML)]) {
      expect(await failureOf(attempt())).toMatchObject({
        code: 'NETWORK',
        message: expect.stringContaining('timed out'),
      });
    }
  });

  test('an abort ends a request and its retries as INTERRUPTED', async () => {
    const abort = new AbortController();
    const fake = await start({
      onRequest: () => {
        abort.abort();
        return canned(409, 'ConditionalRequestConflict');
      },
    });
    const objects = connect(fake, { signal: abort.signal });
    expect(await failureOf(objects.put('a', bytes('x'), ONCE))).toMatchObject({ code: 'INTERRUPTED' });
    expect(await failureOf(objects.get('a'))).toMatchObject({ code: 'INTERRUPTED' });
    expect(fake.requests.length).toBeLessThan(2);
  });
});

describe('secrets', () => {
  const CANARY = 'canary+SECRET/0123456789';

  test('a wrong secret or access key is AUTH, and no part of an error shows a credential', async () => {
    const fake = await start();
    const { AWS_ACCESS_KEY_ID } = fake.env;
    const AWS_SESSION_TOKEN = 'canary/TOKEN==';
    const wrongs = [
      { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY: CANARY, AWS_SESSION_TOKEN },
      { AWS_ACCESS_KEY_ID: 'AKIAWRONG', AWS_SECRET_ACCESS_KEY: CANARY, AWS_SESSION_TOKEN },
    ];
    for (const env of wrongs) {
      const error = await failureOf(connect(fake, { env }).put('a', bytes('x'), YAML));
      expect(error.code).toBe('AUTH');
      // S3 echoes the canonical request with the token (see the fake), and `inspect` shows what --verbose would.
      const shown = inspect(error, { depth: null, showHidden: true });
      expect(shown).not.toMatch(/canary/i);
      expect(shown).not.toMatch(/Signature=|X-Amz-Security-Token/i);
    }
  });

  test('a message of the store that quotes credentials is redacted', async () => {
    const quoted = `not ${CANARY} nor ${encodeURIComponent(CANARY)} at /x?X-Amz-Signature=abc123&X-Amz-Credential=AK/1`;
    const body = `<Error><Code>AccessDenied</Code><Message>${quoted.replaceAll('&', '&amp;')}</Message></Error>`;
    const fake = await start(always({ status: 403, headers: { 'content-type': 'application/xml' }, body }));
    const env = { ...fake.env, AWS_SECRET_ACCESS_KEY: CANARY };
    const error = await failureOf(connect(fake, { env }).get('a'));
    expect(error.message).toContain('AccessDenied: not *** nor *** at /x?X-Amz-Signature=***&X-Amz-Credential=***');
    expect(inspect(error, { depth: null })).not.toMatch(/canary|abc123/);
  });
});

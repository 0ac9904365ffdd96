import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SlipwayError } from '../../../src/errors.ts';
import { chooseServices, type Services } from '../../../src/seal/keyless/services.ts';
import { readSigningConfig, SIGNING_CONFIG_TYPE } from '../../../src/seal/keyless/signing-config.ts';
import { readTrustRoot } from '../../../src/seal/trust/root.ts';
import { startFakeSigstore } from '../../fakes/sigstore.ts';

const service = (name: string, majorApiVersion = 1, more: object = {}): object => ({
  url: `https://${name}.example`,
  majorApiVersion,
  validFor: { start: '2025-01-01T00:00:00Z' },
  operator: 'sigstore.example',
  ...more,
});
const base = {
  mediaType: SIGNING_CONFIG_TYPE,
  caUrls: [service('ca')],
  oidcUrls: [service('oidc')],
  rekorTlogUrls: [service('log')],
  rekorTlogConfig: { selector: 'ANY' },
  tsaUrls: [service('tsa', 1, { url: 'https://tsa.example/api/v1/timestamp' })],
  tsaConfig: { selector: 'ANY' },
};
const read = (more: object = {}) => readSigningConfig(Buffer.from(JSON.stringify({ ...base, ...more })));
const now = Date.parse('2026-06-01T00:00:00Z');
const choose = (more: object = {}, options: object = {}): Services =>
  chooseServices({ config: read(more), now, ...options });
const hosts = ({ logs }: Services): readonly string[] =>
  logs.map(({ url, version }) => `${url.hostname.replace('.example', '')} v${version}`);
const from = (start: string, end?: string): object => ({ validFor: { start, ...(end === undefined ? {} : { end }) } });

describe('the services of a signing config', () => {
  test('are those of the public instance', () => {
    expect(choose()).toEqual({
      authority: new URL('https://ca.example'),
      logs: [{ url: new URL('https://log.example'), version: 1 }],
      timestamps: [new URL('https://tsa.example/api/v1/timestamp')],
    });
  });

  test.each<[string, readonly object[], readonly string[]]>([
    ['the highest version', [service('one', 1), service('two', 2), service('three', 3)], ['two v2']],
    ['the newest', [service('old'), service('new', 1, from('2026-02-01T00:00:00Z'))], ['new v1']],
    ['not the one to come', [service('soon', 1, from('2026-07-01T00:00:00Z')), service('now')], ['now v1']],
    [
      'not the one that was',
      [service('gone', 2, from('2025-01-01T00:00:00Z', '2026-05-31T23:59:59Z')), service('now')],
      ['now v1'],
    ],
    [
      'the one that ends right now',
      [service('last', 2, from('2025-01-01T00:00:00Z', '2026-06-01T00:00:00Z'))],
      ['last v2'],
    ],
    ['the first of equals', [service('first'), service('second')], ['first v1']],
    ['one without any dates', [service('ever', 1, { validFor: {} })], ['ever v1']],
  ])('are chosen: %s', (_, rekorTlogUrls, expected) => {
    expect(hosts(choose({ rekorTlogUrls }))).toEqual(expected);
  });

  const several = [
    service('a-old', 2),
    service('a-new', 2, from('2026-01-01T00:00:00Z')),
    service('b', 2, { operator: 'b.example' }),
    service('c', 1, { operator: 'c.example' }),
  ];
  test.each<[string, object, readonly string[]]>([
    ['any one', { selector: 'ANY' }, ['a-new v2']],
    ['all, one of each operator', { selector: 'ALL' }, ['a-new v2', 'b v2']],
    ['exactly one', { selector: 'EXACT', count: 1 }, ['a-new v2']],
    ['exactly two', { selector: 'EXACT', count: 2 }, ['a-new v2', 'b v2']],
  ])('are as many as the selector says: %s', (_, rekorTlogConfig, expected) => {
    expect(hosts(choose({ rekorTlogUrls: several, rekorTlogConfig }))).toEqual(expected);
  });

  test('are logs of the first version where legacy signatures need them', () => {
    const rekorTlogUrls = [service('two', 2), service('one', 1)];
    expect(hosts(choose({ rekorTlogUrls }, { logVersions: [1] }))).toEqual(['one v1']);
  });

  test('are none but a timestamp authority for an instance without log', () => {
    expect(choose({ rekorTlogUrls: [] })).toMatchObject({ logs: [], timestamps: [expect.any(URL)] });
  });

  test('are logs that the trusted root believes', async () => {
    await using fake = await startFakeSigstore();
    const trust = readTrustRoot(Buffer.from(JSON.stringify(fake.trustedRoot)));
    const known = service('known', 2, { url: fake.url });
    const unknown = service('unknown', 2, from('2026-01-01T00:00:00Z'));
    expect(choose({ rekorTlogUrls: [unknown, known] }, { trust })).toMatchObject({
      logs: [{ url: new URL(fake.url) }],
    });
    // A log of version 1 may be reached by another name than that in the root.
    expect(hosts(choose({ rekorTlogUrls: [unknown, service('one')] }, { trust }))).toEqual(['one v1']);
    expect(() => choose({ rekorTlogUrls: [unknown] }, { trust })).toThrow(
      'that works now and that the trusted root believes',
    );
  });

  test.each([
    ['no authority', { caUrls: [] }, 'names no certificate authority that works now'],
    ['an authority of another version', { caUrls: [service('ca', 2)] }, 'names no certificate authority'],
    [
      'no log of ours',
      { rekorTlogUrls: [service('log', 3)] },
      'names no transparency log (Rekor v2 or v1) that works now',
    ],
    ['nobody who tells the time', { rekorTlogUrls: [service('log', 2)], tsaUrls: [] }, 'names no timestamp authority'],
    ['neither log nor timestamps', { rekorTlogUrls: [], tsaUrls: [] }, 'names no timestamp authority'],
    [
      'too few',
      { rekorTlogConfig: { selector: 'EXACT', count: 2 } },
      'asks for exactly 2 services of a kind of which 1 work now',
    ],
    ['exactly none', { rekorTlogConfig: { selector: 'EXACT' } }, 'asks for exactly 0 services'],
  ])('are refused: %s', (_, more, state) => {
    const run = (): unknown => choose(more);
    expect(run).toThrow(`Cannot choose signing services: the signing config ${state}`);
    expect(run).toThrow(
      expect.objectContaining({ code: 'CONFIG', hint: expect.stringContaining('newest signing config') }),
    );
  });
});

describe('a signing config', () => {
  test.each([
    [
      'another version',
      { mediaType: 'application/vnd.dev.sigstore.signingconfig.v0.1+json' },
      `"mediaType": expected "${SIGNING_CONFIG_TYPE}"`,
    ],
    ['a misspelt list', { tsaURLs: [] }, 'unknown field "tsaURLs"'],
    [
      'a URL that is none',
      { caUrls: [service('ca', 1, { url: 'ca.example' })] },
      '"caUrls[0].url": expected a URL with http or https',
    ],
    [
      'a file as URL',
      { caUrls: [service('ca', 1, { url: 'file:///etc/passwd' })] },
      '"caUrls[0].url": expected a URL with http or https',
    ],
    [
      'a selector that is none',
      { tsaConfig: { selector: 'SOME' } },
      '"tsaConfig.selector": expected "ANY", "ALL" or "EXACT"',
    ],
    [
      'a time that is none',
      { caUrls: [service('ca', 1, from('yesterday'))] },
      '"caUrls[0].validFor.start": expected a time',
    ],
  ])('is refused for %s', (_, more, state) => {
    expect(() => read(more)).toThrow(`Cannot use the signing config: ${state}`);
  });

  test('is never anything but read or refused with our own error', () => {
    const bytes = fc.oneof(
      fc.uint8Array(),
      fc.json().map((json) => Buffer.from(json)),
    );
    fc.assert(
      fc.property(bytes, (value) => {
        try {
          readSigningConfig(value);
        } catch (error) {
          expect(error).toBeInstanceOf(SlipwayError);
        }
      }),
    );
  });
});

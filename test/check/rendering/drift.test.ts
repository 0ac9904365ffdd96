import { describe, expect, test } from 'vitest';
import { firstDifference } from '../../../src/build/drift.ts';
import type { Finding } from '../../../src/model.ts';
import { artifact, findingsOf } from '../artifact.ts';

/** What is found in manifests that come out as `second` the second time. */
async function driftOf(first: string, second: string): Promise<readonly Finding[]> {
  const drift = firstDifference(first, second);
  return findingsOf('render', [{ ...artifact({ 'manifests.yaml': first }), ...(drift && { drift }) }]);
}

const HEAD = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: other}\n---\n';
const secret = (line: string): string =>
  `${HEAD}apiVersion: v1\nkind: Secret\nmetadata:\n  name: web\n  namespace: payments\ndata:\n  ${line}\n`;
const config = (line: string): string =>
  `${HEAD}apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\ndata:\n  ${line}\n`;

const ANEW =
  'pass a fixed value, or name a Secret that exists in the cluster: randAlphaNum, uuidv4 and htpasswd give another one each time, and lookup finds nothing without a cluster';
const CERTIFICATE =
  'pass a fixed value, or name a Secret that exists in the cluster: genCA, genSignedCert and genSelfSignedCert make new ones, and lookup finds nothing without a cluster';

describe('what differs when it is rendered again', () => {
  test.each<[string, string, string, string, string]>([
    [
      'a password',
      secret('password: c2VjcmV0LTE='),
      secret('password: c2VjcmV0LTI='),
      'line 11 of the manifests (data.password of Secret payments/web) holds a value that is made anew each time',
      ANEW,
    ],
    [
      'a certificate, by its name',
      secret('tls.crt: Zmlyc3Q='),
      secret('tls.crt: c2Vjb25k'),
      'line 11 of the manifests (data["tls.crt"] of Secret payments/web) holds a certificate or key that is made anew each time',
      CERTIFICATE,
    ],
    [
      'a certificate, by what it looks like',
      config('bundle: LS0tLS1CRUdJTiBBMQ=='),
      config('bundle: LS0tLS1CRUdJTiBBMg=='),
      'line 10 of the manifests (data.bundle of ConfigMap web) holds a certificate or key that is made anew each time',
      CERTIFICATE,
    ],
    [
      'a time',
      config('at: "2026-03-02T09:15:07Z"'),
      config('at: "2026-03-02T09:15:08Z"'),
      'line 10 of the manifests (data.at of ConfigMap web) holds the time of the rendering',
      'take `now` or `date` out of it, or pass a fixed value',
    ],
    [
      'a checksum',
      config(`checksum/config: ${'1a'.repeat(32)}`),
      config(`checksum/config: ${'2b'.repeat(32)}`),
      'line 10 of the manifests (data["checksum/config"] of ConfigMap web) holds a checksum of something that changes each time',
      'find what the checksum is made of, and make that the same each time; the checksum follows',
    ],
    [
      'the order of keys',
      config('one: a\n  two: b'),
      config('two: b\n  one: a'),
      'line 10 of the manifests (data.one of ConfigMap web) holds something else the second time',
      'sort what the template ranges over (keys … | sortAlpha), and take out what depends on chance or the clock',
    ],
    [
      'the second line of a text',
      config('text: |\n    same\n    first'),
      config('text: |\n    same\n    second'),
      'line 12 of the manifests (data.text of ConfigMap web) holds a value that is made anew each time',
      ANEW,
    ],
    [
      'an item of a list of objects',
      `apiVersion: v1\nkind: List\nitems:\n- ${config('a: one').slice(HEAD.length).trimEnd().replaceAll('\n', '\n  ')}\n`,
      `apiVersion: v1\nkind: List\nitems:\n- ${config('a: two').slice(HEAD.length).trimEnd().replaceAll('\n', '\n  ')}\n`,
      'line 9 of the manifests (data.a of ConfigMap web) holds a value that is made anew each time',
      ANEW,
    ],
  ])('%s', async (_, first, second, said, hint) => {
    const findings = await driftOf(first, second);
    expect(findings).toMatchObject([
      {
        rule: 'render/not-reproducible',
        severity: 'error',
        message: `Rendering twice gives two results: ${said}`,
        hint,
        file: 'deploy/manifests.yaml',
        object: expect.stringMatching(/ (?:payments\/)?web$/),
      },
    ]);
  });

  test('is shown at the field, and never with a value', async () => {
    const [finding] = await driftOf(secret('password: canary-one'), secret('password: canary-two'));
    expect(finding).toMatchObject({ line: 11, column: 3, object: 'Secret payments/web', path: 'data.password' });
    expect(JSON.stringify(finding)).not.toMatch(/canary/);
  });

  test('is a line between objects, and one behind the last', async () => {
    const said = async (first: string, second: string) => (await driftOf(first, second)).map(({ message }) => message);
    const looks = 'holds something else the second time';
    expect(await said(`# one: 1\n${HEAD}`, `# two: 2\n${HEAD}`)).toEqual([
      `Rendering twice gives two results: line 1 of the manifests (ConfigMap other) holds a value that is made anew each time`,
    ]);
    expect(await said(HEAD, `${HEAD}${HEAD}`)).toEqual([
      `Rendering twice gives two results: line 5 of the manifests ${looks}`,
    ]);
  });

  test('is nothing, when both results are the same', async () => {
    expect(await driftOf(HEAD, HEAD)).toEqual([]);
  });
});

import { expect, test } from 'vitest';
import { painter } from '../../src/report/paint.ts';
import { receiptJson, receiptText } from '../../src/report/receipt.ts';
import { artifact, finding, receipt } from './sample.ts';

test('the text tells outcome, names, every store, the changed artifact, its reference and the cost', () => {
  expect(receiptText(receipt({ version: '1.4.0' }))).toBe(
    [
      'published: the channel shows this release',
      '  channel prod, generation 7',
      '  version 1.4.0',
      '  main@sha1:0123456789012345678901234567890123456789',
      '',
      'STORE  STATE    GENERATION  LOCK',
      'eu     current  7           none  oci://eu/{artifact}',
      'us     failed   6           cas   s3://us/gitops',
      'us: error[NETWORK]: Cannot reach "us"',
      'hint: check the network',
      '',
      'ARTIFACT           CONTENT              SIZE',
      'web       changed  sha256:aaaaaaaaaaaa  2.3 kB  12 objects',
      '',
      'ARTIFACT  REFERENCE',
      'web       oci://eu/web:prod',
      '',
      '1.3 s; eu 3 reads, 1 write; us 1 read, 0 writes',
      '',
    ].join('\n'),
  );
});

test('five hundred artifacts become twenty lines and two counts', () => {
  const artifacts = Array.from({ length: 500 }, (_, index) => artifact(`c${index}`, { changed: index < 30 }));
  const text = receiptText(receipt({ artifacts }));
  expect(text).toContain('… and 10 more changed\n470 unchanged\n');
  expect(text.split('\n').length).toBeLessThan(40);
  expect(text).not.toContain('REFERENCE');
});

test('orphans are told although nothing changed', () => {
  const artifacts = [
    artifact('old', { changed: false, orphan: true }),
    ...Array.from({ length: 40 }, (_, i) => artifact(`c${i}`, { changed: false })),
  ];
  expect(receiptText(receipt({ artifacts }))).toMatch(/old +orphan[\s\S]*40 unchanged/);
});

test('a store whose name is its URL is not told twice', () => {
  const text = receiptText(
    receipt({ stores: { 'oci://r/app': { state: 'current', lock: 'none', url: 'oci://r/app', generation: 1 } } }),
  );
  expect(text.split('oci://r/app')).toHaveLength(2);
});

test('findings are told as slipway check tells them', () => {
  const text = receiptText(
    receipt({ findings: [finding({ severity: 'warn' })], artifacts: [artifact('web'), artifact('api')] }),
  );
  expect(text).toContain(
    [
      '',
      'deploy/web.yaml',
      '  12:7 warn Deployment payments/web: Unknown field "replica" [schema/unknown-field]',
      '    at spec.replica',
      '    hint: did you mean "replicas"',
      '',
      '0 errors, 1 warning in 1 of 2 artifacts',
      'slipway explain RULE says why a rule is there, and how to keep it or to switch it off',
      '',
      '1.3 s; eu 3 reads',
    ].join('\n'),
  );
});

test('colours change nothing but the colours', () => {
  const escapes = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g');
  const painted = receiptText(receipt(), painter(true));
  expect(painted).toMatch(escapes);
  expect(painted.replace(escapes, '')).toBe(receiptText(receipt()));
});

test('the JSON is the receipt itself', () => {
  expect(JSON.parse(receiptJson(receipt()))).toEqual(receipt());
  expect(receiptJson(receipt())).toMatch(/^\{\n {2}"schema": 1,[\s\S]*\}\n$/);
});

test.each([
  ['NETWORK', 'failed: see the stores below; run the same command again to complete'],
  ['UNTRUSTED', 'failed: nothing more was named, the error says why'],
  ['NOT_FOUND', 'failed: nothing more was named, the error says why'],
])('a failure by %s says whether another run helps', (code, heading) => {
  const text = receiptText(receipt({ outcome: 'failed', error: { code, message: 'It failed' } }));
  expect(text.split('\n')[0]).toBe(heading);
});

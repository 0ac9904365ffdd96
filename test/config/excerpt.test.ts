import { expect, test } from 'vitest';
import { excerptOf, placeOf } from '../../src/config/excerpt.ts';

const source = (text: string) => ({ file: 'slipway.yaml', text });

test('a place is counted from one, in characters', () => {
  const text = 'a: 1\n😀b: 2\n';
  expect(placeOf(source(text), 0)).toBe('slipway.yaml:1:1');
  expect(placeOf(source(text), text.indexOf('b'))).toBe('slipway.yaml:2:2');
});

test('the caret stands under the character', () => {
  const text = 'a: 1\r\nstores: nope\r\n';
  expect(excerptOf(source(text), text.indexOf('nope'))).toBe('  stores: nope\n          ^');
  expect(excerptOf(source('\n\n'), 1)).toBe('');
});

test('a long line is cut around the caret', () => {
  const text = `${'x'.repeat(300)}HERE${'y'.repeat(300)}`;
  const [line = '', caret = ''] = excerptOf(source(text), 300).split('\n');
  expect(line.length).toBeLessThan(120);
  expect(line.slice(caret.indexOf('^'))).toMatch(/^HERE/);
});

test('passwords and unknown parameters of URLs are not shown, what is known is', () => {
  const shown = (line: string) => excerptOf(source(line), 0);
  expect(shown('eu: oci://bob:hunter2@ghcr.io/app')).not.toContain('hunter2');
  expect(shown('eu: oci://bob:hun/hunter2@ghcr.io/app')).not.toContain('hunter2');
  expect(shown('eu: "oci://bob:hun hunter2@ghcr.io/app"')).not.toContain('hunter2');
  expect(shown('us: s3://fleet?secret=hunter2&region=eu')).not.toContain('hunter2');
  expect(shown('us: s3://fleet?endpoint=https%3A%2F%2Fbob%3Ahunter2%40x')).not.toContain('hunter2');
  expect(shown('us: s3://fleet?region=eu-west-1')).toContain('region=eu-west-1');
});

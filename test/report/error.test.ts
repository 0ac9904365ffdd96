import { expect, test } from 'vitest';
import { SlipwayError } from '../../src/errors.ts';
import { errorJson, errorText } from '../../src/report/error.ts';
import { finding } from './sample.ts';

const cause = new Error('socket hang up');
const error = new SlipwayError('NETWORK', 'Cannot reach store "eu": the connection was reset', {
  hint: 'run the same command again',
  cause,
});

test('an error is its code, its message and what to do', () => {
  expect(errorText(error)).toBe(
    'error[NETWORK]: Cannot reach store "eu": the connection was reset\nhint: run the same command again\n',
  );
  expect(errorText({ code: 'STORE', message: 'No' })).toBe('error[STORE]: No\n');
});

test('stacks and causes come only with verbose', () => {
  expect(errorText(error)).not.toContain('socket hang up');
  const verbose = errorText(error, { verbose: true });
  expect(verbose).toMatch(/\n {4}at /);
  expect(verbose).toContain('caused by: Error: socket hang up');
});

test('a loop of causes ends', () => {
  const loop = new Error('loop');
  loop.cause = loop;
  expect(
    errorText(new SlipwayError('INTERNAL', 'x', { cause: loop }), { verbose: true }).split('caused by').length,
  ).toBeLessThan(12);
});

test('for programs an error is one JSON document', () => {
  expect(JSON.parse(errorJson(error))).toEqual({
    schema: 1,
    error: { code: 'NETWORK', message: error.message, hint: error.hint },
  });
  expect(JSON.parse(errorJson({ code: 'STORE', message: 'No' }))).toEqual({
    schema: 1,
    error: { code: 'STORE', message: 'No' },
  });
});

test('the findings that are an error stand beside it', () => {
  const findings = [finding()];
  const refused = new SlipwayError('FINDINGS', 'The checks found 1 error', { findings });
  expect(JSON.parse(errorJson(refused))).toEqual({
    schema: 1,
    error: { code: 'FINDINGS', message: 'The checks found 1 error' },
    findings,
  });
});

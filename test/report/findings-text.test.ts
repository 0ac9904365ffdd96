import { expect, test } from 'vitest';
import { findingsText } from '../../src/report/findings-text.ts';
import { painter } from '../../src/report/paint.ts';
import { finding } from './sample.ts';

const WEB = { name: 'web', shown: 'deploy' };
const LAST = 'slipway explain RULE says why a rule is there, and how to keep it or to switch it off';
const fleet = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ name: `c${index}`, shown: `clusters/c${index}` }));

test('findings stand by file and line, with place, severity, object, message, rule, field and hint', () => {
  const findings = [
    finding({ line: 20, column: 3, severity: 'warn', rule: 'image/latest', message: 'No tag', hint: 'name one' }),
    finding(),
    finding({ file: 'deploy/a.yaml', object: 'Service web', path: 'spec.ports', found: '"x"', expected: 'a list' }),
  ];
  expect(findingsText({ artifacts: [WEB], findings })).toBe(
    [
      'deploy/web.yaml',
      '  12:7 error Deployment payments/web: Unknown field "replica" [schema/unknown-field]',
      '    at spec.replica',
      '    hint: did you mean "replicas"',
      '  20:3 warn Deployment payments/web: No tag [image/latest]',
      '    at spec.replica',
      '    hint: name one',
      '',
      'deploy/a.yaml',
      '  12:7 error Service web: Unknown field "replica" [schema/unknown-field]',
      '    at spec.ports, found "x", expected a list',
      '    hint: did you mean "replicas"',
      '',
      '2 errors, 1 warning in 1 artifact',
      LAST,
      '',
    ].join('\n'),
  );
});

test('what the message says already is not told again', () => {
  const message = 'spec.replicas must be an integer, but is "two"';
  const { object, hint, ...rest } = finding({ message, path: 'spec.replicas', found: '"two"', expected: 'an integer' });
  expect(findingsText({ artifacts: [WEB], findings: [rest] })).toBe(
    `deploy/web.yaml\n  12:7 error ${message} [schema/unknown-field]\n\n1 error, 0 warnings in 1 artifact\n${LAST}\n`,
  );
});

test('a list of all that could be written is left to the JSON', () => {
  const { hint, path, ...rest } = finding({ found: 'nothing', expected: `one of ${'"a", '.repeat(40)}` });
  expect(findingsText({ artifacts: [WEB], findings: [rest] })).toContain('\n    found nothing\n');
});

test('a finding without a file belongs to its artifact, one in a rendered file says so', () => {
  const { file, line, column, ...whole } = finding();
  const text = findingsText({
    artifacts: [WEB],
    findings: [whole, finding({ file: 'web.yaml', rendered: true, object: 'Service web' })],
  });
  expect(text).toContain('artifact web\n  error Deployment payments/web: Unknown field');
  expect(text).toContain('web.yaml (rendered)\n  12:7 error Service web: Unknown field');
});

test('no findings are told as well', () => {
  expect(findingsText({ artifacts: fleet(1_500), findings: [] })).toBe('no findings in 1,500 artifacts\n');
});

test('what 412 of 500 artifacts have in common is told once', () => {
  const findings = fleet(412).flatMap(({ name, shown }) => [
    finding({ artifact: name, file: `${shown}/web.yaml` }),
    finding({ artifact: name, file: `${shown}/web.yaml`, line: 30 }),
  ]);
  const text = findingsText({ artifacts: fleet(500), findings });
  expect(text.split('\n').filter((line) => line.includes('Unknown field'))).toEqual([
    '  12:7 error Deployment payments/web: Unknown field "replica" [schema/unknown-field]',
    '  30:7 error Deployment payments/web: Unknown field "replica" [schema/unknown-field]',
  ]);
  expect(text).toContain('    in 412 of 500 artifacts, first here\n');
  expect(text).toContain('\n824 errors, 0 warnings in 412 of 500 artifacts\n');
});

test('of ten thousand findings ten of each rule are shown, and the rest is counted', () => {
  const findings = Array.from({ length: 10_000 }, (_, index) =>
    finding({
      rule: index < 5_000 ? 'image/latest' : 'schema/unknown-field',
      severity: index < 5_000 ? 'warn' : 'error',
      file: `deploy/${Math.floor(index / 4)}.yaml`,
      object: `Deployment payments/web-${index}`,
    }),
  );
  const text = findingsText({ artifacts: [WEB], findings });
  expect(text.split('\n').filter((line) => line.includes(' warn '))).toHaveLength(10);
  expect(text.split('\n').filter((line) => line.includes(' error '))).toHaveLength(10);
  expect(text).toContain(
    [
      '… and 4,990 more of image/latest in 1,248 files',
      '… and 4,990 more of schema/unknown-field in 1,248 files',
      '',
      '5,000 errors, 5,000 warnings in 1 artifact',
    ].join('\n'),
  );
  expect(text.split('\n').length).toBeLessThan(100);
});

test('text of manifests cannot move the cursor, and cannot begin a line of its own', () => {
  const evil = 'a\u001b[2J\n::error::b\r\u0085c';
  const text = findingsText({
    artifacts: [WEB],
    findings: [finding({ file: evil, message: evil, object: evil, path: evil, hint: evil, found: evil })],
  });
  expect(text.split('\n').filter((line) => /^\s*::/.test(line))).toEqual([]);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for.
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
});

test('colours change nothing but the colours', () => {
  const report = { artifacts: [WEB], findings: [finding(), finding({ severity: 'warn', line: 3 })] };
  const painted = findingsText(report, painter(true));
  const escapes = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g');
  expect(painted).toMatch(escapes);
  expect(painted.replace(escapes, '')).toBe(findingsText(report));
});

import { expect, test } from 'vitest';
import { errorAnnotation, findingAnnotations, shownAnnotations } from '../../src/report/annotations.ts';
import { inRepository } from '../../src/report/findings.ts';
import { finding } from './sample.ts';

const place = inRepository('/repository/fleet', '/repository');

test('an annotation stands at its line, named from the root of the repository', () => {
  expect(
    findingAnnotations([finding({ file: 'a, 100%: b.yaml', path: 'spec.x', message: '50%\nof: it' })], place),
  ).toEqual([
    '::error title=slipway schema/unknown-field,file=fleet/a%2C 100%25%3A b.yaml,line=12,col=7::Deployment payments/web: 50%25 of: it%0Aat spec.x%0Ahint: did you mean "replicas"',
  ]);
});

test('errors come first', () => {
  const levels = findingAnnotations([finding({ severity: 'warn' }), finding()], place).map(
    (line) => line.split(' ')[0],
  );
  expect(levels).toEqual(['::error', '::warning']);
});

test('a file that is no source, or no file, is part of the text: there is no line to stand at', () => {
  const { file, line, column, ...whole } = finding();
  const [rendered, without] = findingAnnotations(
    [finding({ file: 'web.yaml', rendered: true }), { ...whole, artifact: 'api' }],
    place,
  );
  expect(rendered).toMatch(/^::error title=slipway schema\/unknown-field::web\.yaml:12:7 \(rendered\): Deployment/);
  expect(without).toMatch(/^::error title=slipway schema\/unknown-field::artifact api: Deployment/);
});

test('a file that several artifacts share has one annotation', () => {
  const lines = findingAnnotations([finding({ artifact: 'a' }), finding({ artifact: 'b' })], place);
  expect(lines).toEqual([expect.stringMatching(/%0Ain 2 artifacts$/)]);
});

test('as many are shown as GitHub shows', () => {
  const many = Array.from({ length: 40 }, (_, line) => finding({ line, severity: line % 2 === 0 ? 'error' : 'warn' }));
  expect(findingAnnotations(many, place)).toHaveLength(40);
  const shown = shownAnnotations(many, place).map((line) => line.slice(2, 7));
  expect(shown).toEqual([...Array(10).fill('error'), ...Array(10).fill('warni')]);
});

test('an error of the run is an annotation without a place', () => {
  expect(errorAnnotation({ code: 'CONFIG', message: 'Bad\nline', hint: 'mend it' })).toBe(
    '::error title=slipway CONFIG::Bad%0Aline%0Ahint: mend it',
  );
});

test.each([
  ['deploy/a.yaml', '/repo', '/repo', 'deploy/a.yaml'],
  ['deploy/a.yaml', '/repo/fleet', '/repo', 'fleet/deploy/a.yaml'],
  ['../base/a.yaml', '/repo/fleet', '/repo', 'base/a.yaml'],
  ['/repo/x/a.yaml', '/repo/fleet', '/repo', 'x/a.yaml'],
  ['../../a.yaml', '/repo/fleet', '/repo', '../../a.yaml'],
  ['a.yaml', '/elsewhere', '/repo', 'a.yaml'],
  ['..a.yaml', '/repo', '/repo', '..a.yaml'],
  ['oci://reg/app:prod', '/repo', '/repo', 'oci://reg/app:prod'],
])('%s of %s is called from %s on: %s', (file, folder, root, expected) => {
  expect(inRepository(folder, root)(file)).toBe(expected);
});

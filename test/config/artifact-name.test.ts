import { expect, test } from 'vitest';
import { fillTemplate, templateProblem } from '../../src/config/artifact-name.ts';

test('placeholders stand for segments of the path', () => {
  const where = { root: '/repo/clusters/eu/prod', shown: './clusters/eu/prod' };
  expect(fillTemplate('{dir}', where)).toBe('prod');
  expect(fillTemplate('{parent}-{dir}', where)).toBe('eu-prod');
  expect(fillTemplate('{path}', where)).toBe('clusters-eu-prod');
  expect(fillTemplate('web', where)).toBe('web');
});

test('the working directory has the name of its folder', () => {
  expect(fillTemplate('{dir}', { root: '/repo', shown: '.' })).toBe('repo');
  expect(fillTemplate('{path}', { root: '/repo', shown: './' })).toBe('repo');
});

test('a template is checked before any path is known', () => {
  expect(templateProblem('{parent}-{dir}.{path}')).toBeUndefined();
  expect(templateProblem('releases-{dir}')).toBeUndefined();
  expect(templateProblem('{dri}')).toEqual({ message: 'a placeholder is unknown', hint: 'did you mean "dir"' });
  expect(templateProblem('{dir}-')?.message).toMatch(/not valid/);
  expect(templateProblem('slipway.{dir}')?.message).toMatch(/reserved/);
});

import { constructFromEvents } from 'js-yaml';
import { expect, test } from 'vitest';
import { parseAsKubernetes } from '../../src/yaml/events.ts';

const read = (text: string): unknown => constructFromEvents(parseAsKubernetes(text), { source: text })[0];

test.each([
  ['brackets that close in the column of their key', 'data:\n  args: [\n    "x",\n  ]\n', { data: { args: ['x'] } }],
  ['braces that do', 'stores:\n  a: {\n    b: c\n  }\n', { stores: { a: { b: 'c' } } }],
  ['with a comment inside', 'a: [\n  1, # one\n  2\n]\nb: 3\n', { a: [1, 2], b: 3 }],
  ['quotes that close there', 'a:\n  b: "x\n  y"\nc: 1\n', { a: { b: 'x y' }, c: 1 }],
  ['nothing unusual', 'a: [1]\n', { a: [1] }],
])('reads %s', (_what, text, value) => {
  expect(read(text)).toEqual(value);
});

test('still refuses what no reader takes', () => {
  expect(() => parseAsKubernetes('a: [1\n')).toThrow();
  expect(() => parseAsKubernetes('a: b: c\n')).toThrow();
});

import { expect, test } from 'vitest';
import type { FieldChange } from '../../../src/model.ts';
import { changesOf, object } from '../sides.ts';

const fieldsOf = (before: string, after: string): readonly FieldChange[] =>
  changesOf(object('X', 'x', before), object('X', 'x', after)).flatMap(({ fields }) => fields);

test.each<[string, string, string, readonly FieldChange[]]>([
  ['a field that comes', '', 'a: 1', [{ path: 'a', change: 'added', after: 1 }]],
  ['a field that goes', 'a: []', '', [{ path: 'a', change: 'removed', before: [] }]],
  ['nothing in place of an empty mapping', 'a: {}', 'a:', [{ path: 'a', change: 'changed', before: {}, after: null }]],
  ['another type', 'a: "1"', 'a: 1', [{ path: 'a', change: 'changed', before: '1', after: 1 }]],
  [
    'a mapping in place of a list',
    'a: [1]',
    'a: { b: 1 }',
    [{ path: 'a', change: 'changed', before: [1], after: { b: 1 } }],
  ],
  [
    'numbers that no number holds',
    'a: 9007199254740993',
    'a: 9007199254740995',
    [{ path: 'a', change: 'changed', before: 9007199254740993n, after: 9007199254740995n }],
  ],
  [
    'keys that are no words',
    'a: { x.y/z: 1 }',
    'a: { x.y/z: 2 }',
    [{ path: 'a["x.y/z"]', change: 'changed', before: 1, after: 2 }],
  ],
  ['an item in the middle', 'a: [1, 2, 3]', 'a: [1, 9, 2, 3]', [{ path: 'a[1]', change: 'added', after: 9 }]],
  ['an item that goes', 'a: [1, 2, 3]', 'a: [1, 3]', [{ path: 'a[1]', change: 'removed', before: 2 }]],
  [
    'an item in place of another',
    'a: [1, 2, 3]',
    'a: [1, 9, 3]',
    [{ path: 'a[1]', change: 'changed', before: 2, after: 9 }],
  ],
  [
    'an item with a key at another place',
    'a: [{ name: x, v: 1 }, { name: y, v: 1 }]',
    'a: [{ name: z }, { name: x, v: 2 }]',
    [
      { path: 'a[name=y]', change: 'removed', before: { name: 'y', v: 1 } },
      { path: 'a[name=z]', change: 'added', after: { name: 'z' } },
      { path: 'a[name=x].v', change: 'changed', before: 1, after: 2 },
    ],
  ],
  [
    'another order',
    'a: [{ name: x }, { name: y }]',
    'a: [{ name: y }, { name: x }]',
    [{ path: 'a', change: 'reordered' }],
  ],
  [
    'mounts, which are told by their path',
    'volumeMounts: [{ name: v, mountPath: /a }]',
    'volumeMounts: [{ name: w, mountPath: /a }]',
    [{ path: 'volumeMounts[mountPath=/a].name', change: 'changed', before: 'v', after: 'w' }],
  ],
  [
    'ports, which are told by their number',
    'ports: [{ port: 80 }, { port: 81 }]',
    'ports: [{ port: 80 }, { port: 81, x: 1 }]',
    [{ path: 'ports[port=81].x', change: 'added', after: 1 }],
  ],
  [
    'names that are there twice',
    'a: [{ name: x, v: 1 }, { name: x, v: 2 }]',
    'a: [{ name: x, v: 1 }, { name: x, v: 3 }]',
    [{ path: 'a[1].v', change: 'changed', before: 2, after: 3 }],
  ],
])('tells %s', (_what, before, after, expected) => {
  expect(fieldsOf(`${before}\n`, `${after}\n`)).toEqual(expected);
});

test('long lists are compared at their ends', () => {
  const numbers = Array.from({ length: 1100 }, (_, index) => index);
  const list = (items: readonly number[]): string => `a: [${items.join(', ')}]\n`;
  expect(fieldsOf(list(numbers), list(numbers.toSpliced(500, 1)))).toEqual([
    { path: 'a[500]', change: 'removed', before: 500 },
  ]);
  const fields = fieldsOf(list(numbers), list(numbers.map((number) => -number - 1)));
  expect(fields).toHaveLength(1100);
});

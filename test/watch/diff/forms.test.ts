import { expect, test } from 'vitest';
import { compareSides } from '../../../src/watch/diff/difference.ts';
import { inOneForm } from '../../../src/watch/diff/forms.ts';
import { object, readYaml, side, type Texts } from '../sides.ts';

const a = object('ConfigMap', 'a');
const b = object('ConfigMap', 'b');

function countsOf(before: Texts, after: Texts): unknown {
  const { counts } = compareSides({
    ...inOneForm({ before: side(before), after: side(after) }),
    read: readYaml,
  }).difference;
  return { ...counts.objects, files: counts.files };
}

const none = { added: 0, removed: 0, changed: 0, moved: 0, renamed: 0, files: 0 };

test.each<[string, Texts[string], Texts[string], object]>([
  ['one file and several', a + b, { 'x.yaml': a, 'y/z.yml': b }, {}],
  ['several files and one', { 'x.yaml': a, 'y/z.yml': b }, a + b, {}],
  ['two single files of other names', { 'x.yaml': a }, { 'y.yaml': a }, {}],
  ['files without a final newline', a + b, { 'x.yaml': a.trimEnd(), 'y.yaml': b.trimEnd() }, {}],
  ['a file that is no manifest beside them', a, { 'x.yaml': a, 'app.env': 'x=1' }, { files: 1 }],
  ['other objects', a, { 'x.yaml': b }, { added: 1, removed: 1 }],
])('%s differ in their objects only', (_what, before, after, expected) => {
  expect(countsOf({ web: before }, { web: after })).toEqual({ ...none, ...expected });
});

test('where both sides have files of the same names, an object that is in another file has moved', () => {
  expect(countsOf({ web: { 'x.yaml': a } }, { web: { 'x.yaml': b, 'y.yaml': a } })).toEqual({
    ...none,
    added: 1,
    moved: 1,
  });
  expect(countsOf({ web: { 'x.yaml': a, 'y.yaml': b } }, { web: { 'x.yaml': b, 'z.yaml': a } })).toEqual({
    ...{ ...none, moved: 2 },
  });
});

import { expect, test } from 'vitest';
import { withoutUnlisted } from '../../../src/watch/diff/unlisted.ts';
import { readYaml, side } from '../sides.ts';

type Texts = Readonly<Record<string, string>>;

/** Paths of `after` of which nothing is left. */
function emptied(before: Texts, after: Texts): readonly string[] {
  const [old, young] = [before, after].map((files) => side({ web: files })[0]?.files ?? []);
  return withoutUnlisted(old ?? [], young ?? [], readYaml)
    .filter(({ bytes }) => bytes.length === 0)
    .map(({ path }) => path);
}

const list = (...entries: readonly string[]): string => `resources: ${JSON.stringify(entries)}\n`;
const files = { 'a.yaml': 'a: 1\n', 'b.yaml': 'b: 1\n' };

test.each<[string, Texts, Texts, readonly string[]]>([
  [
    'a file',
    { 'kustomization.yaml': list('a.yaml', './b.yaml') },
    { 'kustomization.yaml': list('a.yaml') },
    ['b.yaml'],
  ],
  [
    'a file that was never listed',
    { 'kustomization.yaml': list('a.yaml') },
    { 'kustomization.yaml': list('a.yaml') },
    [],
  ],
  ['a file that another lists', { Kustomization: list('b.yaml') }, { 'x/kustomization.yml': list('../b.yaml') }, []],
  ['everything, where no kustomization is left in the folder', { 'kustomization.yaml': list('a.yaml') }, {}, []],
  [
    'a folder, and what it lists itself',
    {
      'kustomization.yaml': list('base/', 'a.yaml'),
      'base/kustomization.yaml': list('n.yaml', '../more'),
      'base/n.yaml': 'n: 1',
      'more/m.yaml': 'm: 1',
    },
    {
      'kustomization.yaml': list('a.yaml'),
      'base/kustomization.yaml': list('n.yaml', '../more'),
      'base/n.yaml': 'n: 1',
      'more/m.yaml': 'm: 1',
    },
    ['base/kustomization.yaml', 'base/n.yaml', 'more/m.yaml'],
  ],
  ['what a new kustomization leaves out', {}, { 'kustomization.yaml': list('a.yaml') }, ['b.yaml']],
  ['what is no kustomization', { 'kustomization.yaml': 'resources: 3\n' }, { 'kustomization.yaml': '- [\n' }, []],
])('%s', (_what, before, after, expected) => {
  expect(emptied({ ...files, ...before }, { ...files, ...after })).toEqual(expected);
});

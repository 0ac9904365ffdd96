import { describe, expect, test } from 'vitest';
import { variablesIn } from '../../../src/check/flux/variables.ts';

/** What a text needs, by name; `?` is what cannot be read. */
const needed = (text: string): readonly string[] =>
  variablesIn(text).map(({ name, written }) => name ?? `? ${written}`);

describe('as kustomize-controller reads a text', () => {
  test.each([
    ['no variable', 'a $b $(C) {d} $', []],
    ['a variable by its bare name', `x\${A_1}y\${b}`, ['A_1', 'b']],
    ['digits and other letters as names', `\${1} \${größe}`, ['1', 'größe']],
    [
      'what reads the value',
      `\${#a} \${b^^} \${c,} \${d/x/y} \${e#x} \${f%%x} \${g:1:2}`,
      ['a', 'b', 'c', 'd', 'e', 'f', 'g'],
    ],
    ['defaults, which need nothing', `\${a:-b} \${a:=b} \${a=b} \${a:?b} \${a:+b} \${a:-}`, []],
    ['an escape, which is text', `$\${a} $$$\${b}`, []],
    ['two dollars and a variable', `$$$\{a}`, ['a']],
    ['a backslash, which escapes nothing', `\\\${a}`, ['a']],
    ['an expression of a workflow', `\${{ github.sha }}`, [`? \${{ github.sha }}`]],
    ['a dot, a dash or a space in a name', `\${a.b} \${a-b} \${a b}`, [`? \${a.b}`, `? \${a-b}`, `? \${a b}`]],
    ['nothing between the braces', `\${} \${#}`, [`? \${}`, `? \${#}`]],
    ['a brace that is never closed', `\${a`, [`? \${a`]],
    ['only the first line of a long expression', `\${\n}`, [`? \${`]],
  ] as const)('finds %s', (_title, text, names) => {
    expect(needed(text)).toEqual(names);
  });
});

test('a long text of openings is read in one pass', () => {
  expect(variablesIn('$'.concat('{').repeat(200_000))).toHaveLength(200_000);
});

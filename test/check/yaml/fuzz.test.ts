import { expect, test } from 'vitest';
import { DocumentMemory, readDocuments } from '../../../src/check/yaml/documents.ts';
import { YAML_RULES } from '../../../src/check/yaml/problem.ts';
import type { Finding } from '../../../src/model.ts';
import { mutated, oneOf, type Random, randomManifest, randomOf } from './random-yaml.ts';

const SIGNS = [
  ...'\n\n\n  :--[]{},&*!|>\'"%@`#?~<=+.01ay\t\\',
  '\u2028',
  '😀',
  '\ud800',
  '\u0007',
  'yes',
  '---',
  '...',
  '<<: ',
  '&a ',
  '*a ',
  '0x',
];

const noise = (random: Random): string =>
  Array.from({ length: Math.floor(random() * 60) }, () => oneOf(random, SIGNS)).join('');

function textOf(seed: number): string {
  const random = randomOf(seed);
  const kind = seed % 10;
  if (kind === 0) return noise(random);
  const manifest = randomManifest(random, 1);
  return kind < 3 ? manifest : mutated(random, manifest);
}

/** What is wrong with a finding; nothing, if all is well. */
function flaw({ rule, message, hint, line = 0, column = 0 }: Finding, lines: readonly string[]): string | undefined {
  if (!Object.hasOwn(YAML_RULES, rule)) return `unknown rule ${rule}`;
  if (`${message}${hint}`.includes('undefined')) return `${message} ${hint}`;
  const width = lines[line - 1]?.length;
  return width === undefined || column < 1 || column > width + 1 ? `no place ${line}:${column}` : undefined;
}

test('4,000 random and mutated files are read or refused with findings, and never crash', () => {
  const memory = new DocumentMemory();
  let read = 0;
  let refused = 0;
  for (let seed = 0; seed < 4_000; seed++) {
    const text = textOf(seed);
    const { documents, findings } = readDocuments(text, { artifact: 'web', file: 'fuzz.yaml' }, memory);
    const lines = text.split('\n');
    const flaws = findings.flatMap((finding) => flaw(finding, lines) ?? []);
    if (flaws.length > 0) expect.fail(`${flaws.join(', ')} in:\n${text}`);
    for (const document of documents) {
      const { line } = document.locate(['data', 'key0', 0, 'missing']);
      if (lines[line - 1] === undefined) expect.fail(`line ${line} in:\n${text}`);
    }
    read += documents.length;
    if (findings.some(({ severity }) => severity === 'error')) refused += 1;
  }
  // Both have to happen often, or the generator tests nothing.
  expect(read).toBeGreaterThan(600);
  expect(refused).toBeGreaterThan(600);
}, 120_000);

test.each([
  ['open brackets', '['.repeat(100_000)],
  ['open braces with keys', '{a: '.repeat(50_000)],
  ['hyphens', '- '.repeat(50_000)],
  ['brackets too little indented', `a:\n  b:${' [\n'.repeat(90)}${']\n'.repeat(90)}`],
  ['many brackets too little indented', `a:\n${'  b: [\n  ]\n'.repeat(2_000)}`],
  ['quotes too little indented', `a:\n${'  b: "x\n  y"\n'.repeat(2_000)}`],
  ['a long list too little indented', `a:\n  b: [\n${'  x, # why\n'.repeat(20_000)}  ]\n`],
  ['open quotes', `a: ${'"\n'.repeat(20_000)}`],
  ['tabs', `a: |\n${'  \tb\n'.repeat(20_000)}`],
  ['equal keys', 'a: 1\n'.repeat(5_000)],
  [
    'merges of merges',
    `x0: &x0 {a: 1}\n${Array.from({ length: 900 }, (_, n) => `x${n + 1}: &x${n + 1}\n  <<: *x${n}\n  k${n}: 1\n`).join('')}`,
  ],
  ['line separators', '"\u2028\u2028",'.repeat(2_000)],
  ['anchors', '&a '.repeat(20_000)],
  ['digits', `a: ${'9'.repeat(100_000)}\nb: 0x${'f'.repeat(100_000)}\n`],
  ['separators', '---\n'.repeat(50_000)],
])('a file of %s comes to an end', (_, text) => {
  const { documents, findings } = readDocuments(text, { artifact: 'web', file: 'long.yaml' });
  expect(documents.length + findings.length + Number(text.startsWith('---'))).toBeGreaterThan(0);
});

import { describe, expect, test } from 'vitest';
import { readFully } from '../../../src/check/yaml/reading.ts';
import { read } from './reading.ts';
import { SCALAR_TABLE } from './scalar-table.ts';

const document = (scalar: string): string => `a: ${scalar}\n`;

describe.each(SCALAR_TABLE)('scalar $text', ({ text, kubectl, kustomize }) => {
  const { documents, findings } = read(document(text));

  test('is read as kubectl reads it', () => {
    expect(readFully(document(text), 'kubectl').value).toEqual(kubectl === undefined ? undefined : { a: kubectl });
  });

  test('is for the checks what kubectl reads, but a string where it is one for kustomize', () => {
    const value = typeof kubectl === 'boolean' && typeof kustomize === 'string' ? kustomize : kubectl;
    expect(documents.map((one) => one.value)).toEqual(value === undefined ? [] : [{ a: value }]);
  });

  test('is reported exactly when kubectl and kustomize differ, and refused when one of them refuses', () => {
    const rules = findings.map(({ rule }) => rule);
    if (kubectl === undefined || kustomize === undefined) expect(rules).toEqual(['yaml/syntax']);
    else if (String(kubectl) === String(kustomize) && typeof kubectl === typeof kustomize) expect(rules).toEqual([]);
    else expect(rules).toEqual(same(kubectl, kustomize) ? [] : ['yaml/ambiguous-scalar']);
  });
});

/** What kustomize prints does not tell a large fraction from a large whole number. */
const same = (one: unknown, other: unknown): boolean =>
  typeof one === 'number' && typeof other === 'bigint' && one === Number(other) && other % 2_000n === 0n;

test('the table holds what the issue names', () => {
  expect(SCALAR_TABLE.length).toBeGreaterThanOrEqual(57);
  expect(new Set(SCALAR_TABLE.map(({ text }) => text)).size).toBe(SCALAR_TABLE.length);
});

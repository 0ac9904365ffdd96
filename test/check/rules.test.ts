import { describe, expect, test } from 'vitest';
import { findingsOfExample } from '../../scripts/rule-example.ts';
import { RULES } from '../../src/check/engine/registry.ts';

test('no two rules have one name', () => {
  expect(new Set(RULES.map(({ id }) => id)).size).toBe(RULES.length);
});

describe.each(RULES)('$id', (rule) => {
  test('has a name of a group and a word, and texts that are sentences', () => {
    expect(rule.id).toMatch(/^[a-z]+\/[a-z]+(?:-[a-z]+)*$/);
    for (const text of [rule.summary, rule.why, rule.fix]) expect(text).toMatch(/^\S.*\S[.)]$/s);
  });

  test('finds what is wrong with its bad example, once, and no other error', async () => {
    const findings = await findingsOfExample(rule, rule.bad);
    expect(findings.filter((finding) => finding.rule === rule.id)).toHaveLength(1);
    expect(findings.filter((finding) => finding.rule !== rule.id && finding.severity === 'error')).toEqual([]);
  });

  test('is content with its good example, and finds no other error in it', async () => {
    const findings = await findingsOfExample(rule, rule.good);
    expect(findings.filter((finding) => finding.rule === rule.id || finding.severity === 'error')).toEqual([]);
  });
});

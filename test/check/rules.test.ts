import { describe, expect, test } from 'vitest';
import { findingsOfExample } from '../../scripts/rule-example.ts';
import { RULES } from '../../src/check/engine/registry.ts';

const documented = RULES.filter(({ summary }) => summary !== '');

test('no two rules have one name', () => {
  expect(new Set(RULES.map(({ id }) => id)).size).toBe(RULES.length);
});

describe.each(documented)('$id', (rule) => {
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

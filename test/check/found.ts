import { findingsOfExample } from '../../scripts/rule-example.ts';
import { RULES } from '../../src/check/engine/registry.ts';
import type { Example } from '../../src/check/rule.ts';
import type { Finding } from '../../src/model.ts';

/** The findings of one group of rules in an example, in which `on` is a rule that warns even if it is off by itself. */
export async function found(group: string, example: Example, on = 'check/ignore'): Promise<readonly Finding[]> {
  const [rule] = RULES.filter(({ id }) => id === on);
  if (rule === undefined) throw new Error(`No rule is called ${on}`);
  const findings = await findingsOfExample(rule, example);
  return findings.filter((finding) => finding.rule.startsWith(`${group}/`));
}

/** Findings as `rule file:line:column message`. */
export function shown(findings: readonly Finding[]): readonly string[] {
  return findings.map(({ rule, file = '', line, column, message }) => {
    return `${rule} ${[file, line, column].filter((part) => part !== undefined).join(':')} ${message}`;
  });
}

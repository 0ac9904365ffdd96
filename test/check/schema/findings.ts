import { findingsOfExample } from '../../../scripts/rule-example.ts';
import type { Example } from '../../../src/check/rule.ts';
import { SCHEMA_RULES } from '../../../src/check/schema/rules.ts';
import type { Finding } from '../../../src/model.ts';

/** The findings of this group in manifests, each rule as it is set by itself or by the example's config. */
export async function schemaFindings(example: Example): Promise<readonly Finding[]> {
  const [rule] = SCHEMA_RULES;
  if (rule === undefined) throw new Error('the group has no rules');
  return (await findingsOfExample(rule, example)).filter((finding) => finding.rule.startsWith('schema/'));
}

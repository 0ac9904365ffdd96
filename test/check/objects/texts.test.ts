import { expect, test } from 'vitest';
import { found } from '../found.ts';

const configMap = (metadata: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: { ${metadata} }\n`;

test.each([
  ['a name', 'name: Web, namespace: payments', '"Web"'],
  ['the value of a label', 'name: web, namespace: payments, labels: { team: "a b" }', '"a b"'],
  ['the key of a label', 'name: web, namespace: payments, labels: { "a b": c }', '"a b"'],
])('what %s is made of is said once, by the message', async (_, metadata, text) => {
  const findings = await found('object', configMap(metadata));
  expect(findings.map((finding) => [finding.found, finding.expected])).toEqual([[text, undefined]]);
  expect(findings[0]?.message).toContain('(at most ');
});

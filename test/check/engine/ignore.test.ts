import { expect, test } from 'vitest';
import { found } from '../found.ts';

const ignoring = (rule: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n  annotations:\n    slipway.dev/ignore: "${rule}"\n`;

test.each([
  ['all', 'name rules one by one: slipway check --list-rules shows all'],
  ['hygiene/*', 'name rules one by one: slipway check --list-rules shows all'],
  ['image/latst', 'did you mean "image/latest"'],
])('ignoring the unknown rule %s says what to write instead', async (rule, hint) => {
  const findings = await found('check', ignoring(rule));
  expect(findings.map(({ message, hint }) => [message, hint])).toEqual([
    [`The annotation ignores rule "${rule}", which does not exist`, hint],
  ]);
});

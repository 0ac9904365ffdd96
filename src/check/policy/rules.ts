import type { Rule } from '../rule.ts';

const POD =
  'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: web:1.4.2\n';
const config = 'check:\n  commands:\n    - name: conftest\n      run: [conftest, test, --output, json, "-"]\n';
const answer = (exitCode: number, ...results: readonly unknown[]) => ({
  artifacts: { app: { 'manifests.yaml': POD } },
  config,
  answers: { conftest: { exitCode, stdout: JSON.stringify(results) } },
});
const PASSED = answer(0, { filename: '-', namespace: 'main', successes: 2 });

const FORMS =
  'A command gets the artifact on standard input and prints SARIF, JSON of conftest, kube-linter, kyverno (a policy ' +
  'report), kubeconform or flux-schema, `{"findings": [{"severity", "rule", "message", "object", "line"}]}`, or any text: ' +
  'then its exit code decides.';

/** The rules of this group, in the order of the documentation. */
export const POLICY_RULES: readonly Rule[] = [
  {
    id: 'policy/violation',
    setting: 'error',
    summary: 'The programs in `check.commands` find no error.',
    why: `${FORMS} What they call an error is one here; a program that ends with another code than 0 has found one.`,
    fix: 'Correct what the program names, or change its own configuration.',
    bad: answer(1, { filename: '-', namespace: 'main', failures: [{ msg: 'Pod web must not run as root' }] }),
    good: PASSED,
  },
  {
    id: 'policy/warning',
    setting: 'warn',
    summary: 'The programs in `check.commands` have nothing to warn of.',
    why: `${FORMS} What they call a warning, a note or less is a warning here as long as the program ends with 0.`,
    fix: 'Correct what the program names, or change its own configuration.',
    bad: answer(0, { filename: '-', namespace: 'main', warnings: [{ msg: 'Pod web should set memory limits' }] }),
    good: PASSED,
  },
  {
    id: 'policy/failed',
    setting: 'error',
    firm: true,
    summary: 'The programs in `check.commands` come to a verdict.',
    why: 'A program that hangs, prints too much or answers what nobody understands has approved nothing.',
    fix: 'Run the command by hand with the manifests on standard input; raise its `timeout`, or take it out of `check.commands`.',
    bad: { ...PASSED, answers: { conftest: { exitCode: 0, stdout: '[{"filename": "-", "failures": [' } } },
    good: PASSED,
  },
];

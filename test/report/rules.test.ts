import { expect, test } from 'vitest';
import type { Rule } from '../../src/check/rule.ts';
import { exampleParts, listedRules, rulesText, ruleText } from '../../src/report/rules.ts';

const RULE: Rule = {
  id: 'group/name',
  setting: 'off',
  summary: 'A thing is so.',
  why: 'Because otherwise a chain of events begins that nobody likes, with words enough for more than a line of text.',
  fix: 'Make it so.',
  bad: 'a: 1\n',
  good: { artifacts: { app: { 'a.yaml': 'a: 2\n' }, web: { 'b/c.yaml': 'c:\n  - 3\n' } }, config: 'check: {}\n' },
};

test('a rule is its demand, its reason, what to do, examples, and how to switch it', () => {
  expect(ruleText(RULE)).toBe(
    [
      'group/name (off)',
      '',
      'A thing is so.',
      '',
      'Why',
      '  Because otherwise a chain of events begins that nobody likes, with words enough for more than a',
      '  line of text.',
      '',
      'What to do',
      '  Make it so.',
      '',
      'Bad',
      '  a: 1',
      '',
      'Good',
      '  # slipway.yaml',
      '  check: {}',
      '',
      '  # app/a.yaml',
      '  a: 2',
      '',
      '  # web/b/c.yaml',
      '  c:',
      '    - 3',
      '',
      'Switch it in slipway.yaml by check: { rules: { group/name: warn } }, or for one object by the',
      'annotation slipway.dev/ignore: group/name.',
      '',
    ].join('\n'),
  );
  expect(ruleText({ ...RULE, setting: 'error', firm: true })).toMatch(/\nIt cannot be switched off\.\n$/);
});

test('what the outside says is part of an example', () => {
  const artifacts = { app: { 'a.yaml': 'a: 1\n' } };
  const answers = { conftest: { exitCode: 1, stdout: '[]' } };
  const images = { 'docker.io/library/web:1': true, 'docker.io/library/web:2': false };
  expect(exampleParts({ artifacts, second: 'a: 2\n', answers, images })).toEqual([
    { name: 'app/a.yaml', text: 'a: 1' },
    { name: 'rendered a second time', text: 'a: 2' },
    { name: 'conftest, with exit code 1', text: '[]' },
    {
      name: 'what the registries say',
      text: 'docker.io/library/web:1: is there\ndocker.io/library/web:2: is not there',
    },
  ]);
});

test('examples about size are abridged', () => {
  expect(exampleParts(`a: ${'x'.repeat(1_000_000)}\nb: 1\n`)).toEqual([
    { name: '', text: `a: ${'x'.repeat(57)}… and so on` },
  ]);
  expect(exampleParts('a\n'.repeat(1_000_000))).toEqual([{ name: '', text: 'a\na\na\n… and so on' }]);
});

test('the list says what is set, what differs from the rule itself, and what cannot be set', () => {
  const rules = [RULE, { ...RULE, id: 'a/b', setting: 'error', firm: true }, { ...RULE, id: 'a/c' }] as const;
  expect(rulesText(listedRules(rules, { 'group/name': 'warn', 'a/b': 'off' }))).toBe(
    [
      'RULE        SETTING             WHAT IT DEMANDS',
      'group/name  warn (default off)  A thing is so.',
      'a/b         error (always)      A thing is so.',
      'a/c         off                 A thing is so.',
      '',
    ].join('\n'),
  );
});

import type { Rule } from '../rule.ts';
import { YAML_RULES, type YamlRule } from './problem.ts';

const page = (id: YamlRule): Rule => ({
  id,
  setting: YAML_RULES[id],
  summary: '',
  why: '',
  fix: '',
  bad: '',
  good: '',
});

/** The rules of reading YAML. */
export const YAML_RULE_PAGES: readonly Rule[] = (Object.keys(YAML_RULES) as YamlRule[]).map(page);

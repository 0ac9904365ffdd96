import type { Rule } from '../rule.ts';
import { RELATION_RULES } from './rules-relations.ts';
import { VALUE_RULES } from './rules-values.ts';

/** The rules of this group, in the order of the documentation. */
export const OBJECT_RULES: readonly Rule[] = [...VALUE_RULES, ...RELATION_RULES];

import type { Rule } from '../rule.ts';

/** The rules of this group, in the order of the documentation. */
export const POLICY_RULES: readonly Rule[] = [];

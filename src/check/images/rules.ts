import type { Rule } from '../rule.ts';

/** The rules of this group, in the order of the documentation. */
export const IMAGE_RULES: readonly Rule[] = [];

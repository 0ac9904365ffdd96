import type { Rule } from '../rule.ts';
import { FLUX_REFERENCE_RULES } from './rules-flux.ts';
import { NAMESPACE_RULES } from './rules-namespaces.ts';
import { OWNER_RULES } from './rules-owners.ts';
import { OBJECT_REFERENCE_RULES } from './rules-references.ts';

/** The rules of this group, in the order of the documentation. */
export const SET_RULES: readonly Rule[] = [
  ...OWNER_RULES,
  ...NAMESPACE_RULES,
  ...OBJECT_REFERENCE_RULES,
  ...FLUX_REFERENCE_RULES,
];

import type { Rule } from '../rule.ts';
import { CONSUMER_RULES } from './consumer-rules.ts';
import { KUSTOMIZE_RULES } from './kustomize-rules.ts';
import { SOURCE_RULES } from './source-rules.ts';
import { SYNC_RULES } from './sync-rules.ts';
import { VERIFY_RULES } from './verify-rules.ts';

/** The rules of this group, in the order of the documentation. */
export const FLUX_RULES: readonly Rule[] = [
  ...KUSTOMIZE_RULES,
  ...CONSUMER_RULES,
  ...SYNC_RULES,
  ...SOURCE_RULES,
  ...VERIFY_RULES,
];

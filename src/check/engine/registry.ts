/** All rules, and all checks. A new group is listed here and nowhere else. */
import { FLUX_RULES } from '../flux/rules.ts';
import { HYGIENE_RULES } from '../hygiene/rules.ts';
import { IMAGE_RULES } from '../images/rules.ts';
import { OBJECT_RULES } from '../objects/rules.ts';
import { POLICY_RULES } from '../policy/rules.ts';
import { RENDER_RULES } from '../rendering/rules.ts';
import type { Rule } from '../rule.ts';
import { SCHEMA_RULES } from '../schema/rules.ts';
import { SET_RULES } from '../set/rules.ts';
import { TENANCY_RULES } from '../tenancy/rules.ts';
import type { ArtifactCheck, ObjectCheck, ReleaseCheck } from '../view.ts';
import { YAML_RULE_PAGES } from '../yaml/rules.ts';
import { CHECK_RULES } from './rules.ts';

/** All rules, in the order of the documentation. */
export const RULES: readonly Rule[] = [
  ...YAML_RULE_PAGES,
  ...SCHEMA_RULES,
  ...OBJECT_RULES,
  ...SET_RULES,
  ...RENDER_RULES,
  ...FLUX_RULES,
  ...HYGIENE_RULES,
  ...IMAGE_RULES,
  ...TENANCY_RULES,
  ...POLICY_RULES,
  ...CHECK_RULES,
];

/** Checks of single objects. */
export const OBJECT_CHECKS: readonly ObjectCheck[] = [];

/** Checks of single artifacts. */
export const ARTIFACT_CHECKS: readonly ArtifactCheck[] = [];

/** Checks of all artifacts of a run together. */
export const RELEASE_CHECKS: readonly ReleaseCheck[] = [];

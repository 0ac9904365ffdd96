/** All rules, and all checks. A new group is listed here and nowhere else. */
import { AGAINST_RULES } from '../against/rules.ts';
import { checkBucketPaths } from '../flux/bucket-paths.ts';
import { checkConsumers } from '../flux/consumer-checks.ts';
import { checkKustomizations } from '../flux/kustomize-checks.ts';
import { FLUX_RULES } from '../flux/rules.ts';
import { checkSource } from '../flux/source-checks.ts';
import { checkSync } from '../flux/sync-checks.ts';
import { checkVerify } from '../flux/verify-checks.ts';
import { checkFiles } from '../hygiene/files.ts';
import { checkGenerators } from '../hygiene/generators.ts';
import { HYGIENE_RULES } from '../hygiene/rules.ts';
import { checkCredentials } from '../hygiene/scan.ts';
import { checkSecret } from '../hygiene/secrets.ts';
import { checkDataSize, checkSizes } from '../hygiene/size.ts';
import { checkReferences } from '../images/check.ts';
import { IMAGE_RULES } from '../images/rules.ts';
import { checkObject } from '../objects/check-object.ts';
import { OBJECT_RULES } from '../objects/rules.ts';
import { POLICY_RULES } from '../policy/rules.ts';
import { checkDrift } from '../rendering/check-drift.ts';
import { checkFailure } from '../rendering/check-failure.ts';
import { RENDER_RULES } from '../rendering/rules.ts';
import type { Rule } from '../rule.ts';
import { checkCrd } from '../schema/check-crds.ts';
import { checkLifecycle } from '../schema/check-lifecycle.ts';
import { checkSchema } from '../schema/check-schema.ts';
import { checkUnknownKinds } from '../schema/check-unknown-kinds.ts';
import { SCHEMA_RULES } from '../schema/rules.ts';
import { SET_ARTIFACT_CHECKS, SET_OBJECT_CHECKS, SET_RELEASE_CHECKS } from '../set/checks.ts';
import { SET_RULES } from '../set/rules.ts';
import { checkTenancy } from '../tenancy/check.ts';
import { TENANCY_RULES } from '../tenancy/rules.ts';
import type { ArtifactCheck, ObjectCheck, ReleaseCheck } from '../view.ts';
import { YAML_RULE_PAGES } from '../yaml/rules.ts';
import { CHECK_RULES } from './rules.ts';

/** All rules, in the order of the documentation. */
export const RULES: readonly Rule[] = [
  ...YAML_RULE_PAGES,
  ...SCHEMA_RULES,
  ...OBJECT_RULES,
  ...AGAINST_RULES,
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
export const OBJECT_CHECKS: readonly ObjectCheck[] = [
  checkSource,
  checkSync,
  checkVerify,
  ...SET_OBJECT_CHECKS,
  checkSchema,
  checkLifecycle,
  checkCrd,
  checkObject,
  checkSecret,
  checkDataSize,
];

/** Checks of single artifacts. */
export const ARTIFACT_CHECKS: readonly ArtifactCheck[] = [
  checkBucketPaths,
  checkKustomizations,
  ...SET_ARTIFACT_CHECKS,
  checkFailure,
  checkDrift,
  checkCredentials,
  checkGenerators,
  checkFiles,
  checkSizes,
  checkReferences,
  checkTenancy,
];

/** Checks of all artifacts of a run together. */
export const RELEASE_CHECKS: readonly ReleaseCheck[] = [...SET_RELEASE_CHECKS, checkConsumers, checkUnknownKinds];

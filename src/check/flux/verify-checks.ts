/** Who may have signed what Flux takes: OCIRepository and charts of Helm. */
import type { FieldPath } from '../../model.ts';
import { type Fields, fieldsOf, type KubernetesObject, listOf, textOf, valueAt } from '../object.ts';
import type { Report } from '../rule.ts';
import type { ObjectCheck } from '../view.ts';
import { hasLooseDot, isAnchored, matchesAll } from './identity-pattern.ts';
import { isAtLeast, isFlux, isVariable } from './kinds.ts';

const FIELDS: Readonly<Record<string, FieldPath>> = {
  OCIRepository: ['spec', 'verify'],
  HelmChart: ['spec', 'verify'],
  HelmRelease: ['spec', 'chart', 'spec', 'verify'],
};

/** Looks at `verify` of an object. */
export const checkVerify: ObjectCheck = (object, { targets }, report) => {
  const field = verifyField(object);
  if (field === undefined) return;
  const verify = fieldsOf(valueAt(object.value, field));
  if ((textOf(verify.provider) ?? 'cosign') !== 'cosign') return;
  if (verify.secretRef !== undefined) {
    reportUnused(verify, field, report);
    return;
  }
  const identities = listOf(verify.matchOIDCIdentity);
  const at = [...field, 'matchOIDCIdentity'];
  if (identities.length === 0) {
    report({
      rule: 'flux/verify-identity',
      field,
      message: 'Signatures are verified without a key, and "matchOIDCIdentity" does not say who may sign',
      hint: 'name the issuer and the subject that sign, or a key in "secretRef"',
    });
  }
  if (identities.length > 1 && isAtLeast(targets.flux, '2.8')) {
    report({
      rule: 'flux/verify-identities',
      field: at,
      message: `${identities.length} identities in "matchOIDCIdentity": no signature in the bundle format passes more than one`,
      found: `${identities.length} identities`,
      expected: 'one identity',
      hint: 'write one identity whose patterns have alternatives: ^(one|other)$',
    });
  }
  for (const [index, identity] of identities.entries()) {
    for (const key of ['issuer', 'subject']) {
      const pattern = textOf(fieldsOf(identity)[key]);
      if (pattern !== undefined) checkPattern(pattern, [...at, index, key], report);
    }
  }
};

function verifyField(object: KubernetesObject): FieldPath | undefined {
  const field = isFlux(object) && Object.hasOwn(FIELDS, object.kind) ? FIELDS[object.kind] : undefined;
  return field !== undefined && valueAt(object.value, field) !== undefined ? field : undefined;
}

function reportUnused(verify: Fields, field: FieldPath, report: Report): void {
  for (const key of ['matchOIDCIdentity', 'trustedRootSecretRef']) {
    if (verify[key] === undefined) continue;
    report({
      rule: 'flux/verify-unused',
      field: [...field, key],
      message: `"${key}" has no effect beside "secretRef": whoever has the key may sign`,
      hint: 'remove one of the two',
    });
  }
}

/** No pattern that a person reads is longer, in characters. */
const LONGEST = 2000;

function checkPattern(pattern: string, field: FieldPath, report: Report): void {
  const key = String(field.at(-1));
  if (matchesAll(pattern)) {
    const message = `The ${key} "${pattern}" matches everybody`;
    report({ rule: 'flux/verify-identity', field, message, hint: `name the ${key} that signs` });
    return;
  }
  if (isVariable(pattern) || pattern.length > LONGEST) return;
  if (!isAnchored(pattern)) {
    report({
      rule: 'flux/verify-anchors',
      field,
      message: `The ${key} "${pattern}" also matches in the middle of another: it does not begin with ^ and end with $`,
      found: `"${pattern}"`,
      expected: 'a pattern for the whole text',
      hint: 'begin it with ^ and end it with $',
    });
  }
  if (!hasLooseDot(pattern)) return;
  const message = `In the ${key} "${pattern}" a dot stands for any character`;
  report({ rule: 'flux/verify-dots', field, message, hint: 'write \\. for a dot' });
}

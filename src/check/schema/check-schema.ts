/** Objects against the schemas of their kinds, and against the rules in these. */
import type { FieldPath } from '../../model.ts';
import { type BrokenRule, brokenRules } from '../cel/evaluate.ts';
import { type KubernetesObject, valueAt } from '../object.ts';
import type { Breach } from '../rule.ts';
import type { ObjectCheck } from '../view.ts';
import { breachOf, shortName } from './breach.ts';
import { validate } from './validate.ts';
import type { Problem } from './violation.ts';

/** With one of these the API server does not come to the rules in CEL. */
const BLOCKING: ReadonlySet<Problem> = new Set(['missing', 'wrong-type', 'enum', 'length', 'format']);

/** Validates an object as the API server does. */
export const checkSchema: ObjectCheck = (object, { catalog }, report) => {
  const schema = catalog.find(object.apiVersion, object.kind);
  if (schema === undefined) return;
  const violations = validate(object.value, schema).filter(({ path }) => !isEncrypted(object, path));
  for (const violation of violations) report(breachOf(violation));
  if (object.value.sops !== undefined || violations.some(({ problem }) => BLOCKING.has(problem))) return;
  for (const broken of brokenRules(object.value, schema)) report(ruleBreach(object, broken));
};

/** What SOPS wrote: Flux puts the values back and removes `sops` before the API server sees the object. */
function isEncrypted({ value }: KubernetesObject, path: FieldPath): boolean {
  if (value.sops === undefined) return false;
  return path[0] === 'sops' || String(valueAt(value, path)).startsWith('ENC[');
}

const LONGEST = 200;

function ruleBreach({ kind }: KubernetesObject, { path, rule, message, fault }: BrokenRule): Breach {
  const shortened = rule.length > LONGEST ? `${rule.slice(0, LONGEST)}…` : rule;
  const said = message ?? shortened.replace(/\s+/g, ' ').trim();
  return {
    rule: 'schema/rule',
    ...(path.length > 0 && { field: path }),
    message: `${shortName(path)} breaks a rule of ${kind}: ${said}${fault === undefined ? '' : ` (${fault})`}`,
    ...(fault !== undefined && { found: fault }),
    expected: shortened,
    hint: `do what the message says; it is that of the CustomResourceDefinition of ${kind}`,
  };
}

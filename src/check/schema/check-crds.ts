/** CustomResourceDefinitions themselves: would the API server take them, and can their rules be evaluated here? */

import type { FieldPath } from '../../model.ts';
import { programOf } from '../cel/program.ts';
import { fieldsOf, fieldText, isMapping, listOf, textOf } from '../object.ts';
import type { Report } from '../rule.ts';
import type { ObjectCheck, ObjectContext } from '../view.ts';
import { isCrd, readCrd } from './crd.ts';
import { contentProblems } from './crd-content.ts';
import { asGoReads } from './structural.ts';
import { validate } from './validate.ts';

/** Looks at a CRD. What its own schema already says is not said again. */
export const checkCrd: ObjectCheck = ({ value, apiVersion, kind }, context, report) => {
  if (!isCrd(value) || apiVersion !== 'apiextensions.k8s.io/v1') return;
  const { problems } = readCrd(value);
  const said = problems.length === 0 ? new Set<string>() : refusedPaths(value, { apiVersion, kind }, context);
  for (const { path, message } of problems) {
    const field = fieldText(path);
    if (said.has(field)) continue;
    report({
      rule: 'schema/crd',
      field: path,
      message: `The CRD is not valid: ${field} ${message}`,
      hint: 'correct the schema: until then the API server refuses the CRD, and objects of its kind are not checked',
    });
  }
  for (const { path, expression } of expressionsIn(value)) checkExpression(expression, path, report);
  if (problems.length > 0) return;
  for (const { path, schema } of schemasIn(value)) {
    for (const problem of contentProblems(asGoReads(schema))) {
      const field = [...path, ...problem.path];
      report({
        rule: 'schema/crd',
        field,
        message: `The CRD is not valid: ${fieldText(field)} ${problem.message}`,
      });
    }
  }
};

function checkExpression(expression: string, field: FieldPath, report: Report): void {
  const program = programOf(expression);
  if (program.kind === 'wrong') {
    report({
      rule: 'schema/crd',
      field,
      message: `The CRD is not valid: ${fieldText(field)} is not an expression in CEL: ${firstLine(program.reason)}`,
      hint: 'correct the expression',
    });
  } else if (program.kind === 'unsupported') {
    report({
      rule: 'schema/cel-not-checked',
      field,
      message: `A rule of this CRD cannot be evaluated here: ${firstLine(program.reason)}`,
      hint: 'objects of the kind are not checked against this rule: try them with kubectl apply --dry-run=server',
    });
  }
}

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? text;

function refusedPaths(
  value: unknown,
  name: { apiVersion: string; kind: string },
  { catalog }: ObjectContext,
): Set<string> {
  const schema = catalog.find(name.apiVersion, name.kind);
  return new Set(schema === undefined ? [] : validate(value, schema).map(({ path }) => fieldText(path)));
}

interface Placed {
  readonly path: FieldPath;
  readonly expression: string;
}

/** The schema of every version, with its place. */
function schemasIn(crd: unknown): readonly { readonly path: FieldPath; readonly schema: unknown }[] {
  return listOf(fieldsOf(fieldsOf(crd).spec).versions).map((version, index) => ({
    path: ['spec', 'versions', index, 'schema', 'openAPIV3Schema'],
    schema: fieldsOf(fieldsOf(version).schema).openAPIV3Schema,
  }));
}

/** Every rule of every version, with its place. */
function expressionsIn(crd: unknown): readonly Placed[] {
  return schemasIn(crd).flatMap(({ path, schema }) => below(schema, path));
}

/** Deeper than any schema that the API server takes. */
const MAX_DEPTH = 200;

function below(schema: unknown, path: FieldPath): readonly Placed[] {
  if (!isMapping(schema) || path.length > MAX_DEPTH) return [];
  const { properties, items, additionalProperties } = schema;
  const own = listOf(schema['x-kubernetes-validations']).flatMap((rule, index) => {
    const expression = textOf(fieldsOf(rule).rule);
    return expression === undefined || expression.trim() === ''
      ? []
      : [{ path: [...path, 'x-kubernetes-validations', index, 'rule'], expression }];
  });
  return [
    ...own,
    ...Object.entries(fieldsOf(properties)).flatMap(([name, child]) => below(child, [...path, 'properties', name])),
    ...below(items, [...path, 'items']),
    ...below(additionalProperties, [...path, 'additionalProperties']),
  ];
}

import { describe, expect, test } from 'vitest';
import { schemaFindings } from './findings.ts';

const crd = (
  schema: string,
  names = '{ kind: Widget, plural: widgets }',
): string => `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: widgets.example.com }
spec:
  group: example.com
  scope: Namespaced
  names: ${names}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema: ${schema}
`;

const spec = (schema: string): string => crd(`{ type: object, properties: { spec: ${schema} } }`);

async function said(manifest: string): Promise<readonly (readonly unknown[])[]> {
  const found = await schemaFindings(manifest);
  return found.map(({ rule, path, message }) => [
    rule,
    path?.replace('spec.versions[0].schema.openAPIV3Schema', '…'),
    message,
  ]);
}

const SCHEMA = 'spec.versions[0].schema.openAPIV3Schema';

describe('a CustomResourceDefinition', () => {
  test.each([
    [
      '{ type: objekt }',
      '….properties.spec.type',
      'type must be one of object, array, string, integer, number, boolean',
    ],
    ['{ type: object, $ref: "#/definitions/Spec" }', '….properties.spec.$ref', '$ref is forbidden in a CRD'],
    ['{ type: array }', '….properties.spec.items', 'items is required'],
    ['{ type: string, pattern: "(?=a)" }', '….properties.spec.pattern', 'pattern is not a regular expression'],
  ])('with the schema %s is refused', async (schema, path, problem) => {
    const [first] = await said(spec(schema));
    expect(first).toEqual(['schema/crd', path, `The CRD is not valid: ${SCHEMA}.properties.spec.${problem}`]);
  });

  test('of the wrong shape is said to be so once', async () => {
    expect(await said(crd('{ type: object }', '{ kind: Widget }'))).toEqual([
      ['schema/missing', 'spec.names.plural', 'Required field "plural" is missing'],
    ]);
  });

  test('of an old version is old, and nothing else', async () => {
    const [first, ...others] = await said(crd('{}').replace('k8s.io/v1', 'k8s.io/v1beta1'));
    expect(first).toEqual([
      'schema/removed',
      'apiVersion',
      'CustomResourceDefinition of "apiextensions.k8s.io/v1beta1" was removed in Kubernetes 1.22: use "apiextensions.k8s.io/v1"',
    ]);
    expect(others).toEqual([]);
  });

  test.each([
    [
      'self.a ==',
      'schema/crd',
      `The CRD is not valid: ${SCHEMA}.properties.spec.x-kubernetes-validations[0].rule is not an expression in CEL: Unexpected token: EOF`,
    ],
    [
      'sel.a == 1',
      'schema/crd',
      `The CRD is not valid: ${SCHEMA}.properties.spec.x-kubernetes-validations[0].rule is not an expression in CEL: "sel" is not defined`,
    ],
    [
      'self.a.unheardOf()',
      'schema/cel-not-checked',
      "A rule of this CRD cannot be evaluated here: found no matching overload for 'dyn.unheardOf()'",
    ],
  ])('with the rule %s', async (rule, id, message) => {
    const schema = `{ type: object, properties: { a: { type: integer } }, x-kubernetes-validations: [{ rule: "${rule}" }] }`;
    expect(await said(spec(schema))).toEqual([[id, '….properties.spec.x-kubernetes-validations[0].rule', message]]);
  });

  test('is looked through to the last rule: items, maps, every version', async () => {
    const rule = 'x-kubernetes-validations: [{ rule: "self ==" }]';
    const schema = `{ type: object, properties: { a: { type: array, items: { type: string, ${rule} } }, b: { type: object, additionalProperties: { type: string, ${rule} } } } }`;
    const paths = (await said(spec(schema))).map(([, path]) => path);
    expect(paths).toEqual([
      '….properties.spec.properties.a.items.x-kubernetes-validations[0].rule',
      '….properties.spec.properties.b.additionalProperties.x-kubernetes-validations[0].rule',
    ]);
  });

  test('whose schema is wrong leaves the objects of its kind alone', async () => {
    const widget = 'apiVersion: example.com/v1\nkind: Widget\nmetadata: { name: web }\nspec: { a: 1 }\n';
    const rules = (await said(`${spec('{ type: objekt }')}---\n${widget}`)).map(([rule]) => rule);
    expect(rules).toEqual(['schema/crd']);
  });
});

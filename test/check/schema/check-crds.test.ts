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

  test.each([
    ['{ type: integer, default: "x" }', '"default" must be an integer, but is a string'],
    ['{ type: integer, default: 1, minimum: 2 }', '"default" is 1, expected at least 2'],
    ['{ type: string, default: b, enum: [a] }', '"default" is "b", expected one of "a"'],
    ['{ type: array, items: { type: string }, default: [1] }', '"default[0]" must be a string, but is an integer'],
    ['{ type: object, properties: { b: { type: string } }, default: { c: 1 } }', 'Unknown field "c"'],
    [
      '{ type: object, required: [b], properties: { b: { type: string } }, default: {} }',
      'Required field "b" is missing',
    ],
  ])('with a default that does not fit is refused: %s', async (schema, problem) => {
    expect(await said(spec(`{ type: object, properties: { a: ${schema} } }`))).toEqual([
      [
        'schema/crd',
        '….properties.spec.properties.a.default',
        `The CRD is not valid: ${SCHEMA}.properties.spec.properties.a.default does not fit the schema: ${problem}`,
      ],
    ]);
  });

  test('with a default that does not fit is refused, and the default of a secret is not shown', async () => {
    const password = '{ type: string, default: hunter2, pattern: "^[A-Z]$" }';
    const [[, , message] = []] = await said(spec(`{ type: object, properties: { password: ${password} } }`));
    expect(message).toBe(
      `The CRD is not valid: ${SCHEMA}.properties.spec.properties.password.default does not fit the schema: "default" is a string, expected text that matches ^[A-Z]$`,
    );
  });

  test.each([
    '{ type: string, default: null }',
    '{ x-kubernetes-int-or-string: true, default: "50%" }',
    '{ x-kubernetes-preserve-unknown-fields: true, default: { c: 1 } }',
    '{ type: object, default: {}, properties: { b: { type: string, default: c } } }',
  ])('may have the default of %s', async (schema) => {
    expect(await said(spec(`{ type: object, properties: { a: ${schema} } }`))).toEqual([]);
  });

  test.each([
    ['rule: "self.b == 1"', 'rule', 'rule uses self.b, which is not in the schema'],
    ['rule: "has(self.a.c) && self.a.b == 1"', 'rule', 'rule uses self.a.c, which is not in the schema'],
    [
      'rule: "self.a.b == 1", optionalOldSelf: true',
      'optionalOldSelf',
      'optionalOldSelf must not be set, as the rule does not use oldSelf',
    ],
  ])('with the rule { %s } is refused', async (rule, name, problem) => {
    const schema = `{ type: object, properties: { a: { type: object, properties: { b: { type: integer } } } }, x-kubernetes-validations: [{ ${rule} }] }`;
    const path = 'properties.spec.x-kubernetes-validations[0]';
    expect(await said(spec(schema))).toEqual([
      ['schema/crd', `….${path}.${name}`, `The CRD is not valid: ${SCHEMA}.${path}.${problem}`],
    ]);
  });

  test.each([
    ['a call', 'self.a.matches("x")'],
    ['a text', '"self.b" != self.a'],
    ['a reserved name', 'self.__namespace__ == self.x__dash__y'],
    ['a key of a map', 'self.map.b == "1"'],
    ['what is left open', 'self.open.b.c == 1'],
    ['a variable of a macro', 'self.list.all(self, self.b == 1)'],
    ['the state before', 'oldSelf.a == self.a'],
  ])('may have rules with %s', async (_, rule) => {
    const properties =
      'a: { type: string }, namespace: { type: string }, x-y: { type: string }, open: { type: object, x-kubernetes-preserve-unknown-fields: true }, map: { type: object, additionalProperties: { type: string } }, list: { type: array, items: { type: object, properties: { b: { type: integer } } } }';
    const schema = `{ type: object, properties: { ${properties} }, x-kubernetes-validations: [{ rule: '${rule}' }] }`;
    expect(await said(spec(schema))).toEqual([]);
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

/**
 * JSON schemas for kubeconform, strict and each in one file, from Kubernetes' OpenAPI documents and from CRDs. It shares no
 * code and no table with the schemas of src/check/schema: the two are compared.
 */

/** A schema of OpenAPI, or of JSON. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A schema with the kind that it describes. */
export interface KindSchema {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly schema: JsonSchema;
}

type Definitions = Readonly<Record<string, JsonSchema>>;

const REF = '#/definitions/';
const INT_OR_STRING: JsonSchema = { oneOf: [{ type: 'string' }, { type: 'integer' }] };
const QUANTITY: JsonSchema = { oneOf: [{ type: 'string' }, { type: 'number' }] };
const ANYTHING: JsonSchema = {};

/** Types whose JSON form OpenAPI does not tell. */
const SPECIAL: Readonly<Record<string, JsonSchema>> = {
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': INT_OR_STRING,
  'io.k8s.apimachinery.pkg.api.resource.Quantity': QUANTITY,
  'io.k8s.apimachinery.pkg.runtime.RawExtension': ANYTHING,
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON': ANYTHING,
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray': ANYTHING,
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool': ANYTHING,
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrStringArray': ANYTHING,
};

const record = (value: unknown): JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonSchema) : {};
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** The schemas of all kinds in an OpenAPI v2 document of Kubernetes. */
export function kubernetesSchemas(document: unknown): readonly KindSchema[] {
  const definitions = record(record(document).definitions) as Definitions;
  return Object.entries(definitions).flatMap(([name, definition]) =>
    list(definition['x-kubernetes-group-version-kind']).map((named) => {
      const { group, version, kind } = record(named);
      return {
        group: String(group),
        version: String(version),
        kind: String(kind),
        schema: standalone(name, definitions),
      };
    }),
  );
}

/** A definition with all that it refers to. */
function standalone(name: string, definitions: Definitions): JsonSchema {
  const used: Record<string, JsonSchema> = {};
  const use = (found: string): void => {
    if (used[found] !== undefined) return;
    used[found] = ANYTHING;
    used[found] = SPECIAL[found] ?? strict(record(definitions[found]), use);
  };
  use(name);
  return { $ref: `${REF}${name}`, definitions: used };
}

/** The Go types behind these schemas know all their fields; null is an absent field for them. */
function strict(raw: JsonSchema, use: (name: string) => void): JsonSchema {
  const { $ref, properties, items, additionalProperties } = raw;
  if (typeof $ref === 'string') {
    use($ref.slice(REF.length));
    return { $ref };
  }
  const required = new Set(list(raw.required));
  const fields = Object.entries(record(properties)).map(([name, property]) => {
    const schema = strict(record(property), use);
    return [name, required.has(name) ? schema : orNull(schema)];
  });
  return {
    ...pick(raw, ['type', 'format', 'required', 'enum']),
    ...(fields.length > 0 && { properties: Object.fromEntries(fields), additionalProperties: false }),
    ...(items !== undefined && { items: strict(record(items), use) }),
    ...(additionalProperties !== undefined && {
      additionalProperties: orNull(strict(record(additionalProperties), use)),
    }),
  };
}

const orNull = (schema: JsonSchema): JsonSchema => ({ anyOf: [schema, { type: 'null' }] });

/** The schemas of the versions that a CRD serves. */
export function crdSchemas(crd: unknown): readonly KindSchema[] {
  const { group, names, versions } = record(record(crd).spec);
  return list(versions)
    .map(record)
    .filter(({ served }) => served === true)
    .map(({ name, schema }) => ({
      group: String(group),
      version: String(name),
      kind: String(record(names).kind),
      schema: resource(record(record(schema).openAPIV3Schema)),
    }));
}

const OBJECT: JsonSchema = { apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata: { type: 'object' } };

function resource(raw: JsonSchema): JsonSchema {
  const schema = structural(raw);
  return {
    ...schema,
    properties: { ...record(schema.properties), ...OBJECT },
    required: [...list(schema.required), 'apiVersion', 'kind'],
  };
}

const BOUNDS = [
  ...['enum', 'pattern', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'required'],
  ...['minLength', 'maxLength', 'minItems', 'maxItems', 'uniqueItems', 'minProperties', 'maxProperties', 'format'],
];

/** A structural schema: what it does not name is unknown, except where it says otherwise. */
function structural(raw: JsonSchema): JsonSchema {
  const { type, properties, items, additionalProperties } = raw;
  const open = raw['x-kubernetes-preserve-unknown-fields'] === true || additionalProperties === true;
  const fields = Object.entries(record(properties)).map(([name, child]) => [name, structural(record(child))]);
  const schema = {
    ...pick(raw, BOUNDS),
    ...demands(raw),
    ...(type !== undefined && raw['x-kubernetes-int-or-string'] !== true && { type }),
    ...(raw['x-kubernetes-int-or-string'] === true && INT_OR_STRING),
    ...(fields.length > 0 && { properties: Object.fromEntries(fields) }),
    ...(type === 'object' && !open && { additionalProperties: false }),
    ...(typeof additionalProperties === 'object' && { additionalProperties: structural(record(additionalProperties)) }),
    ...(items !== undefined && { items: structural(record(items)) }),
  };
  return raw.nullable === true ? orNull(schema) : schema;
}

/** Below these nothing is described, only demanded: no field is unknown there. */
function demands(raw: JsonSchema): JsonSchema {
  const many = ['allOf', 'anyOf', 'oneOf'].filter((name) => raw[name] !== undefined);
  const isIntOrString = raw['x-kubernetes-int-or-string'] === true;
  return {
    ...Object.fromEntries(
      many.filter((name) => name === 'allOf' || !isIntOrString).map((name) => [name, list(raw[name])]),
    ),
    ...(raw.not !== undefined && { not: raw.not }),
  };
}

function pick(raw: JsonSchema, names: readonly string[]): JsonSchema {
  return Object.fromEntries(names.filter((name) => raw[name] !== undefined).map((name) => [name, raw[name]]));
}

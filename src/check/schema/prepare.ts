/** Makes schemas ready for validation. */
import { BOUNDS, type CelRule, type OpenApiSchema } from './openapi.ts';
import { compilePattern } from './pattern.ts';
import type { Constraints, ListIdentity, Nulls, Schema, SchemaType } from './schema.ts';

type Building = { -readonly [K in keyof Schema]: Schema[K] };

/** The types that OpenAPI names itself. */
const TYPES = new Set<string>(['object', 'array', 'string', 'integer', 'number', 'boolean'] satisfies SchemaType[]);

const BLANK: Schema = {
  type: 'any',
  format: undefined,
  nulls: 'zero',
  properties: new Map(),
  required: [],
  values: undefined,
  open: true,
  items: undefined,
  list: undefined,
  constraints: undefined,
  default: undefined,
  rules: [],
  dropsStatus: false,
};

/** Describes nothing: everything is valid. */
export const ANYTHING: Schema = BLANK;

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1.';
const APIEXTENSIONS = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.';

/** Definitions whose JSON form OpenAPI does not tell, or tells differently. */
const SPECIAL: Readonly<Record<string, Schema>> = {
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': { ...BLANK, type: 'int-or-string', format: 'int32' },
  'io.k8s.apimachinery.pkg.api.resource.Quantity': { ...BLANK, type: 'quantity' },
  'io.k8s.apimachinery.pkg.runtime.RawExtension': BLANK,
  [`${META}FieldsV1`]: BLANK,
  [`${META}Time`]: { ...BLANK, type: 'string', format: 'time' },
  [`${META}MicroTime`]: { ...BLANK, type: 'string', format: 'micro-time' },
  [`${APIEXTENSIONS}JSON`]: BLANK,
  [`${APIEXTENSIONS}JSONSchemaPropsOrArray`]: BLANK,
  [`${APIEXTENSIONS}JSONSchemaPropsOrBool`]: BLANK,
  [`${APIEXTENSIONS}JSONSchemaPropsOrStringArray`]: BLANK,
};

/** How the parts of a schema are made; the two dialects differ in what null is and in what is closed. */
interface Dialect {
  readonly nulls: (raw: OpenApiSchema) => Nulls;
  readonly child: (raw: OpenApiSchema) => Schema;
  /** Demands below `allOf` and the like: what they do not name is none of their business. */
  readonly demand: (raw: OpenApiSchema) => Schema;
  /** Whether a mapping may hold only what is described. */
  readonly closed: (raw: OpenApiSchema) => boolean;
}

function typeOf(raw: OpenApiSchema): SchemaType {
  if (raw['x-kubernetes-int-or-string'] === true) return 'int-or-string';
  return raw.type !== undefined && TYPES.has(raw.type) ? (raw.type as SchemaType) : 'any';
}

function listOf(raw: OpenApiSchema): ListIdentity | undefined {
  const kind = raw['x-kubernetes-list-type'];
  if (kind !== 'set' && kind !== 'map') return undefined;
  return { kind, keys: raw['x-kubernetes-list-map-keys'] ?? [] };
}

function constraintsOf(raw: OpenApiSchema, { demand }: Dialect): Constraints | undefined {
  const { pattern, allOf = [], anyOf = [], oneOf = [], not } = raw;
  const bounds = BOUNDS.filter((bound) => raw[bound] !== undefined);
  const regex = pattern === undefined ? 'foreign' : compilePattern(pattern);
  const junctors = allOf.length + anyOf.length + oneOf.length;
  const wanted =
    raw.enum !== undefined || bounds.length > 0 || regex instanceof RegExp || junctors > 0 || not !== undefined;
  if (!wanted) return undefined;
  return {
    ...(raw.enum && { enum: raw.enum }),
    ...(pattern !== undefined && regex instanceof RegExp && { pattern: { source: pattern, regex } }),
    ...Object.fromEntries(bounds.map((bound) => [bound, raw[bound]])),
    allOf: allOf.map(demand),
    anyOf: anyOf.map(demand),
    oneOf: oneOf.map(demand),
    ...(not && { not: demand(not) }),
  };
}

const isText = (value: unknown): value is string => typeof value === 'string';

/** The rules of a schema. In CRDs that nobody has validated a rule can be anything. */
function rulesOf(raw: OpenApiSchema): readonly CelRule[] {
  const rules: unknown = raw['x-kubernetes-validations'];
  return Array.isArray(rules) ? rules.flatMap(ruleOf) : [];
}

function ruleOf(raw: unknown): readonly CelRule[] {
  const { rule, message, messageExpression, fieldPath, optionalOldSelf } = (raw ?? {}) as Readonly<
    Record<string, unknown>
  >;
  if (!isText(rule) || rule.trim() === '') return [];
  return [
    {
      rule,
      ...(isText(message) && { message }),
      ...(isText(messageExpression) && { messageExpression }),
      ...(isText(fieldPath) && { fieldPath }),
      ...(optionalOldSelf === true && { optionalOldSelf }),
    },
  ];
}

/** Fills `building`, which others may already refer to. */
function fill(building: Building, raw: OpenApiSchema, dialect: Dialect): Schema {
  const { properties = {}, additionalProperties, items } = raw;
  const type = typeOf(raw);
  const kept = raw['x-kubernetes-preserve-unknown-fields'] === true || additionalProperties === true;
  return Object.assign(building, {
    type,
    format: raw.format,
    nulls: dialect.nulls(raw),
    properties: new Map(Object.entries(properties).map(([name, child]) => [name, dialect.child(child)])),
    required: raw.required ?? [],
    values: typeof additionalProperties === 'object' ? dialect.child(additionalProperties) : undefined,
    open: kept || type !== 'object' || !dialect.closed(raw),
    items: items && dialect.child(items),
    list: listOf(raw),
    constraints: constraintsOf(raw, dialect),
    default: raw.default,
    rules: rulesOf(raw),
  });
}

/** Looks up and prepares the definitions of one version of Kubernetes, each once and when it is first asked for. */
export function definitionReader(find: (name: string) => OpenApiSchema | undefined): (name: string) => Schema {
  const ready = new Map<string, Schema>(Object.entries(SPECIAL));
  const child = (raw: OpenApiSchema): Schema => {
    return raw.$ref === undefined ? fill({ ...BLANK }, raw, dialect) : read(raw.$ref);
  };
  // A mapping without any described field is open to all.
  const closed = ({ properties }: OpenApiSchema): boolean => properties !== undefined;
  const dialect: Dialect = { nulls: () => 'zero', child, demand: child, closed };
  const read = (name: string): Schema => {
    const known = ready.get(name);
    if (known !== undefined) return known;
    const raw = find(name);
    const building: Building = { ...BLANK };
    ready.set(name, building);
    return raw === undefined ? building : fill(building, raw, dialect);
  };
  return read;
}

const nullsOf = (raw: OpenApiSchema): Nulls => (raw.nullable === true ? 'value' : 'absent');

/** Prepares a CRD's schema for one version of its kind. `objectMeta` is Kubernetes' own, strict. */
export function customSchema(raw: OpenApiSchema, objectMeta: Schema, dropsStatus: boolean): Schema {
  const demand = (part: OpenApiSchema): Schema => fill({ ...BLANK }, part, demands);
  const demands: Dialect = { nulls: nullsOf, child: demand, demand, closed: () => false };
  const child = (part: OpenApiSchema): Schema => {
    const schema = fill({ ...BLANK }, part, dialect);
    return part['x-kubernetes-embedded-resource'] === true ? asResource(schema, objectMeta) : schema;
  };
  const dialect: Dialect = { nulls: nullsOf, child, demand, closed: () => true };
  return { ...asResource(child(raw), objectMeta), dropsStatus };
}

const TEXT: Schema = { ...BLANK, type: 'string', nulls: 'absent' };

/** What every Kubernetes object has, whether its CRD says so or not. */
function asResource(schema: Schema, objectMeta: Schema): Schema {
  const properties = new Map(schema.properties);
  const metadata = properties.get('metadata');
  for (const name of ['apiVersion', 'kind']) properties.set(name, properties.get(name) ?? TEXT);
  properties.set('metadata', metadata === undefined ? objectMeta : withNameDemands(objectMeta, metadata));
  const required = new Set([...schema.required, 'apiVersion', 'kind']);
  return { ...schema, properties, required: [...required] };
}

/** A CRD may restrict `metadata.name` and `metadata.generateName`, nothing else in there. */
function withNameDemands(objectMeta: Schema, metadata: Schema): Schema {
  const properties = new Map(objectMeta.properties);
  for (const name of ['name', 'generateName']) {
    const own = properties.get(name);
    const demanded = metadata.properties.get(name)?.constraints;
    if (own !== undefined && demanded !== undefined) properties.set(name, { ...own, constraints: demanded });
  }
  return { ...objectMeta, properties };
}

/** CustomResourceDefinitions beside their schemas: names, versions, columns, conversion. */
import type { FieldPath } from '../../model.ts';
import { type Fields, fieldsOf, isMapping, listOf, textOf } from '../object.ts';
import { checkSchemaKeywords } from './crd-schema.ts';
import { ban, isSet, need, unless, when } from './demands.ts';
import { type Demand, each, fields, type Look } from './look.ts';
import { quote, type Site } from './site.ts';
import { DNS_1035_LABEL, DNS_SUBDOMAIN, type Form, given, KIND_NAME, text, word } from './texts.ts';
import { clientConfig, reviewVersions } from './webhooks.ts';

const NAME: Form = { ...DNS_1035_LABEL, rule: 'object/crd' };
const KIND: Form = { ...KIND_NAME, rule: 'object/crd' };

/** A group has a domain: other groups are Kubernetes' own. */
const GROUP: Form = {
  rule: 'object/crd',
  name: 'a group such as "example.com"',
  made: 'a DNS name with a dot at least',
  fits: (name, minor) => DNS_SUBDOMAIN.fits(name, minor) && name.includes('.'),
};

const differ: Demand = ({ kind, listKind }, site) => {
  if (typeof kind !== 'string' || kind === '' || kind !== listKind) return;
  site.breach('object/crd', `${site.name('listKind')} is ${quote(kind)}, as is kind, but they must differ`, {
    at: ['listKind'],
    hint: `write ${quote(`${kind}List`)}`,
  });
};

const names: Look = fields(
  {
    plural: text(NAME),
    singular: text(NAME),
    kind: text(KIND),
    listKind: text(KIND),
    shortNames: each(given(NAME)),
    categories: each(given(NAME)),
  },
  differ,
);

/** A path in an object, from its root. */
function jsonPath(...roots: readonly string[]): Look {
  return (value, site) => {
    const path = textOf(value) ?? '';
    if (path === '' || (roots.length === 0 ? path.startsWith('.') : roots.some((root) => path.startsWith(root))))
      return;
    const expected =
      roots.length === 0 ? 'a path that begins with "."' : `a path that begins with "${roots.join('" or "')}"`;
    site.breach('object/crd', `${site.name()} is ${quote(path)}, but it must be ${expected}`, {
      found: quote(path),
      expected,
    });
  };
}

const COLUMN_TYPES = ['boolean', 'date', 'integer', 'number', 'string'];
const COLUMN_FORMATS = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password'];

const column: Look = fields({
  type: word(COLUMN_TYPES, 'object/crd'),
  format: word(['', ...COLUMN_FORMATS], 'object/crd'),
  jsonPath: jsonPath(),
});

const scale: Look = fields({
  specReplicasPath: jsonPath('.spec.'),
  statusReplicasPath: jsonPath('.status.'),
  labelSelectorPath: jsonPath('.spec.', '.status.'),
});

/** What may stand at the root of a schema whose status is written apart. */
const AT_ROOT = new Set([
  ...['description', 'type', 'format', 'title', 'maximum', 'exclusiveMaximum', 'minimum', 'exclusiveMinimum'],
  ...['maxLength', 'minLength', 'pattern', 'maxItems', 'minItems', 'uniqueItems', 'multipleOf', 'required', 'items'],
  ...['properties', 'externalDocs', 'example', 'x-kubernetes-preserve-unknown-fields', 'x-kubernetes-validations'],
]);

const root: Demand = ({ schema, subresources }, site) => {
  const found = fieldsOf(schema).openAPIV3Schema;
  if (!isMapping(found)) return;
  const at = ['schema', 'openAPIV3Schema'];
  const refuse = (name: string, because: string): void =>
    site.breach('object/crd', `${site.name(...at, name)} must not be set ${because}`, {
      at: [...at, name],
      hint: `remove ${name}`,
    });
  if (found.nullable === true) return refuse('nullable', 'at the root');
  const { status } = fieldsOf(subresources);
  const foreign =
    status == null ? undefined : Object.keys(found).find((name) => !AT_ROOT.has(name) && isSet(found, name));
  if (foreign !== undefined) refuse(foreign, 'at the root, as the status is a subresource');
};

const schemaKeywords: Demand = ({ schema }, site) => {
  const at = ['schema', 'openAPIV3Schema'];
  checkSchemaKeywords(fieldsOf(schema).openAPIV3Schema, { at, site });
};

/** The parts of a path such as `.spec.type`; undefined for what is more than names and dots. */
function partsOf(path: string): readonly string[] | undefined {
  return /^(?:\.[A-Za-z_][\w-]*)+$/.test(path) ? path.slice(1).split('.') : undefined;
}

/** Fields that objects can be found by: text, numbers, booleans that the schema has. */
const selectable: Demand = ({ selectableFields, schema }, site) => {
  const seen = new Set<string>();
  for (const [index, item] of listOf(selectableFields).entries()) {
    const path = textOf(fieldsOf(item).jsonPath) ?? '';
    const at = ['selectableFields', index, 'jsonPath'];
    if (path === '') continue;
    const refuse = (because: string): void =>
      site.breach('object/crd', `${site.name(...at)} is ${quote(path)}, ${because}`, { at });
    if (!path.startsWith('.') && !path.startsWith('[')) refuse('which does not begin with "."');
    else if (/^\.metadata(?:\.|$)/.test(path)) refuse('but fields of metadata need not be made selectable');
    else if (seen.has(path)) refuse('which is there already');
    else {
      const parts = partsOf(path);
      const type = parts === undefined ? 'string' : typeAt(fieldsOf(schema).openAPIV3Schema, parts);
      if (type === undefined) refuse('which the schema does not have');
      else if (type !== '' && !['string', 'boolean', 'integer'].includes(type))
        refuse(`which is of type "${type}": only texts, integers and booleans can be selected by`);
    }
    seen.add(path);
  }
};

function typeAt(schema: unknown, parts: readonly string[]): string | undefined {
  let at = schema;
  for (const part of parts) at = fieldsOf(fieldsOf(at).properties)[part];
  return isMapping(at) ? (textOf(at.type) ?? '') : undefined;
}

const warning: Demand = ({ deprecated, deprecationWarning }, site) => {
  if (deprecationWarning === undefined || deprecationWarning === null || deprecated === true) return;
  site.breach('object/crd', `${site.name('deprecationWarning')} must not be set because deprecated is not true`, {
    at: ['deprecationWarning'],
    hint: 'set deprecated to true, or remove the warning',
  });
};

const version: Look = fields(
  {
    name: text(NAME),
    additionalPrinterColumns: each(column),
    subresources: fields({ scale }),
  },
  root,
  schemaKeywords,
  selectable,
  warning,
);

/** One version is stored, and each has its own name. */
const oneStored: Demand = ({ versions }, site) => {
  const stored = listOf(versions).filter((item) => fieldsOf(item).storage === true).length;
  if (stored !== 1 && listOf(versions).length > 0) {
    site.breach(
      'object/crd',
      `${site.name('versions')} has ${stored} versions with storage true, but exactly one is stored`,
      {
        at: ['versions'],
        found: `${stored} versions`,
        expected: 'exactly one',
        hint: 'set storage to true in one version and to false in the others',
      },
    );
  }
  const seen = new Set<string>();
  for (const [index, item] of listOf(versions).entries()) {
    const name = textOf(fieldsOf(item).name) ?? '';
    const at = ['versions', index, 'name'];
    if (seen.has(name) && name !== '')
      site.breach('object/crd', `${site.name(...at)} is ${quote(name)}, which is there already`, { at });
    seen.add(name);
  }
};

const conversion: Look = fields(
  {
    webhook: fields(
      { clientConfig, conversionReviewVersions: reviewVersions },
      need('clientConfig', () => '', 'object/crd'),
    ),
  },
  need('webhook', when('strategy', 'Webhook'), 'object/crd'),
  ban('webhook', unless('strategy', 'Webhook', 'None'), 'object/crd'),
);

/** Groups of the Kubernetes project need its approval. */
const PROTECTED = /(?:^|\.)(?:k8s|kubernetes)\.io$/;
const APPROVAL = 'api-approved.kubernetes.io';

function approved(metadata: Fields, group: string, site: Site): void {
  const approval = textOf(fieldsOf(metadata.annotations)[APPROVAL]) ?? '';
  if (!PROTECTED.test(group) || approval.startsWith('unapproved') || /^https?:\/\/[^/]+/.test(approval)) return;
  const at: FieldPath = ['metadata', 'annotations', APPROVAL];
  site.breach(
    'object/crd',
    `${site.name(...at)} is ${approval === '' ? 'missing' : quote(approval)}, which the group ${quote(group)} needs`,
    {
      at,
      expected: 'the URL of the pull request that approved the API, or text that begins with "unapproved"',
      hint: 'use a group of your own domain',
    },
  );
}

/** Its name is made of the plural and the group. */
function crdName({ metadata, spec }: Fields, site: Site): void {
  const { group, names } = fieldsOf(spec);
  const domain = textOf(group) ?? '';
  approved(fieldsOf(metadata), domain, site);
  const expected = `${textOf(fieldsOf(names).plural) ?? ''}.${domain}`;
  const name = textOf(fieldsOf(metadata).name);
  if (name === undefined || name === expected) return;
  const at = ['metadata', 'name'];
  site.breach(
    'object/crd',
    `metadata.name is ${quote(name)}, but a CustomResourceDefinition is called by its plural and group: ${quote(expected)}`,
    {
      at,
      found: quote(name),
      expected: quote(expected),
      hint: `write ${quote(expected)}`,
    },
  );
}

const preserving: Demand = ({ preserveUnknownFields }, site) => {
  if (preserveUnknownFields !== true) return;
  site.breach('object/crd', `${site.name('preserveUnknownFields')} must not be true`, {
    at: ['preserveUnknownFields'],
    hint: 'set x-kubernetes-preserve-unknown-fields in the schema instead',
  });
};

/** What the API server asks of a CustomResourceDefinition. */
export const customResourceDefinition: Look = fields(
  { spec: fields({ group: text(GROUP), names, versions: each(version), conversion }, oneStored, preserving) },
  crdName,
);

/** ConfigMaps, Secrets, Namespaces, Events, Leases, certificate requests. */
import { fieldsOf, groupOf, isMapping, textOf } from '../object.ts';
import { isSet, listed, need, uniqueItems } from './demands.ts';
import { type Demand, each, fields, type Look } from './look.ts';
import { quote, type Site } from './site.ts';
import { DATA_KEY, type Form, given, isQualifiedName, keys, QUALIFIED_NAME, text } from './texts.ts';

const dataKeys = keys(DATA_KEY);

/** What the API server asks of a ConfigMap. */
export const configMap: Look = fields({ data: dataKeys, binaryData: dataKeys }, ({ data, binaryData }, site) => {
  for (const key of Object.keys(fieldsOf(binaryData))) {
    if (!Object.hasOwn(fieldsOf(data), key)) continue;
    site.breach('object/duplicate', `${site.name('data', key)} is in binaryData too`, { at: ['data', key] });
  }
});

/** Keys that a type of Secret needs: all of them, or one of them. */
const NEEDED: ReadonlyMap<string, { readonly keys: readonly string[]; readonly any?: true }> = new Map([
  ['kubernetes.io/dockercfg', { keys: ['.dockercfg'] }],
  ['kubernetes.io/dockerconfigjson', { keys: ['.dockerconfigjson'] }],
  ['kubernetes.io/basic-auth', { keys: ['username', 'password'], any: true }],
  ['kubernetes.io/ssh-auth', { keys: ['ssh-privatekey'] }],
  ['kubernetes.io/tls', { keys: ['tls.crt', 'tls.key'] }],
]);

const typed: Demand = ({ type, data, stringData }, site) => {
  const needed = NEEDED.get(textOf(type) ?? '');
  if (needed === undefined) return;
  const has = (key: string): boolean => Object.hasOwn(fieldsOf(data), key) || Object.hasOwn(fieldsOf(stringData), key);
  const missing = needed.keys.filter((key) => !has(key));
  if (missing.length === 0 || (needed.any === true && missing.length < needed.keys.length)) return;
  const names = missing.map((key) => `"${key}"`).join(needed.any === true ? ' or ' : ' and ');
  site.breach('object/required', `The Secret has no ${names}, which is needed because type is ${quote(type)}`, {
    at: ['data'],
    found: 'nothing',
    expected: names,
    hint: `add ${names}, or remove type`,
  });
};

const DOCKER: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'kubernetes.io/dockercfg': '.dockercfg',
    'kubernetes.io/dockerconfigjson': '.dockerconfigjson',
  }),
);

/** Logins at registries are JSON; what is in them is never shown. */
const dockerConfig: Demand = ({ type, data, stringData }, site) => {
  const key = DOCKER.get(textOf(type) ?? '');
  if (key === undefined) return;
  const plain = textOf(fieldsOf(stringData)[key]);
  const encoded = textOf(fieldsOf(data)[key]);
  const text = plain ?? (encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString());
  if (text === undefined || UNKNOWN.test(text) || isJsonObject(text)) return;
  const at = [plain === undefined ? 'data' : 'stringData', key];
  site.breach('object/value', `${site.name(...at)} is not JSON, as type ${quote(type)} demands`, {
    at,
    found: 'other text',
    expected: 'a JSON object',
  });
};

/** Replaced or decrypted by Flux. */
const UNKNOWN = /\$\{|ENC\[/;

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return value === null || isMapping(value);
  } catch {
    return false;
  }
}

const tokenOfAccount: Demand = ({ type, metadata }, site) => {
  if (type !== 'kubernetes.io/service-account-token') return;
  const key = 'kubernetes.io/service-account.name';
  if (isSet(fieldsOf(fieldsOf(metadata).annotations), key)) return;
  const at = ['metadata', 'annotations', key];
  site.breach('object/required', `${site.name(...at)} is missing, which is needed because type is ${quote(type)}`, {
    at,
  });
};

/** What the API server asks of a Secret. */
export const secret: Look = fields({ data: dataKeys, stringData: dataKeys }, typed, dockerConfig, tokenOfAccount);

const FINALIZERS = ['kubernetes', 'orphan', 'foregroundDeletion'];

const FINALIZER: Form = {
  ...QUALIFIED_NAME,
  name: 'a finalizer such as "kubernetes" or "example.com/cleanup"',
  fits: (name) => FINALIZERS.includes(name) || (isQualifiedName(name) && name.includes('/')),
};

const LEVELS = ['privileged', 'baseline', 'restricted'];
const POD_SECURITY = /^pod-security\.kubernetes\.io\/(?:enforce|audit|warn)(-version)?$/;

/** Levels of pod security and their versions, which are read from labels. */
const podSecurity: Demand = ({ metadata }, site) => {
  for (const [key, value] of Object.entries(fieldsOf(fieldsOf(metadata).labels))) {
    const match = POD_SECURITY.exec(key);
    if (match === null || typeof value !== 'string') continue;
    const isLevel = match[1] === undefined;
    if (isLevel ? LEVELS.includes(value) : /^(?:latest|v1\.(?:0|[1-9]\d*))$/.test(value)) continue;
    const expected = isLevel ? listed(LEVELS, 'or') : '"latest" or a version such as "v1.36"';
    const at = ['metadata', 'labels', key];
    site.breach('object/labels', `${site.name(...at)} is ${quote(value)}, but it must be ${expected}`, {
      at,
      found: quote(value),
      expected,
    });
  }
};

/** What the API server asks of a Namespace. */
export const namespace: Look = fields({ spec: fields({ finalizers: each(given(FINALIZER)) }) }, podSecurity);

/** Events of both groups; only the newer one has demands of its own. */
export const event: Look = (value, site) => {
  if (!isMapping(value)) return;
  const { eventTime, type, metadata, involvedObject } = value;
  if (eventTime === undefined || eventTime === null) return sameNamespace(metadata, involvedObject, site);
  for (const name of ['reportingInstance', 'action', 'reason']) need(name, () => 'eventTime is set')(value, site);
  const controller = groupOf(site.object.apiVersion) === '' ? 'reportingComponent' : 'reportingController';
  need(controller, () => 'eventTime is set')(value, site);
  if (value[controller] !== undefined) site.into(controller, value[controller], text(QUALIFIED_NAME));
  if (groupOf(site.object.apiVersion) === '' || type === 'Normal' || type === 'Warning') return;
  site.breach('object/value', `type is ${quote(type)}, but it must be "Normal" or "Warning"`, {
    at: ['type'],
    found: quote(type),
    expected: '"Normal" or "Warning"',
  });
};

function sameNamespace(metadata: unknown, involved: unknown, site: Site): void {
  const own = textOf(fieldsOf(metadata).namespace) ?? '';
  const other = textOf(fieldsOf(involved).namespace) ?? '';
  if (own === '' || own === other || (other === '' && own === 'default')) return;
  const at = ['involvedObject', 'namespace'];
  site.breach('object/conflict', `${site.name(...at)} is ${quote(other)}, but the event is in ${quote(own)}`, { at });
}

const SIGNER: Form = {
  rule: 'object/name',
  name: 'the name of a signer such as "example.com/signer"',
  made: 'a domain, "/" and a path',
  fits: (name) => {
    const [domain = '', path = '', ...rest] = name.split('/');
    return (
      rest.length === 0 && /^[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?$/.test(domain) && domain.includes('.') && path !== ''
    );
  },
};

/** What the API server asks of a CertificateSigningRequest. */
export const certificateRequest: Look = fields({
  spec: fields({
    signerName: text(SIGNER),
    usages: each(() => undefined, uniqueItems),
  }),
});

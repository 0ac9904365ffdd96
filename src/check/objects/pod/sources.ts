/** Where containers take values and files from: fields of the pod, resources, ConfigMaps, Secrets. */
import { type Fields, textOf } from '../../object.ts';
import { exactlyOne, listed, need } from '../demands.ts';
import { type Demand, each, fields, type Look } from '../look.ts';
import { quantityOf } from '../quantity.ts';
import { quote, type Site } from '../site.ts';
import { DATA_KEY, DNS_SUBDOMAIN, ENV_NAME, isQualifiedName, RELATIVE_PATH, text, word } from '../texts.ts';

const FIELDS_IN_ENV = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];
const FIELDS_IN_FILES = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'metadata.labels',
  'metadata.annotations',
];
/** Names of fields from before they were moved. */
const OLD_FIELDS = ['spec.host', 'spec.serviceAccount'];

/** No label key is as long. */
const LONGEST = 400;

/** A field of the pod: `metadata.labels['app']`. */
function fieldPath(known: readonly string[]): Look {
  return (value, site) => {
    if (typeof value !== 'string' || value === '' || OLD_FIELDS.includes(value)) return;
    const [, path, key] = value.length > LONGEST ? [] : (/^(.*)\['(.*)'\]$/s.exec(value) ?? []);
    if (path === undefined ? known.includes(value) : isKeyOf(path, key ?? '')) return;
    site.breach('object/value', `${site.name()} is ${quote(value)}, which pods do not offer here`, {
      found: quote(value),
      expected: `one of ${listed([...known, "metadata.labels['KEY']", "metadata.annotations['KEY']"], 'or')}`,
    });
  };
}

function isKeyOf(path: string, key: string): boolean {
  if (path === 'metadata.labels') return isQualifiedName(key);
  return path === 'metadata.annotations' && isQualifiedName(key.toLowerCase());
}

const fieldRef = (known: readonly string[]): Look =>
  fields({ fieldPath: fieldPath(known), apiVersion: word(['', 'v1']) });

const RESOURCES = ['cpu', 'memory', 'ephemeral-storage'].flatMap((name) => [`limits.${name}`, `requests.${name}`]);

/** Whether a container's resource can be told to it. */
const isResource = (name: string): boolean => RESOURCES.includes(name) || /^(?:limits|requests)\.hugepages-/.test(name);

const resource: Look = (value, site) => {
  if (typeof value === 'string' && value !== '' && !isResource(value)) word(RESOURCES)(value, site);
};

const MEMORY_DIVISORS = [1, ...[1, 2, 3, 4, 5, 6].flatMap((power) => [1000 ** power, 1024 ** power])];

/** The unit that a resource is counted in. */
const divisorFits: Demand = ({ resource, divisor }, site) => {
  const name = textOf(resource);
  const unit = quantityOf(divisor);
  if (name === undefined || !isResource(name) || unit === undefined || unit === 0) return;
  const cpu = name.endsWith('.cpu');
  if ((cpu ? [0.001, 1] : MEMORY_DIVISORS).includes(unit)) return;
  const expected = cpu ? '"1m" or "1"' : '"1" or one unit such as "1Mi" or "1M"';
  site.breach('object/value', `${site.name('divisor')} is ${quote(divisor)}, but for ${name} it must be ${expected}`, {
    at: ['divisor'],
    found: quote(divisor),
    expected,
  });
};

const resourceFieldRef = (...demands: readonly Demand[]): Look => fields({ resource }, divisorFits, ...demands);

const dataKey = text(DATA_KEY);
const keyOfNamed: Look = fields({ name: text(DNS_SUBDOMAIN), key: dataKey });

const SOURCES = ['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef', 'fileKeyRef'];

const valueFrom: Look = fields(
  {
    fieldRef: fieldRef(FIELDS_IN_ENV),
    resourceFieldRef: resourceFieldRef(),
    configMapKeyRef: keyOfNamed,
    secretKeyRef: keyOfNamed,
    fileKeyRef: fields({ path: text(RELATIVE_PATH) }),
  },
  exactlyOne(...SOURCES),
);

/** A variable has a value or a source of one. */
function oneValue({ value, valueFrom }: Fields, site: Site): void {
  if (typeof value !== 'string' || value === '' || valueFrom === undefined || valueFrom === null) return;
  site.breach('object/one-of', `${site.name()} has "value" and "valueFrom", but only one of them may be set`, {
    found: '"value" and "valueFrom"',
    expected: 'one of them',
    hint: 'remove value or valueFrom',
  });
}

/** `env` of a container. */
export const env: Look = each(fields({ name: text(ENV_NAME), valueFrom }, oneValue));

const named: Look = fields({ name: text(DNS_SUBDOMAIN) });

/** `envFrom` of a container. */
export const envFrom: Look = each(
  fields({ prefix: text(ENV_NAME), configMapRef: named, secretRef: named }, exactlyOne('configMapRef', 'secretRef')),
);

/** A path of a file in a volume: relative, and not beginning with `..`. */
const filePath: Look = (value, site) => {
  text(RELATIVE_PATH)(value, site);
  if (typeof value !== 'string' || !value.startsWith('..') || !RELATIVE_PATH.fits(value, site.minor)) return;
  site.breach('object/value', `${site.name()} is ${quote(value)}, but names that begin with ".." are Kubernetes' own`, {
    found: quote(value),
    expected: 'a path that does not begin with ".."',
  });
};

/** `items` of volumes made of a ConfigMap or Secret. */
export const keysToPaths: Look = each(fields({ path: filePath }));

/** Files with what the pod knows about itself. */
export const downwardFiles: Look = each(
  fields(
    {
      path: filePath,
      fieldRef: fieldRef(FIELDS_IN_FILES),
      resourceFieldRef: resourceFieldRef(need('containerName')),
    },
    exactlyOne('fieldRef', 'resourceFieldRef'),
  ),
);

/** A path of a token in a volume. */
export const tokenPath: Look = filePath;

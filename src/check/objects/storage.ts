/** PersistentVolumes, claims, storage classes and drivers. */
import { type Fields, fieldsOf, isMapping, listOf, textOf } from '../object.ts';
import { exactlyOne, isSet, need, type Reason, unique, uniqueItems } from './demands.ts';
import { labelSelector } from './labels.ts';
import { type Demand, each, fields, type Look, values } from './look.ts';
import { quantity } from './numbers.ts';
import { nodeSelector } from './pod/scheduling.ts';
import { claimSpec, podsOnly, SHARED_SOURCES } from './pod/volumes.ts';
import { keyOf, quote, type Site } from './site.ts';
import {
  DNS_LABEL,
  DNS_SUBDOMAIN,
  DRIVER_NAME,
  given,
  PATH_WITHOUT_STEPS_BACK,
  QUALIFIED_NAME,
  text,
} from './texts.ts';

const SOURCES = [
  ...['csi', 'nfs', 'local'],
  ...Object.keys(SHARED_SOURCES).filter((name) => name !== 'nfs'),
  ...['cephfs', 'cinder', 'flexVolume', 'glusterfs', 'photonPersistentDisk', 'portworxVolume', 'rbd', 'vsphereVolume'],
  'azureFile',
];

/** A Secret in a namespace. */
const secret: Look = fields({ name: text(DNS_SUBDOMAIN), namespace: text(DNS_LABEL) }, need('name'), need('namespace'));

const csi: Look = fields({
  driver: text(DRIVER_NAME),
  controllerPublishSecretRef: secret,
  controllerExpandSecretRef: secret,
  nodePublishSecretRef: secret,
  nodeExpandSecretRef: secret,
});

const isLocal: Reason = (spec) => (isSet(spec, 'local') ? 'a local volume is on one node only' : undefined);

/** The whole disk of a node must not be recycled. */
const recycleRoot: Demand = ({ hostPath, persistentVolumeReclaimPolicy }, site) => {
  if (persistentVolumeReclaimPolicy !== 'Recycle' || !/^\/+$/.test(textOf(fieldsOf(hostPath).path) ?? '')) return;
  site.breach(
    'object/conflict',
    `${site.name('persistentVolumeReclaimPolicy')} is "Recycle", which would empty "/" of the node`,
    {
      at: ['persistentVolumeReclaimPolicy'],
    },
  );
};

/** What the API server asks of a PersistentVolume. */
export const persistentVolume: Look = fields({
  spec: fields(
    {
      ...SHARED_SOURCES,
      csi,
      local: fields({ path: text(PATH_WITHOUT_STEPS_BACK) }),
      capacity: values(quantity({ zero: false })),
      storageClassName: text(DNS_SUBDOMAIN),
      volumeAttributesClassName: given(DNS_SUBDOMAIN),
      nodeAffinity: fields({ required: nodeSelector }),
    },
    exactlyOne(...SOURCES),
    need('nodeAffinity', isLocal),
    podsOnly,
    recycleRoot,
    onlyStorage,
  ),
});

/** A volume has one capacity. */
function onlyStorage({ capacity }: Fields, site: Site): void {
  if (!isMapping(capacity) || (Object.keys(capacity).length === 1 && 'storage' in capacity)) return;
  if (Object.keys(capacity).length === 0) return;
  site.breach('object/quantity', `${site.name('capacity')} must have "storage" and nothing else`, {
    at: ['capacity'],
    found: Object.keys(capacity).join(', '),
    expected: 'storage',
  });
}

/** A claim restored from something is of one source. */
const sameSource: Demand = ({ dataSource, dataSourceRef }, site) => {
  if (!isMapping(dataSource) || !isMapping(dataSourceRef)) return;
  const same = ['apiGroup', 'kind', 'name'].every((name) => (dataSource[name] ?? '') === (dataSourceRef[name] ?? ''));
  if (same && !isSet(dataSourceRef, 'namespace')) return;
  site.breach('object/conflict', `${site.name('dataSource')} and dataSourceRef name different sources`, {
    at: ['dataSource'],
    hint: 'remove dataSource',
  });
};

/** Without a group only another claim can be a source. */
const sourceKind: Demand = ({ dataSourceRef }, site) => {
  const { apiGroup, kind } = fieldsOf(dataSourceRef);
  if (typeof kind !== 'string' || (apiGroup ?? '') !== '' || kind === 'PersistentVolumeClaim') return;
  const at = ['dataSourceRef', 'apiGroup'];
  site.breach('object/required', `${site.name(...at)} is missing, which is needed because kind is ${quote(kind)}`, {
    at,
    found: 'nothing',
    expected: 'the API group of the source',
  });
};

const claimSources: Look = fields({}, sameSource, sourceKind);

/** What the API server asks of a PersistentVolumeClaim. */
export const persistentVolumeClaim: Look = fields({
  spec: (value, site) => {
    claimSpec(value, site);
    claimSources(value, site);
  },
});

/** Terms that ask for the same are one. */
function sameTopology(item: unknown): unknown {
  const expressions = listOf(fieldsOf(item).matchLabelExpressions).map((expression) => {
    const { key, values } = fieldsOf(expression);
    return keyOf(
      key ?? '',
      listOf(values)
        .map((value) => textOf(value) ?? '')
        .sort(),
    );
  });
  return keyOf(...expressions.sort());
}

/** A term without expressions is like the absent ones that the server compares it with. */
function topologyAsksSomething(items: readonly unknown[], site: Site): void {
  const seen = new Set<unknown>();
  for (const [index, item] of items.entries()) {
    const key = sameTopology(item);
    if (key === '[]') {
      site.breach(
        'object/required',
        `${site.name(index)} asks for no label, but a topology is a label and its values`,
        {
          at: [index],
        },
      );
    } else if (seen.has(key)) {
      site.breach('object/duplicate', `${site.name(index)} is there already`, { at: [index] });
    }
    seen.add(key);
  }
}

/** What the API server asks of a StorageClass. */
export const storageClass: Look = fields({
  provisioner: text({ ...QUALIFIED_NAME, fits: (name, minor) => QUALIFIED_NAME.fits(name.toLowerCase(), minor) }),
  reclaimPolicy: (value, site) => {
    if (value !== 'Recycle') return;
    site.breach('object/value', `${site.name()} is "Recycle", but it must be "Delete" or "Retain"`, {
      found: '"Recycle"',
      expected: '"Delete" or "Retain"',
    });
  },
  allowedTopologies: each(
    fields({
      matchLabelExpressions: each(
        fields({ key: text(QUALIFIED_NAME), values: each(() => undefined, uniqueItems) }),
        unique((item) => fieldsOf(item).key, 'key'),
      ),
    }),
    topologyAsksSomething,
  ),
});

/** What the API server asks of a CSIDriver. */
export const csiDriver: Look = fields({
  spec: fields(
    {
      tokenRequests: each(
        fields({}),
        unique((item) => fieldsOf(item).audience ?? '', 'audience'),
      ),
    },
    need('tokenRequests', ({ serviceAccountTokenInSecrets }) =>
      serviceAccountTokenInSecrets == null ? undefined : 'serviceAccountTokenInSecrets is set',
    ),
  ),
});

/** What the API server asks of a CSINode. */
export const csiNode: Look = fields({
  spec: fields({
    drivers: each(fields({ name: text(DRIVER_NAME), topologyKeys: each(given(QUALIFIED_NAME), uniqueItems) })),
  }),
});

/** What the API server asks of a CSIStorageCapacity. */
export const csiStorageCapacity: Look = fields({
  storageClassName: text(DNS_SUBDOMAIN),
  nodeTopology: labelSelector,
  capacity: quantity({ zero: true }),
});

/** What the API server asks of a VolumeAttachment. */
export const volumeAttachment: Look = fields({
  spec: fields({
    attacher: text(DRIVER_NAME),
    nodeName: text(DNS_SUBDOMAIN),
    source: fields({ persistentVolumeName: given(DNS_SUBDOMAIN) }, oneVolume),
  }),
});

/** An empty name counts as one here. */
function oneVolume(source: Fields, site: Site): void {
  if (typeof source.persistentVolumeName !== 'string')
    exactlyOne('persistentVolumeName', 'inlineVolumeSpec')(source, site);
}

/** What the API server asks of a VolumeAttributesClass. */
export const volumeAttributesClass: Look = fields({ driverName: text(DRIVER_NAME) }, (value, site) => {
  if (Object.keys(fieldsOf(value.parameters)).length === 0) need('parameters')({}, site);
});

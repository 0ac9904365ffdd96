/** Volumes of pods. Most of their sources occur in PersistentVolumes too. */
import { type Fields, fieldsOf, listOf, textOf } from '../../object.ts';
import { atMostOne, exactlyOne, isSet, need, type Reason } from '../demands.ts';
import { labelSelector } from '../labels.ts';
import { type Demand, each, fields, type Look, values } from '../look.ts';
import { templateMetadata } from '../metadata.ts';
import { between, quantity } from '../numbers.ts';
import { quote, type Site } from '../site.ts';
import {
  ABSOLUTE_PATH,
  DNS_LABEL,
  DNS_SUBDOMAIN,
  DRIVER_NAME,
  type Form,
  given,
  notEmpty,
  PATH_WITHOUT_STEPS_BACK,
  text,
} from '../texts.ts';
import { downwardFiles, keysToPaths, tokenPath } from './sources.ts';

/** A name of something that another field refers to, needed where the field is there. */
export const named: Look = fields({ name: text(DNS_SUBDOMAIN) }, need('name'));

const projectedSource: Look = fields(
  {
    secret: fields({ items: keysToPaths }),
    configMap: fields({ items: keysToPaths }),
    downwardAPI: fields({ items: downwardFiles }),
    serviceAccountToken: fields({ path: tokenPath }),
  },
  atMostOne('secret', 'configMap', 'downwardAPI', 'serviceAccountToken'),
);

/** Files of a projected volume, each once. */
function pathsOnce(sources: readonly unknown[], site: Site): void {
  const seen = new Set<string>();
  for (const [index, source] of sources.entries()) {
    for (const kind of ['secret', 'configMap', 'downwardAPI']) {
      for (const [position, item] of listOf(fieldsOf(fieldsOf(source)[kind]).items).entries()) {
        const path = textOf(fieldsOf(item).path) ?? '';
        const at = [index, kind, 'items', position, 'path'];
        if (seen.has(path) && path !== '') {
          site.breach('object/duplicate', `${site.name(...at)} is ${quote(path)}, as is that of another file`, { at });
        }
        seen.add(path);
      }
    }
  }
}

const ISCSI: Form = {
  rule: 'object/value',
  name: 'the name of an iSCSI target',
  made: 'it begins with "iqn", "eui" or "naa" and follows its rules',
  fits: (name) =>
    /^iqn(?:.*iqn)?\.\d{4}-\d{2}\.[A-Za-z0-9.-]+:[^,;*&$|\s]+$/.test(name) ||
    /^eui.[0-9A-Za-z]{16}$/.test(name) ||
    /^naa.[0-9A-Za-z]{32}$/.test(name),
};

const chap: Reason = ({ chapAuthDiscovery, chapAuthSession }) =>
  chapAuthDiscovery === true || chapAuthSession === true ? 'CHAP is on' : undefined;

const HOST_PORTS: Form = {
  rule: 'object/address',
  name: 'a host and port, or several with commas between them',
  made: '',
  fits: (list) => list.split(',').every((pair) => /^(?:\[[^\]]*\]|[^:[\]]*):[^:[\]]*$/.test(pair)),
};

/** Managed disks are resources, other disks are files. */
const diskUri: Demand = ({ kind, diskURI }, site) => {
  const uri = textOf(diskURI) ?? '';
  const start = (kind ?? 'Shared') === 'Managed' ? '/subscriptions/' : 'https://';
  if (uri === '' || uri.startsWith(start)) return;
  site.breach(
    'object/value',
    `${site.name('diskURI')} is ${quote(uri)}, but with kind "${textOf(kind) ?? 'Shared'}" it begins with "${start}"`,
    {
      at: ['diskURI'],
      expected: `text that begins with "${start}"`,
    },
  );
};

/** Sources of pods' volumes and of PersistentVolumes, by field. */
export const SHARED_SOURCES: Readonly<Record<string, Look>> = {
  hostPath: fields({ path: text(PATH_WITHOUT_STEPS_BACK) }),
  nfs: fields({ path: text(ABSOLUTE_PATH) }),
  iscsi: fields({ iqn: text(ISCSI), initiatorName: given(ISCSI) }, need('secretRef', chap)),
  fc: fields({ lun: between(0, 255) }, exactlyOne('targetWWNs', 'wwids'), need('lun', lunReason)),
  awsElasticBlockStore: fields({ partition: between(0, 255) }),
  gcePersistentDisk: fields({ partition: between(0, 255) }),
  azureDisk: fields({ cachingMode: notEmpty, kind: notEmpty }, diskUri),
  quobyte: fields({ registry: text(HOST_PORTS) }),
  scaleIO: fields({}, need('volumeName')),
  storageos: fields({ volumeName: text(DNS_LABEL), volumeNamespace: text(DNS_LABEL) }, need('volumeName')),
  flocker: fields({}, exactlyOne('datasetName', 'datasetUUID')),
};

function lunReason(fields: Fields): string | undefined {
  return isSet(fields, 'targetWWNs') ? 'targetWWNs is set' : undefined;
}

/** All fields that are sources of a pod's volume. */
const SOURCES = [
  ...Object.keys(SHARED_SOURCES),
  ...['emptyDir', 'configMap', 'secret', 'downwardAPI', 'projected', 'persistentVolumeClaim', 'csi', 'ephemeral'],
  ...['image', 'cephfs', 'cinder', 'flexVolume', 'gitRepo', 'glusterfs', 'photonPersistentDisk', 'portworxVolume'],
  ...['rbd', 'vsphereVolume', 'azureFile'],
];

/** A claim's spec, of its own or in a template. */
export const claimSpec: Look = fields(
  {
    selector: labelSelector,
    storageClassName: text(DNS_SUBDOMAIN),
    resources: fields({ requests: values(quantity({ zero: false })) }),
    dataSource: fields({}, need('name', isKnownSource)),
    dataSourceRef: fields({ apiGroup: text(DNS_SUBDOMAIN), namespace: text(DNS_LABEL) }, need('name')),
  },
  storageNeeded,
  podsOnly,
);

/** Other sources than these are taken away before anybody looks at them. */
function isKnownSource({ apiGroup, kind }: Fields): string | undefined {
  const group = textOf(apiGroup) ?? '';
  const snapshot = kind === 'VolumeSnapshot' && group === 'snapshot.storage.k8s.io';
  return snapshot || (kind === 'PersistentVolumeClaim' && group === '') ? `kind is "${kind}"` : undefined;
}

function storageNeeded({ resources }: Fields, site: Site): void {
  const requests = fieldsOf(fieldsOf(resources).requests);
  if (requests.storage !== undefined) return;
  const at = ['resources', 'requests', 'storage'];
  site.breach('object/required', `${site.name(...at)} is missing: a claim says how much storage it wants`, {
    at,
    found: 'nothing',
    expected: 'a quantity such as 1Gi',
    hint: 'set resources.requests.storage',
  });
}

/** A volume for one pod only is for nobody else. */
export function podsOnly({ accessModes }: Fields, site: Site): void {
  const modes = listOf(accessModes);
  if (!modes.includes('ReadWriteOncePod') || modes.every((mode) => mode === 'ReadWriteOncePod')) return;
  site.breach(
    'object/conflict',
    `${site.name('accessModes')} has "ReadWriteOncePod" and others, but it excludes them`,
    {
      at: ['accessModes'],
      hint: 'keep ReadWriteOncePod alone, or remove it',
    },
  );
}

/** `volumes` of a pod. */
export const volumes: Look = each(
  fields(
    {
      ...SHARED_SOURCES,
      name: text(DNS_LABEL),
      emptyDir: fields({ sizeLimit: quantity({ zero: true }) }),
      configMap: fields({ items: keysToPaths }),
      secret: fields({ items: keysToPaths }),
      downwardAPI: fields({ items: downwardFiles }),
      projected: fields({ sources: each(projectedSource, pathsOnce) }),
      csi: fields({ driver: text(DRIVER_NAME), nodePublishSecretRef: named }),
      ephemeral: fields({ volumeClaimTemplate: fields({ metadata: templateMetadata, spec: claimSpec }) }),
    },
    atMostOne(...SOURCES),
  ),
);

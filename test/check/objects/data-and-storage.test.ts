import { describe, expect, test } from 'vitest';
import { configMap, namespace, persistentVolume, persistentVolumeClaim, secret } from './bases.ts';
import { breachesOf, changed, type Row } from './breaches.ts';

const ROWS: readonly Row[] = [
  [
    'a key of data',
    configMap,
    { data: { 'a b': 'x' } },
    [
      'object/name data["a b"]: data has the key "a b", which is not a key for data (at most 253 of A-Z, a-z, 0-9, "-", "_" and ".", not "." and not ".." at the beginning)',
    ],
  ],
  [
    'a key in both kinds of data',
    configMap,
    { binaryData: { mode: '' } },
    ['object/duplicate data.mode: data.mode is in binaryData too'],
  ],
  [
    'a certificate without key',
    secret,
    { 'data.tls~key': undefined },
    ['object/required data: The Secret has no "tls.key", which is needed because type is "kubernetes.io/tls"'],
  ],
  [
    'a login without anything',
    secret,
    { type: 'kubernetes.io/basic-auth', data: {} },
    [
      'object/required data: The Secret has no "username" or "password", which is needed because type is "kubernetes.io/basic-auth"',
    ],
  ],
  [
    'a login that is not JSON',
    secret,
    { type: 'kubernetes.io/dockerconfigjson', data: {}, stringData: { '.dockerconfigjson': 'password' } },
    [
      'object/value stringData[".dockerconfigjson"]: stringData[".dockerconfigjson"] is not JSON, as type "kubernetes.io/dockerconfigjson" demands',
    ],
  ],
  [
    'a token of nobody',
    secret,
    { type: 'kubernetes.io/service-account-token', data: undefined },
    [
      'object/required metadata.annotations["kubernetes.io/service-account.name"]: annotations["kubernetes.io/service-account.name"] is missing, which is needed because type is "kubernetes.io/service-account-token"',
    ],
  ],
  [
    'a level of pod security',
    namespace,
    {
      'metadata.labels': {
        'pod-security.kubernetes.io/enforce': 'strict',
        'pod-security.kubernetes.io/warn-version': '1.36',
      },
    },
    [
      'object/labels metadata.labels["pod-security.kubernetes.io/enforce"]: labels["pod-security.kubernetes.io/enforce"] is "strict", but it must be "privileged", "baseline" or "restricted"',
      'object/labels metadata.labels["pod-security.kubernetes.io/warn-version"]: labels["pod-security.kubernetes.io/warn-version"] is "1.36", but it must be "latest" or a version such as "v1.36"',
    ],
  ],
  [
    'a finalizer of a namespace',
    namespace,
    { spec: { finalizers: ['cleanup'] } },
    [
      'object/name spec.finalizers[0]: spec.finalizers[0] is "cleanup", which is not a finalizer such as "kubernetes" or "example.com/cleanup" (at most 63 of A-Z, a-z, 0-9, "-", "_" and ".", with a letter or digit first and last, after an optional DNS name and "/")',
    ],
  ],
  [
    'a claim of nothing',
    persistentVolumeClaim,
    { 'spec.resources.requests.storage': '0' },
    ['object/quantity spec.resources.requests.storage: requests.storage is "0", but it must be more than 0'],
  ],
  [
    'a claim of no size',
    persistentVolumeClaim,
    { 'spec.resources': { limits: { storage: '1Gi' } } },
    [
      'object/required spec.resources.requests.storage: requests.storage is missing: a claim says how much storage it wants',
    ],
  ],
  [
    'a claim for one pod and others',
    persistentVolumeClaim,
    { 'spec.accessModes': ['ReadWriteOncePod', 'ReadWriteOnce'] },
    ['object/conflict spec.accessModes: spec.accessModes has "ReadWriteOncePod" and others, but it excludes them'],
  ],
  [
    'two sources',
    persistentVolumeClaim,
    {
      'spec.dataSource': { kind: 'PersistentVolumeClaim', name: 'a' },
      'spec.dataSourceRef': { kind: 'PersistentVolumeClaim', name: 'b' },
    },
    ['object/conflict spec.dataSource: spec.dataSource and dataSourceRef name different sources'],
  ],
  [
    'a source without group',
    persistentVolumeClaim,
    { 'spec.dataSourceRef': { kind: 'VolumeSnapshot', name: 'a' } },
    [
      'object/required spec.dataSourceRef.apiGroup: dataSourceRef.apiGroup is missing, which is needed because kind is "VolumeSnapshot"',
    ],
  ],
  [
    'a volume of nothing',
    persistentVolume,
    { 'spec.nfs': undefined },
    [
      'object/one-of spec: spec has none of "csi", "nfs", "local", "hostPath", "iscsi" and 17 others, but exactly one is needed',
    ],
  ],
  [
    'a volume of two kinds',
    persistentVolume,
    { 'spec.hostPath': { path: '/data' } },
    ['object/one-of spec: spec has "nfs" and "hostPath", but only one of them may be set'],
  ],
  [
    'a volume without size',
    persistentVolume,
    { 'spec.capacity': { cpu: '1' } },
    ['object/quantity spec.capacity: spec.capacity must have "storage" and nothing else'],
  ],
  [
    'a local volume on all nodes',
    persistentVolume,
    { 'spec.nfs': undefined, 'spec.local': { path: '/data' } },
    [
      'object/required spec.nodeAffinity: spec.nodeAffinity is missing, which is needed because a local volume is on one node only',
    ],
  ],
  [
    'a secret without namespace',
    persistentVolume,
    {
      'spec.nfs': undefined,
      'spec.csi': { driver: 'csi.example.com', volumeHandle: 'a', nodePublishSecretRef: { name: 'a' } },
    },
    ['object/required spec.csi.nodePublishSecretRef.namespace: nodePublishSecretRef.namespace is missing'],
  ],
  [
    'recycling the whole node',
    persistentVolume,
    { 'spec.nfs': undefined, 'spec.hostPath': { path: '/' }, 'spec.persistentVolumeReclaimPolicy': 'Recycle' },
    [
      'object/conflict spec.persistentVolumeReclaimPolicy: spec.persistentVolumeReclaimPolicy is "Recycle", which would empty "/" of the node',
    ],
  ],
];

describe('data and storage', () => {
  test.each(ROWS)('%s', (_, base, changes, said) => {
    expect(breachesOf(changed(base, changes))).toEqual(said);
  });
});

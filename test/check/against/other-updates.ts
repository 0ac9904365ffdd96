/** Updates of all other kinds, judged by the API server. */
import type { Fields } from '../../../src/check/object.ts';
import { object, refused, taken, type Update } from './updates.ts';

const service = (spec: Fields): Fields => object('v1', 'Service', { spec: { ports: [{ port: 80 }], ...spec } });
const claim = object('v1', 'PersistentVolumeClaim', {
  spec: {
    accessModes: ['ReadWriteOnce', 'ReadOnlyMany'],
    storageClassName: 'fast',
    resources: { requests: { storage: '2Gi' } },
  },
});
const volume = object('v1', 'PersistentVolume', {
  spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], nfs: { server: 'a', path: '/a' } },
});
const bound = (zone: string) => ({
  ...volume,
  spec: {
    ...{ capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], nfs: { server: 'a', path: '/a' } },
    nodeAffinity: {
      required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator: 'In', values: [zone] }] }] },
    },
  },
});
const storageClass = object('storage.k8s.io/v1', 'StorageClass', {
  provisioner: 'example.com/a',
  parameters: { type: 'ssd' },
});
const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' };
const binding = object('rbac.authorization.k8s.io/v1', 'RoleBinding', { roleRef });
const clusterBinding = object('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', { roleRef });
const sealedMap = object('v1', 'ConfigMap', { immutable: true, data: { a: '1' } });
const secret = object('v1', 'Secret', { immutable: true, data: { a: 'MQ==' } });
const driver = object('storage.k8s.io/v1', 'CSIDriver', { spec: {} });
const priority = object('scheduling.k8s.io/v1', 'PriorityClass', { value: 10 });
const crd = object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', {
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { kind: 'Gadget', plural: 'gadgets' },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
  },
});
const quota = object('v1', 'ResourceQuota', { spec: { hard: { pods: '1' }, scopes: ['Terminating'] } });
const slice = object('discovery.k8s.io/v1', 'EndpointSlice', { addressType: 'IPv4', endpoints: [] });

/** Everything else. */
export const OTHERS: readonly Update[] = [
  refused('address of a Service', service({ clusterIP: '10.0.0.77' }), { 'spec.clusterIP': '10.0.0.78' }),
  refused('headless from an address', service({}), { 'spec.clusterIP': 'None' }),
  refused('address from headless', service({ clusterIP: 'None' }), { 'spec.clusterIP': '10.0.0.78' }),
  taken('address no longer stated', service({ clusterIP: '10.0.0.77' }), { 'spec.clusterIP': undefined }),
  taken('headless no longer stated', service({ clusterIP: 'None' }), { 'spec.clusterIP': undefined }),
  taken('type of a Service', service({}), { 'spec.type': 'NodePort' }),
  taken('selector of a Service', service({ selector: { app: 'web' } }), { 'spec.selector': { app: 'site' } }),
  refused('class of a balancer', service({ type: 'LoadBalancer', loadBalancerClass: 'example.com/a' }), {
    'spec.loadBalancerClass': 'example.com/b',
  }),
  refused('new class of a balancer', service({ type: 'LoadBalancer' }), { 'spec.loadBalancerClass': 'example.com/b' }),
  taken('headless from a name', service({ type: 'ExternalName', externalName: 'a.example.com' }), {
    'spec.type': 'ClusterIP',
    'spec.externalName': undefined,
    'spec.clusterIP': 'None',
  }),
  refused('modes of a claim', claim, { 'spec.accessModes': ['ReadWriteOnce'] }),
  refused('order of modes of a claim', claim, { 'spec.accessModes': ['ReadOnlyMany', 'ReadWriteOnce'] }),
  refused('class of a claim', claim, { 'spec.storageClassName': 'slow' }),
  refused('mode of a claim', claim, { 'spec.volumeMode': 'Block' }),
  taken('default mode of a claim', claim, { 'spec.volumeMode': 'Filesystem' }),
  refused('selector of a claim', claim, { 'spec.selector': { matchLabels: { a: 'b' } } }),
  refused('less storage', claim, { 'spec.resources.requests.storage': '1Gi' }),
  taken('spelling of storage', claim, { 'spec.resources.requests.storage': '2048Mi' }),
  refused('server of a volume', volume, { 'spec.nfs.server': 'b' }),
  refused('nodes of a volume', bound('a'), { 'spec.nodeAffinity': bound('b').spec.nodeAffinity }),
  refused('any nodes of a volume', bound('a'), { 'spec.nodeAffinity': undefined }),
  taken('nodes of a volume that has none', volume, { 'spec.nodeAffinity': bound('b').spec.nodeAffinity }),
  refused('kind of a volume', volume, { 'spec.nfs': undefined, 'spec.hostPath': { path: '/a' } }),
  refused('mode of a volume', volume, { 'spec.volumeMode': 'Block' }),
  taken('size of a volume', volume, { 'spec.capacity.storage': '2Gi', 'spec.storageClassName': 'fast' }),
  taken('policy of a volume', volume, { 'spec.persistentVolumeReclaimPolicy': 'Delete', 'spec.mountOptions': ['ro'] }),
  refused('provisioner', storageClass, { provisioner: 'example.com/b' }),
  refused('parameters', storageClass, { 'parameters.type': 'hdd' }),
  refused('further parameters', storageClass, { 'parameters.more': 'a' }),
  refused('no parameters', storageClass, { parameters: undefined }),
  refused('reclaim policy', storageClass, { reclaimPolicy: 'Retain' }),
  taken('default reclaim policy', storageClass, { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' }),
  refused('binding mode', storageClass, { volumeBindingMode: 'WaitForFirstConsumer' }),
  taken('growth', storageClass, { allowVolumeExpansion: true, mountOptions: ['ro'] }),
  refused('role', binding, { 'roleRef.name': 'edit' }),
  refused('kind of role', binding, { 'roleRef.kind': 'Role' }),
  taken('subjects', binding, { subjects: [{ kind: 'User', name: 'a', apiGroup: 'rbac.authorization.k8s.io' }] }),
  refused('role in the cluster', clusterBinding, { 'roleRef.name': 'edit' }),
  refused('data of a ConfigMap', sealedMap, { 'data.a': '2' }),
  refused('further data of a ConfigMap', sealedMap, { 'data.b': '2' }),
  refused('ConfigMap no longer immutable', sealedMap, { immutable: undefined }),
  taken('labels of a ConfigMap', sealedMap, { 'metadata.labels': { a: 'b' } }),
  taken('ConfigMap that becomes immutable', object('v1', 'ConfigMap', { data: { a: '1' } }), {
    immutable: true,
    'data.a': '2',
  }),
  refused('data of a Secret', secret, { 'data.a': 'Mg==' }),
  refused('text of a Secret', secret, { data: undefined, stringData: { a: '2' } }),
  taken('data of a Secret as text', secret, { data: undefined, stringData: { a: '1' } }),
  taken(
    'text that is no longer written',
    object('v1', 'Secret', { immutable: true, data: { a: 'MQ==' }, stringData: { b: '2' } }),
    { stringData: undefined },
  ),
  refused('Secret no longer immutable', secret, { immutable: false }),
  refused('type of a Secret', object('v1', 'Secret', {}), { type: 'example.com/a' }),
  taken('default type of a Secret', object('v1', 'Secret', {}), { type: 'Opaque' }),
  refused('controller', object('networking.k8s.io/v1', 'IngressClass', { spec: { controller: 'example.com/a' } }), {
    'spec.controller': 'example.com/b',
  }),
  refused('value of a priority', priority, { value: 20 }),
  refused('preemption', priority, { preemptionPolicy: 'Never' }),
  taken('default preemption', priority, { preemptionPolicy: 'PreemptLowerPriority', description: 'a' }),
  refused('attaching', driver, { 'spec.attachRequired': false }),
  taken('default attaching', driver, { 'spec.attachRequired': true, 'spec.fsGroupPolicy': 'ReadWriteOnceWithFSType' }),
  taken('group policy of a driver', driver, { 'spec.fsGroupPolicy': 'File' }),
  refused('lifecycle of a driver', driver, { 'spec.volumeLifecycleModes': ['Ephemeral'] }),
  taken('default lifecycle of a driver', driver, { 'spec.volumeLifecycleModes': ['Persistent'] }),
  taken('details of a driver', driver, { 'spec.podInfoOnMount': true, 'spec.storageCapacity': true }),
  refused(
    'driver of attributes',
    object('storage.k8s.io/v1', 'VolumeAttributesClass', { driverName: 'a.example.com', parameters: { a: 'b' } }),
    {
      driverName: 'b.example.com',
    },
  ),
  refused(
    'parameters of attributes',
    object('storage.k8s.io/v1', 'VolumeAttributesClass', { driverName: 'a.example.com', parameters: { a: 'b' } }),
    {
      'parameters.a': 'c',
    },
  ),
  refused('handler', object('node.k8s.io/v1', 'RuntimeClass', { handler: 'a' }), { handler: 'b' }),
  refused('scope of a CRD', crd, { 'spec.scope': 'Cluster' }),
  refused('kind of a CRD', crd, { 'spec.names.kind': 'Widget' }),
  taken('short names of a CRD', crd, { 'spec.names.shortNames': ['gg'] }),
  refused('scopes of a quota', quota, { 'spec.scopes': ['NotTerminating'] }),
  taken('limits of a quota', quota, { 'spec.hard.pods': '2' }),
  refused('addresses of a slice', slice, { addressType: 'IPv6' }),
];

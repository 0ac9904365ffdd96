/** Updates of workloads, judged by the API server. */
import type { Fields } from '../../../src/check/object.ts';
import { missed, object, refused, taken, type Update } from './updates.ts';

const container = {
  name: 'web',
  image: 'example.com/web:1',
  env: [
    { name: 'A', value: '1' },
    { name: 'B', value: '2' },
  ],
};
const template = (spec: Fields = {}): Fields => ({
  metadata: { labels: { app: 'web' } },
  spec: { containers: [container], ...spec },
});
const selector = { matchLabels: { app: 'web' } };
const workload = { selector, template: template() };
const relabelled = {
  'spec.selector': { matchLabels: { app: 'site' } },
  'spec.template.metadata.labels': { app: 'site' },
};
const expression = (...values: readonly string[]): Fields => ({
  matchExpressions: [{ key: 'app', operator: 'In', values }],
});

const deployment = object('apps/v1', 'Deployment', { spec: workload });
const daemonSet = object('apps/v1', 'DaemonSet', { spec: workload });
const replicaSet = object('apps/v1', 'ReplicaSet', { spec: workload });
const disk = (storage: string, rest: Fields = {}): Fields => ({
  metadata: { name: 'data' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } }, ...rest },
});
const statefulSet = object('apps/v1', 'StatefulSet', {
  spec: { ...workload, serviceName: 'web', volumeClaimTemplates: [disk('1Gi')] },
});
const job = (spec: Fields = {}): Fields =>
  object('batch/v1', 'Job', { spec: { template: template({ restartPolicy: 'Never' }), ...spec } });
const pod = object('v1', 'Pod', { spec: { containers: [container], nodeSelector: { disk: 'ssd' } } });
/** Workloads and what they run. */
export const WORKLOADS: readonly Update[] = [
  refused('selector of a Deployment', deployment, relabelled),
  refused('further selector of a Deployment', deployment, {
    'spec.selector': { matchLabels: { app: 'web', tier: 'a' } },
    'spec.template.metadata.labels': { app: 'web', tier: 'a' },
  }),
  taken('image of a Deployment', deployment, { 'spec.template.spec.containers.0.image': 'example.com/web:2' }),
  taken('empty expressions', deployment, { 'spec.selector.matchExpressions': [] }),
  refused('selector of a DaemonSet', daemonSet, relabelled),
  refused('selector of a ReplicaSet', replicaSet, relabelled),
  refused(
    'order of values in a selector',
    object('apps/v1', 'Deployment', { spec: { ...workload, selector: expression('web', 'site') } }),
    { 'spec.selector': expression('site', 'web') },
  ),
  refused('selector of a StatefulSet', statefulSet, relabelled),
  refused('service of a StatefulSet', statefulSet, { 'spec.serviceName': 'other' }),
  refused('no service of a StatefulSet', statefulSet, { 'spec.serviceName': undefined }),
  refused('pod management', statefulSet, { 'spec.podManagementPolicy': 'Parallel' }),
  taken('default pod management', statefulSet, { 'spec.podManagementPolicy': 'OrderedReady' }),
  refused('size of a claim template', statefulSet, { 'spec.volumeClaimTemplates': [disk('2Gi')] }),
  taken('spelling of a size', statefulSet, { 'spec.volumeClaimTemplates': [disk('1024Mi')] }),
  refused('further claim template', statefulSet, {
    'spec.volumeClaimTemplates': [disk('1Gi'), { ...disk('1Gi'), metadata: { name: 'more' } }],
  }),
  refused('no claim template', statefulSet, { 'spec.volumeClaimTemplates': undefined }),
  refused('class of a claim template', statefulSet, {
    'spec.volumeClaimTemplates': [disk('1Gi', { storageClassName: 'fast' })],
  }),
  taken('default mode of a claim template', statefulSet, {
    'spec.volumeClaimTemplates': [disk('1Gi', { volumeMode: 'Filesystem' })],
  }),
  refused('labels of a claim template', statefulSet, {
    'spec.volumeClaimTemplates': [{ ...disk('1Gi'), metadata: { name: 'data', labels: { a: 'b' } } }],
  }),
  taken('replicas of a StatefulSet', statefulSet, { 'spec.replicas': 3, 'spec.minReadySeconds': 5 }),
  taken('update strategy', statefulSet, {
    'spec.updateStrategy': { type: 'RollingUpdate', rollingUpdate: { partition: 1 } },
  }),
  taken('history and retention', statefulSet, {
    'spec.revisionHistoryLimit': 2,
    'spec.persistentVolumeClaimRetentionPolicy': { whenDeleted: 'Delete', whenScaled: 'Retain' },
    'spec.ordinals': { start: 1 },
  }),
  refused('image of a Job', job(), { 'spec.template.spec.containers.0.image': 'example.com/web:2' }),
  refused('variable of a Job', job(), { 'spec.template.spec.containers.0.env.0.value': '2' }),
  refused('no variables of a Job', job(), { 'spec.template.spec.containers.0.env': undefined }),
  refused('label of a Job', job(), { 'spec.template.metadata.labels.tier': 'a' }),
  refused('command of a Job', job(), { 'spec.template.spec.containers.0.command': ['run'] }),
  refused('selected nodes of a Job', job(), { 'spec.template.spec.nodeSelector': { disk: 'ssd' } }),
  taken('default of a Job', job(), { 'spec.template.spec.dnsPolicy': 'ClusterFirst' }),
  missed('what is no default of a Job', job(), { 'spec.template.spec.dnsPolicy': 'Default' }),
  refused('completion mode', job({ completions: 2 }), { 'spec.completionMode': 'Indexed' }),
  taken('default completion mode', job({ completions: 2 }), { 'spec.completionMode': 'NonIndexed' }),
  refused('completions', job({ completions: 2 }), { 'spec.completions': 3 }),
  refused('no completions', job({ completions: 2 }), { 'spec.completions': undefined }),
  refused('default completions no longer stated', job({ completions: 1 }), { 'spec.completions': undefined }),
  taken('default completions', job(), { 'spec.completions': 1 }),
  refused('other completions', job(), { 'spec.completions': 2 }),
  refused('completions beside a parallelism', job({ parallelism: 2 }), { 'spec.completions': 2 }),
  taken('completions with indexes', job({ completions: 2, parallelism: 2, completionMode: 'Indexed' }), {
    'spec.completions': 3,
    'spec.parallelism': 3,
  }),
  taken('parallelism and limits of a Job', job(), {
    'spec.parallelism': 2,
    'spec.backoffLimit': 2,
    'spec.activeDeadlineSeconds': 9,
    'spec.ttlSecondsAfterFinished': 9,
    'spec.suspend': true,
  }),
  refused(
    'failure policy',
    job({ podFailurePolicy: { rules: [{ action: 'Ignore', onExitCodes: { operator: 'In', values: [1] } }] } }),
    {
      'spec.podFailurePolicy.rules.0.onExitCodes.values': [2],
    },
  ),
  refused(
    'no failure policy',
    job({ podFailurePolicy: { rules: [{ action: 'Ignore', onExitCodes: { operator: 'In', values: [1] } }] } }),
    { 'spec.podFailurePolicy': undefined },
  ),
  refused('user of a Job', job(), { 'spec.template.spec.securityContext': { runAsUser: 1 } }),
  refused('probe of a Job', job(), { 'spec.template.spec.containers.0.startupProbe': { tcpSocket: { port: 1 } } }),
  refused('limit of each index', job({ completions: 2, completionMode: 'Indexed', backoffLimitPerIndex: 1 }), {
    'spec.backoffLimitPerIndex': 2,
  }),
  refused('manager of a Job', job(), { 'spec.managedBy': 'example.com/a' }),
  taken('nodes of a suspended Job', job({ suspend: true }), { 'spec.template.spec.nodeSelector': { disk: 'ssd' } }),
  refused('image of a suspended Job', job({ suspend: true }), {
    'spec.template.spec.containers.0.image': 'example.com/web:2',
  }),
  taken('image of a Pod', pod, { 'spec.containers.0.image': 'example.com/web:2' }),
  refused('command of a Pod', pod, { 'spec.containers.0.command': ['run'] }),
  refused('nodes of a Pod', pod, { 'spec.nodeSelector': { disk: 'hdd' } }),
  refused('further container', pod, { 'spec.containers': [container, { ...container, name: 'more' }] }),
  taken('toleration', pod, { 'spec.tolerations': [{ key: 'a', operator: 'Exists', effect: 'NoSchedule' }] }),
  taken('deadline of a Pod', pod, { 'spec.activeDeadlineSeconds': 60 }),
  taken('labels of a Pod', pod, { 'metadata.labels': { a: 'b' } }),
];

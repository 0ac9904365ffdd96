import { describe, expect, test } from 'vitest';
import { objectsOf } from '../../../src/check/object.ts';
import { podTemplatesOf } from '../../../src/check/objects/pod-specs.ts';
import { configMap, cronJob, daemonSet, deployment, job, pod, statefulSet } from './bases.ts';
import { changed } from './breaches.ts';

const templatesOf = (value: unknown): readonly unknown[] =>
  objectsOf(value).objects.flatMap(({ object }) => podTemplatesOf(object).map(({ at }) => at.join('.')));

describe('the pods of an object', () => {
  test.each([
    ['Pod', pod, 'spec'],
    ['Deployment', deployment, 'spec.template.spec'],
    ['StatefulSet', statefulSet, 'spec.template.spec'],
    ['DaemonSet', daemonSet, 'spec.template.spec'],
    ['Job', job, 'spec.template.spec'],
    ['CronJob', cronJob, 'spec.jobTemplate.spec.template.spec'],
    ['PodTemplate', { ...pod, kind: 'PodTemplate', template: { spec: {} } }, 'template.spec'],
    ['ReplicationController', { ...deployment, apiVersion: 'v1', kind: 'ReplicationController' }, 'spec.template.spec'],
    ['ReplicaSet', { ...deployment, kind: 'ReplicaSet' }, 'spec.template.spec'],
  ])('are found in a %s', (_, value, at) => {
    expect(templatesOf(value)).toEqual([at]);
  });

  test('come with labels, and with the places of what they are made of', () => {
    const [found] = objectsOf(deployment).objects.flatMap(({ object }) => podTemplatesOf(object));
    expect(found).toMatchObject({
      labels: { app: 'web' },
      metadataAt: ['spec', 'template', 'metadata'],
      spec: { volumes: [{ name: 'data' }] },
    });
  });

  test('are none in other kinds, in the same kind of another group, and where there is no spec', () => {
    expect(templatesOf(configMap)).toEqual([]);
    expect(templatesOf({ ...deployment, apiVersion: 'apps.example.com/v1' })).toEqual([]);
    expect(templatesOf(changed(deployment, { 'spec.template': [] }))).toEqual([]);
    expect(templatesOf(changed(deployment, { 'spec.template.spec': 'none' }))).toEqual([]);
  });
});

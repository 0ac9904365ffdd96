import { describe, expect, test } from 'vitest';
import { refusedChanges } from '../../../src/check/against/changes.ts';
import { type Fields, fieldText, type KubernetesObject, objectsOf } from '../../../src/check/object.ts';
import { OTHERS } from './other-updates.ts';
import { changed } from './updates.ts';
import { WORKLOADS } from './workload-updates.ts';

function objectOf(value: unknown): KubernetesObject {
  const [found] = objectsOf(value).objects;
  if (found === undefined) throw new Error('Not an object');
  return found.object;
}

const changes = (before: unknown, after: unknown): readonly string[] =>
  refusedChanges(objectOf(before), objectOf(after)).map(fieldText);

describe('judges as the API server did', () => {
  test.each([...WORKLOADS, ...OTHERS])('$what of a $before.kind', (update) => {
    const found = changes(update.before, changed(update));
    expect(found.length > 0).toBe(update.refused && update.missed !== true);
  });
});

const deployment = (app: string, metadata: Fields = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', ...metadata },
  spec: { selector: { matchLabels: { app } } },
});
const KUSTOMIZE = 'kustomize.toolkit.fluxcd.io';

test.each([
  [`${KUSTOMIZE}/force`, 'Enabled'],
  [`${KUSTOMIZE}/reconcile`, 'disabled'],
  [`${KUSTOMIZE}/ssa`, 'IfNotPresent'],
  [`${KUSTOMIZE}/ssa`, 'Ignore'],
])('what Flux replaces or leaves alone may change: %s: %s', (key, value) => {
  const before = deployment('web');
  expect(changes(before, deployment('site', { annotations: { [key]: value } }))).toEqual([]);
  expect(changes(before, deployment('site', { labels: { [key]: value } }))).toEqual([]);
  expect(changes(before, deployment('site', { annotations: { [key]: 'merge' } }))).toEqual([
    'spec.selector.matchLabels.app',
  ]);
});

test('what Flux substitutes on the cluster may come out the same', () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of Flux
  expect(changes(deployment('web'), deployment('${app}'))).toEqual([]);
});

const secret = (rest: Fields) => ({
  ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'web' }, immutable: true },
  ...rest,
});

test('what SOPS has encrypted is not compared', () => {
  const encrypted = (text: string) => secret({ data: { a: text }, sops: { mac: text } });
  expect(changes(encrypted('ENC[1]'), encrypted('ENC[2]'))).toEqual([]);
});

test('the field of a Secret is where it is written', () => {
  expect(changes(secret({ data: { a: 'MQ==' } }), secret({ stringData: { a: '2' } }))).toEqual(['stringData.a']);
});

const job = (image: string, spec: Fields = {}) => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'web' },
  spec: { ...spec, template: { spec: { containers: [{ name: 'web', image }] } } },
});

test('a Job that is removed when it is done is made anew', () => {
  expect(changes(job('a'), job('b'))).toEqual(['spec.template.spec.containers[0].image']);
  expect(changes(job('a', { ttlSecondsAfterFinished: 0 }), job('b'))).toEqual([]);
});

test('the selector that the server makes for a Job is no change', () => {
  const made = job('a', { selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': '1' } } });
  expect([changes(job('a'), made), changes(made, job('a'))]).toEqual([[], []]);
});

test('the order of what has names does not count', () => {
  const container = (...names: readonly string[]) => ({
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' } },
    spec: { containers: names.map((name) => ({ name, command: [name] })) },
  });
  expect(changes(container('a', 'b'), container('b', 'a'))).toEqual([]);
  expect(changes(container('a', 'b'), container('b', 'c'))).toEqual(['spec.containers[1]']);
});

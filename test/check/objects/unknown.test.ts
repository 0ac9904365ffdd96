import { describe, expect, test } from 'vitest';
import { configMap, deployment, ingress, pod, secret } from './bases.ts';
import { breachesOf, type Changes, changed } from './breaches.ts';

function variable(name: string): string {
  return `\${${name}}`;
}

const UNKNOWN: readonly (readonly [string, unknown, Changes])[] = [
  ['a host that Flux completes', ingress, { 'spec.rules.0.host': `web.${variable('DOMAIN')}` }],
  ['a name that Flux completes', configMap, { 'metadata.name': `${variable('CLUSTER')}_settings` }],
  ['a key that Flux completes', configMap, { 'metadata.labels': { [`${variable('TEAM')}/app name`]: 'web' } }],
  ['a label that Flux completes', deployment, { 'spec.template.metadata.labels.app': variable('APP') }],
  ['a selector that Flux completes', deployment, { 'spec.selector.matchLabels.app': variable('APP') }],
  [
    'an expression that Flux completes',
    deployment,
    { 'spec.selector.matchExpressions': [{ key: 'app', operator: 'In', values: [variable('APP')] }] },
  ],
  ['a volume that Flux names', pod, { 'spec.volumes.0.name': variable('VOLUME') }],
  ['a mount that Flux names', pod, { 'spec.containers.0.volumeMounts.0.name': variable('VOLUME') }],
  [
    'a login that SOPS encrypted',
    secret,
    { type: 'kubernetes.io/dockerconfigjson', data: {}, stringData: { '.dockerconfigjson': 'ENC[AES256_GCM,data:a]' } },
  ],
  ['a label that SOPS encrypted', configMap, { 'metadata.labels': { team: 'ENC[AES256_GCM,data:a b]' } }],
];

describe('what is not known here', () => {
  test.each(UNKNOWN)('is not accused: %s', (_, base, changes) => {
    expect(breachesOf(changed(base, changes))).toEqual([]);
  });

  test('is left to the schema where the schema refuses it', () => {
    expect(breachesOf(changed(pod, { 'spec.containers.0.env.0': { name: 'A', valueFrom: 'b' } }))).toEqual([]);
    expect(breachesOf(changed(pod, { 'spec.topologySpreadConstraints': [{ maxSkew: 0, topologyKey: 7 }] }))).toEqual(
      [],
    );
    expect(breachesOf(changed(deployment, { 'spec.selector': 'app=web' }))).toEqual([]);
  });

  test('are the rules of other API servers: their objects only need a name for the API', () => {
    const route = { apiVersion: 'route.example.com/v1', kind: 'Route', metadata: { name: 'System:Web' }, spec: {} };
    expect(breachesOf(route)).toEqual([]);
    expect(breachesOf(changed(route, { 'metadata.name': 'a/b' }))).toHaveLength(1);
    expect(breachesOf({ ...route, apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization' })).toHaveLength(
      1,
    );
  });
});

import { load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { objectsOf } from '../../../src/check/object.ts';
import { NEWEST, openCatalog } from '../../../src/check/schema/catalog.ts';
import { type SetFacts, setFacts } from '../../../src/check/set/facts.ts';

const context = { targets: NEWEST, tenants: [], catalog: openCatalog(NEWEST) };

/** The facts of every object of a document. */
function factsOf(text: string): readonly SetFacts[] {
  return objectsOf(load(text)).objects.map(({ object }) => setFacts(object, context));
}

describe('facts', () => {
  test('are plain data, small, and hold no value of a Secret', () => {
    const [facts] = factsOf('apiVersion: v1\nkind: Secret\nmetadata: {name: web}\nstringData: {token: hunter2}\n');
    expect(facts).toEqual({ key: ' Secret web', references: [], entries: ['token'] });
    expect(structuredClone(facts)).toEqual(facts);
  });

  const strange = [
    'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: constructor\nmetadata: {name: web}\nspec: {sourceRef: {kind: constructor, name: x}}\n',
    'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: web}\nspec: {sourceRef: {kind: {toString: x}, name: {}}, dependsOn: {a: b}, postBuild: [x]}\n',
    'apiVersion: notification.toolkit.fluxcd.io/v1beta3\nkind: Alert\nmetadata: {name: web}\nspec: {eventSources: [{kind: constructor, name: x}, null, 3]}\n',
    'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: web}\nspec: {group: {toString: x}, names: [1]}\n',
    'apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {constructor: x, app: {toString: y}}, ports: {a: b}}\n',
    'apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: web}\nspec: {selector: {matchExpressions: [{key: a, operator: In, values: [{toString: x}]}]}}\n',
    'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: {volumes: [1, {configMap: 3}], containers: {env: 3}}}}\n',
    'apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web}\nspec: {rules: [{http: {paths: [{backend: {service: [1]}}]}}, null]}\n',
    'apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: web}\nspec: {chart: [1], chartRef: {kind: 3}, values: {crds: 1}}\n',
  ];

  test.each(strange)('of %j are plain data too', (text) => {
    const facts = factsOf(text);
    expect(facts).toHaveLength(1);
    expect(structuredClone(facts)).toEqual(facts);
  });
});

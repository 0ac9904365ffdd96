import { expect, test } from 'vitest';
import { artifact, findingsOf } from '../artifact.ts';

const CRD = (kind: string): object => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${kind.toLowerCase()}s.example.com` },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { kind, plural: `${kind.toLowerCase()}s` },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
  },
});

test('given CRDs may be a list, as kubectl writes several', async () => {
  const app = artifact({ 'a.yaml': 'apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: a, namespace: b}\n' });
  const list = { apiVersion: 'v1', kind: 'List', items: [CRD('Gadget'), CRD('Widget')] };
  const unknown = async (text: string) =>
    (await findingsOf('schema', [app], { crds: [{ file: 'crds.yaml', text }] })).map(({ rule }) => rule);
  expect(await unknown(JSON.stringify(CRD('Gadget')))).toEqual(['schema/unknown-kind']);
  expect(await unknown(JSON.stringify(list))).toEqual([]);
});

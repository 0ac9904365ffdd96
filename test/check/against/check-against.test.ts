import { expect, test } from 'vitest';
import { artifact, findingsOf } from '../artifact.ts';

const binding = (role: string, rest = '', name = 'web'): string =>
  `apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: ${name}
  namespace: payments
${rest}roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: ${role}
`;
const secret = (text: string): string =>
  `apiVersion: v1\nkind: Secret\nmetadata:\n  name: web\n  namespace: payments\nimmutable: true\nstringData:\n  key: ${text}\n`;

async function found(before: string, after: string) {
  const published = artifact({ 'manifests.yaml': before });
  const shown = { ...published, artifact: { ...published.artifact, shown: 'oci://ghcr.io/acme/web:prod' } };
  const findings = await findingsOf('object', [artifact({ 'manifests.yaml': after })], { published: () => shown });
  return findings.filter(({ rule }) => rule === 'object/immutable');
}

test('a change that the API server refuses is an error at the field', async () => {
  expect(await found(binding('view'), binding('edit'))).toEqual([
    {
      rule: 'object/immutable',
      severity: 'error',
      artifact: 'app',
      file: 'deploy/manifests.yaml',
      line: 9,
      column: 3,
      object: 'RoleBinding payments/web',
      path: 'roleRef.name',
      message: '"roleRef.name" of a RoleBinding cannot be changed, and is not what "oci://ghcr.io/acme/web:prod" has',
      found: '"edit"',
      expected: '"view"',
      hint: 'take back the change, delete the object first, or let Flux replace it by the annotation kustomize.toolkit.fluxcd.io/force: enabled',
    },
  ]);
});

test('objects that are new, gone or moved to another file are no findings', async () => {
  expect(await found(binding('view', '', 'gone'), binding('edit'))).toEqual([]);
  expect(await found(`${binding('view')}---\n${secret('a')}`, binding('view', 'subjects: []\n'))).toEqual([]);
});

test('an object that is there twice is not compared', async () => {
  expect(await found(`${binding('view')}---\n${binding('admin')}`, binding('edit'))).toEqual([]);
});

test('the value of a Secret is never shown', async () => {
  const findings = await found(secret('hunter2'), secret('hunter3'));
  expect(findings.map(({ path, hint }) => [path, hint])).toEqual([
    ['stringData.key', 'take back the change, or give the object a new name'],
  ]);
  expect(JSON.stringify(findings)).not.toMatch(/hunter|aHVud/);
});

test('what holds data is not to be deleted lightly', async () => {
  const claim = (mode: string): string =>
    `apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: web\n  namespace: payments\nspec:\n  accessModes: [${mode}]\n  resources: { requests: { storage: 1Gi } }\n`;
  expect((await found(claim('ReadWriteOnce'), claim('ReadWriteMany'))).map(({ hint }) => hint)).toEqual([
    'take back the change; deleting the object first can lose what it holds',
  ]);
});

test('the annotation of an object ignores the rule', async () => {
  const ignoring = binding('edit').replace(
    'metadata:\n',
    'metadata:\n  annotations: { slipway.dev/ignore: object/immutable }\n',
  );
  expect(await found(binding('view'), ignoring)).toEqual([]);
});

import { describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config/read.ts';
import type { Tenant } from '../../src/model.ts';

const config = (tenants: string): string => `version: 1\nartifacts: [{ path: deploy }]\ntenants:\n${tenants}`;
const read = (tenants: string): readonly Tenant[] =>
  readConfig(config(tenants), 'slipway.yaml', { dir: '/work', env: {} }).check.tenants;

const SMALLEST = '  - name: payments\n    artifacts: ["payments-*"]\n    namespaces: [payments]\n';

describe('tenants', () => {
  test('have a name, artifacts and namespaces, and nothing that is not written', () => {
    expect(read(SMALLEST)).toEqual([{ name: 'payments', artifacts: ['payments-*'], namespaces: ['payments'] }]);
  });

  test('may say everything', () => {
    const all: Tenant = {
      name: 'Payments Team',
      artifacts: ['payments', 'pay.ments_*'],
      namespaces: ['payments', '*'],
      targetNamespace: 'payments',
      kinds: { allow: ['*', 'apps/*', 'core/Secret', '*/Role'], deny: ['Secret'] },
      clusterScoped: ['Namespace', 'rbac.authorization.k8s.io/ClusterRole'],
      serviceAccounts: ['deployer-*'],
      references: ['OCIRepository/flux-system/charts', '*/*/*'],
      remoteClusters: true,
    };
    expect(read(`  - ${JSON.stringify(all)}\n`)).toEqual([all]);
  });

  test.each([
    ['no namespaces', SMALLEST.replace('[payments]', '[]'), '6:17: expected at least one pattern'],
    ['no artifacts', SMALLEST.replace('["payments-*"]', '[]'), '5:16: expected at least one pattern'],
    ['a misspelt key', `${SMALLEST}    namespace: a\n`, '7:5: unknown key "namespace" (did you mean "namespaces")'],
    ['a missing key', '  - name: a\n    artifacts: [a]\n', '4:5: key "namespaces" is missing'],
    [
      'a version in a kind',
      `${SMALLEST}    kinds: { deny: [apps/v1/Deployment] }\n`,
      '7:21: expected a kind such as "Secret", "apps/Deployment" or "apps/*", without a version',
    ],
    [
      'a reference without a namespace',
      `${SMALLEST}    references: [OCIRepository/charts]\n`,
      '7:18: expected KIND/NAMESPACE/NAME, such as "OCIRepository/flux-system/charts"',
    ],
    [
      'a namespace that is none',
      SMALLEST.replace('[payments]', '[Payments]'),
      '6:18: expected a namespace, in which * stands for any characters',
    ],
    ['a kind in lower case', `${SMALLEST}    kinds: { deny: [secret] }\n`, '7:21: Kubernetes has no kind "secret"'],
    ['a kind in plural', `${SMALLEST}    kinds: { allow: ["*", Deployments] }\n`, '7:27: Kubernetes has no kind'],
    ['a kind in plural of a group', `${SMALLEST}    kinds: { deny: [core/Secrets] }\n`, '7:21: Kubernetes has no kind'],
    ['a kind of another group', `${SMALLEST}    clusterScoped: [apps/Namespace]\n`, '7:21: Kubernetes has no kind'],
    [
      'a version for a group',
      `${SMALLEST}    kinds: { deny: [v1/Secret] }\n`,
      '7:21: "v1" is a version, and no API group',
    ],
    ['a name twice', `${SMALLEST}${SMALLEST}`, '7:11: two tenants are called "payments"'],
  ])('with %s are refused, with the place', (_what, tenants, message) => {
    expect(() => read(tenants)).toThrow(`slipway.yaml:${message}`);
  });
});

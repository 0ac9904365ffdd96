import { describe, expect, test } from 'vitest';
import { deployment, documents, object, service } from '../../../src/check/set/examples.ts';
import { mayFind, selectorOf, selectorText } from '../../../src/check/set/selector.ts';
import { found } from '../found.ts';

const messages = async (...manifests: readonly string[]): Promise<readonly string[]> =>
  (await found('set', documents(...manifests))).map(({ rule, message }) => `${rule} ${message}`);
const selecting = (selector: string): string =>
  object('v1', 'Service', 'web', `spec:\n  ports:\n    - port: 80\n  selector:\n${selector}`);

describe('a selector', () => {
  test('that finds no Pod of the artifact is reported with what there is', async () => {
    const [finding] = await found('set', documents(deployment(), service('website')));
    expect(finding).toMatchObject({
      rule: 'set/selects-nothing',
      object: 'Service payments/web',
      path: 'spec.selector',
      message:
        'No Pod of the artifact is found by selector "app=website" in its namespace: nobody answers its requests',
      found: 'selector "app=website"',
      expected: 'labels of a Pod, such as "app=web" of Deployment "web"',
      hint: 'give the selector and the Pods the same labels',
    });
  });

  test('of a PodDisruptionBudget counts too', async () => {
    const budget = (app: string): string =>
      object(
        'policy/v1',
        'PodDisruptionBudget',
        'web',
        `spec:\n  minAvailable: 1\n  selector:\n    matchLabels:\n      app: ${app}\n`,
      );
    expect(await messages(deployment(), budget('web'))).toEqual([]);
    expect(await messages(deployment(), budget('api'))).toEqual([
      'set/selects-nothing No Pod of the artifact is found by selector "app=api" in its namespace: it protects nothing',
    ]);
  });

  test('by another label than the Pods have finds nothing', async () => {
    expect(await messages(deployment(), selecting('    app.kubernetes.io/name: web\n'))).toHaveLength(1);
  });

  test('by a label that may be set while the Pod runs is left alone', async () => {
    expect(await messages(deployment(), selecting('    app: web\n    role: leader\n'))).toEqual([]);
    expect(await messages(deployment(), selecting('    statefulset.kubernetes.io/pod-name: web-0\n'))).toEqual([]);
  });

  test('says nothing where there are no Pods, where a chart may make them, or where Flux fills it in', async () => {
    const release = object('helm.toolkit.fluxcd.io/v2', 'HelmRelease', 'api', 'spec:\n  interval: 1h\n');
    expect(await messages(service('website'))).toEqual([]);
    expect(await messages(deployment(), release, service('website'))).toEqual([]);
    expect(await messages(deployment(), service(`\${app}`))).toEqual([]);
    const elsewhere = deployment().replace('namespace: payments', 'namespace: other');
    expect(await messages(elsewhere, service('website'))).toEqual([]);
  });

  test('may find Pods of another artifact of the run', async () => {
    const other = deployment().replaceAll('web', 'website');
    const artifacts = { web: { 'a.yaml': documents(deployment(), service('website')) }, site: { 'a.yaml': other } };
    expect(await found('set', { artifacts })).toEqual([]);
  });
});

describe('a target port', () => {
  test('by a name that no selected Pod has is reported with the names there are', async () => {
    const [finding] = await found('set', documents(deployment(), service('web', 'web')));
    expect(finding).toMatchObject({
      rule: 'set/port',
      path: 'spec.ports[0].targetPort',
      message: 'No container of the Pods that the Service selects has a port named "web": nobody answers its requests',
      expected: 'one of "http", or a number',
    });
  });

  test('by number needs no name', async () => {
    expect(await messages(deployment(), service('web', '9090'))).toEqual([]);
    expect(await messages(deployment(), service('web', '"9090"'))).toEqual([]);
  });
});

const PODS: readonly (readonly [selector: unknown, pod: Record<string, string>, finds: boolean, text: string])[] = [
  [{ matchLabels: { app: 'web' } }, { app: 'web', tier: 'front' }, true, 'app=web'],
  [{ matchLabels: { app: 'web' } }, { app: 'api' }, false, 'app=web'],
  [{ matchLabels: { app: 'web' } }, {}, false, 'app=web'],
  [{ matchLabels: { app: 'web', role: 'leader' } }, { app: 'web', role: 'follower' }, false, 'app=web,role=leader'],
  [
    { matchExpressions: [{ key: 'app', operator: 'In', values: ['web', 'api'] }] },
    { app: 'api' },
    true,
    'app in (web,api)',
  ],
  [{ matchExpressions: [{ key: 'app', operator: 'In', values: ['web'] }] }, {}, false, 'app in (web)'],
  [
    { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }] },
    { app: 'web' },
    false,
    'app notin (web)',
  ],
  [{ matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }] }, {}, true, 'app notin (web)'],
  [{ matchExpressions: [{ key: 'app', operator: 'Exists' }] }, { app: 'web' }, true, 'app'],
  [{ matchExpressions: [{ key: 'app', operator: 'Exists' }] }, {}, false, 'app'],
  [{ matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] }, { app: 'web' }, false, '!app'],
  [{ matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] }, {}, true, '!app'],
];

test.each(PODS)('%j may find %j: %s', (value, pod, finds, text) => {
  const selector = selectorOf(value);
  expect(selector && mayFind(selector, pod)).toBe(finds);
  expect(selector && selectorText(selector)).toBe(text);
});

test('a selector without conditions is none', () => {
  expect(selectorOf({})).toBeUndefined();
  expect(selectorOf(undefined)).toBeUndefined();
});

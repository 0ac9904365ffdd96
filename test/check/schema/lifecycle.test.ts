import { describe, expect, test } from 'vitest';
import { kubernetesBundle } from '../../../src/check/schema/bundle.ts';
import { openCatalog } from '../../../src/check/schema/catalog.ts';
import { endingOf, endings } from '../../../src/check/schema/endings.ts';
import { hasVersion } from '../../../src/check/schema/kinds.ts';

const NOW = { kubernetes: '1.36', flux: '2.9' };

describe('the lifecycle of an API version', () => {
  const cases: [string, string, string, unknown][] = [
    ['1.36', 'apps/v1', 'Deployment', undefined],
    ['1.36', 'made.up/v1', 'Thing', undefined],
    [
      '1.36',
      'extensions/v1beta1',
      'Ingress',
      { state: 'removed', since: '1.22', replacement: { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress' } },
    ],
    ['1.36', 'policy/v1beta1', 'PodSecurityPolicy', { state: 'removed', since: '1.25' }],
    [
      '1.31',
      'flowcontrol.apiserver.k8s.io/v1beta3',
      'FlowSchema',
      { state: 'deprecated', since: '1.29', removedIn: '1.32' },
    ],
    [
      '1.32',
      'flowcontrol.apiserver.k8s.io/v1beta3',
      'FlowSchema',
      {
        state: 'removed',
        since: '1.32',
        replacement: { apiVersion: 'flowcontrol.apiserver.k8s.io/v1', kind: 'FlowSchema' },
      },
    ],
    [
      '1.36',
      'resource.k8s.io/v1alpha2',
      'ResourceClaim',
      { state: 'removed', since: '1.31', replacement: { apiVersion: 'resource.k8s.io/v1', kind: 'ResourceClaim' } },
    ],
    ['1.32', 'v1', 'Endpoints', undefined],
    [
      '1.33',
      'v1',
      'Endpoints',
      { state: 'deprecated', since: '1.33', replacement: { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' } },
    ],
    [
      '1.33',
      'resource.k8s.io/v1',
      'ResourceClaim',
      { state: 'future', since: '1.34', replacement: { apiVersion: 'resource.k8s.io/v1beta2', kind: 'ResourceClaim' } },
    ],
  ];

  test.each(cases)('for Kubernetes %s of %s %s', (kubernetes, apiVersion, kind, expected) => {
    const lifecycle = openCatalog({ kubernetes, flux: '2.9' }).lifecycle(apiVersion, kind);
    if (expected === undefined) expect(lifecycle).toBeUndefined();
    else expect(lifecycle).toMatchObject({ product: 'Kubernetes', ...(expected as object) });
  });

  const flux: [string, string, string, unknown][] = [
    ['2.9', 'source.toolkit.fluxcd.io/v1', 'OCIRepository', undefined],
    ['2.7', 'source.toolkit.fluxcd.io/v1beta2', 'OCIRepository', { state: 'deprecated', since: '2.7' }],
    [
      '2.9',
      'source.toolkit.fluxcd.io/v1beta2',
      'OCIRepository',
      {
        state: 'removed',
        since: '2.8',
        replacement: { apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'OCIRepository' },
      },
    ],
    ['2.6', 'source.extensions.fluxcd.io/v1beta1', 'ArtifactGenerator', { state: 'future', since: '2.7' }],
  ];

  test.each(flux)('for Flux %s of %s %s', (version, apiVersion, kind, expected) => {
    const lifecycle = openCatalog({ kubernetes: '1.36', flux: version }).lifecycle(apiVersion, kind);
    if (expected === undefined) expect(lifecycle).toBeUndefined();
    else expect(lifecycle).toMatchObject({ product: 'Flux', ...(expected as object) });
  });

  test('is announced as the bundled versions of Kubernetes act', () => {
    const { versions, kinds } = kubernetesBundle();
    const last = versions.length - 1;
    for (const [apiVersion, kind, , , bits] of kinds) {
      const ending = endingOf(apiVersion, kind);
      const gone = versions.find((_, index) => index > 0 && hasVersion(bits, index - 1) && !hasVersion(bits, index));
      // Alpha versions go without notice.
      if (gone !== undefined && !/alpha/.test(apiVersion))
        expect(ending?.removedIn, `${apiVersion} ${kind}`).toBe(gone);
      if (gone !== undefined || ending?.removedIn === undefined) continue;
      expect(Number(ending.removedIn.split('.')[1]), `${apiVersion} ${kind}`).toBeGreaterThan(28 + last);
    }
  });

  test('offers a replacement that the newest Kubernetes serves', () => {
    const catalog = openCatalog(NOW);
    const unserved = endings().flatMap(([, , { replacement }]) =>
      replacement !== undefined && catalog.find(replacement.apiVersion, replacement.kind) === undefined
        ? [replacement]
        : [],
    );
    expect(unserved).toEqual([]);
  });
});

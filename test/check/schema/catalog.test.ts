import { describe, expect, test } from 'vitest';
import { FLUX, KUBERNETES } from '../../../src/check/schema/bundle.generated.ts';
import { fluxBundle, kubernetesBundle } from '../../../src/check/schema/bundle.ts';
import { openCatalog } from '../../../src/check/schema/catalog.ts';
import { hasVersion } from '../../../src/check/schema/kinds.ts';
import { validate } from '../../../src/check/schema/validate.ts';
import { SlipwayError } from '../../../src/errors.ts';
import { WIDGETS } from './widget.ts';

const NOW = { kubernetes: '1.36', flux: '2.9' };

function problemOf(action: () => unknown): SlipwayError | undefined {
  try {
    action();
  } catch (error) {
    if (error instanceof SlipwayError) return error;
    throw error;
  }
  return undefined;
}

describe('the bundle', () => {
  test('has nine versions of Kubernetes in 60 KB, and four of Flux', () => {
    expect(Buffer.from(KUBERNETES, 'base64').length).toBeLessThanOrEqual(60_000);
    expect(kubernetesBundle().versions).toEqual([
      '1.28',
      '1.29',
      '1.30',
      '1.31',
      '1.32',
      '1.33',
      '1.34',
      '1.35',
      '1.36',
    ]);
    expect(Buffer.from(FLUX, 'base64').length).toBeLessThanOrEqual(20_000);
    expect(fluxBundle().versions).toEqual(['2.6', '2.7', '2.8', '2.9']);
  });

  test('has every definition that its kinds refer to, in every version', () => {
    const { versions, kinds, definitions } = kubernetesBundle();
    const named = (value: unknown): string[] => {
      if (typeof value !== 'object' || value === null) return [];
      const below = Object.values(value).flatMap(named);
      const reference: unknown = '$ref' in value ? value.$ref : undefined;
      return typeof reference === 'string' ? [reference, ...below] : below;
    };
    for (const [index, version] of versions.entries()) {
      const present = Object.entries(definitions).flatMap(([name, variants]) => {
        const fitting = variants.filter(([bits]) => hasVersion(bits, index));
        expect(fitting.length, `${name} in ${version}`).toBeLessThanOrEqual(1);
        return fitting.map(([, schema]) => [name, schema] as const);
      });
      const names = new Set(present.map(([name]) => name));
      const wanted = kinds.filter(([, , , , bits]) => hasVersion(bits, index)).map(([, , name]) => name);
      const missing = [...wanted, ...present.flatMap(([, schema]) => named(schema))].filter((name) => !names.has(name));
      expect(missing, version).toEqual([]);
      expect(wanted.length, version).toBeGreaterThan(60);
    }
  });

  test('has no prose', () => {
    expect(JSON.stringify(kubernetesBundle())).not.toContain('"description":"');
    expect(JSON.stringify(fluxBundle())).not.toContain('"description":"');
  });
});

describe('a catalog', () => {
  test.each(kubernetesBundle().versions)('for Kubernetes %s knows and validates a Deployment', (kubernetes) => {
    const schema = openCatalog({ kubernetes, flux: '2.9' }).find('apps/v1', 'Deployment');
    const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'a', image: 'b' }] } };
    const spec = { replicas: 1, selector: { matchLabels: { a: 'b' } }, template };
    const object = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' }, spec };
    expect(schema && validate(object, schema)).toEqual([]);
    expect(schema && validate({ ...object, spec: { ...spec, nope: 1 } }, schema)).toMatchObject([
      { path: ['spec', 'nope'], problem: 'unknown-field' },
    ]);
  });

  test.each(fluxBundle().versions)('for Flux %s knows and validates a Kustomization', (flux) => {
    const schema = openCatalog({ kubernetes: '1.36', flux }).find('kustomize.toolkit.fluxcd.io/v1', 'Kustomization');
    const spec = { interval: '1m', prune: true, sourceRef: { kind: 'OCIRepository', name: 'a' } };
    const object = {
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      metadata: { name: 'a' },
      spec,
    };
    expect(schema && validate(object, schema)).toEqual([]);
    expect(schema && validate({ ...object, spec: { ...spec, prune: 'yes' } }, schema)).toMatchObject([
      { path: ['spec', 'prune'], problem: 'wrong-type' },
    ]);
  });

  test.each(['1.34', 'v1.34', '1.34.2', ' 1.34 '])('opens for a version written as %j', (kubernetes) => {
    expect(openCatalog({ kubernetes, flux: '2.8' }).find('resource.k8s.io/v1', 'ResourceClaim')).toBeDefined();
  });

  test.each([
    ['1.3', '1.30'],
    ['1.27', '1.28'],
    ['1.99', '1.36'],
    ['2.1', '1.36'],
    ['0.9', '1.28'],
    ['latest', '1.36'],
  ])('refuses Kubernetes %s and offers %s', (kubernetes, offered) => {
    const problem = problemOf(() => openCatalog({ kubernetes, flux: '2.9' }));
    expect(problem).toMatchObject({
      code: 'CONFIG',
      message: `No schemas for Kubernetes "${kubernetes}": known are 1.28 to 1.36`,
      hint: `set check.kubernetes to "${offered}", in quotes, or pass --kubernetes ${offered}`,
    });
  });

  test('refuses an unknown version of Flux too', () => {
    const problem = problemOf(() => openCatalog({ kubernetes: '1.36', flux: '2.1' }));
    expect(problem).toMatchObject({ code: 'CONFIG', hint: 'set check.flux to "2.6", in quotes, or pass --flux 2.6' });
  });

  test('knows which kinds live in namespaces', () => {
    const catalog = openCatalog(NOW);
    expect(catalog.namespaced('v1', 'Pod')).toBe(true);
    expect(catalog.namespaced('v1', 'Namespace')).toBe(false);
    expect(catalog.namespaced('rbac.authorization.k8s.io/v1', 'ClusterRole')).toBe(false);
    expect(catalog.namespaced('source.toolkit.fluxcd.io/v1', 'OCIRepository')).toBe(true);
    expect(catalog.namespaced('v1', 'Nothing')).toBeUndefined();
  });

  test('lists the API versions of a kind, the most stable first', () => {
    const catalog = openCatalog(NOW);
    expect(catalog.versionsOf('HorizontalPodAutoscaler')).toEqual(['autoscaling/v2', 'autoscaling/v1']);
    expect(catalog.versionsOf('DeviceClass')).toEqual([
      'resource.k8s.io/v1',
      'resource.k8s.io/v1beta2',
      'resource.k8s.io/v1beta1',
    ]);
    expect(catalog.versionsOf('Event', 'events.k8s.io')).toEqual(['events.k8s.io/v1']);
    expect(catalog.versionsOf('Nothing')).toEqual([]);
  });

  test('knows the kinds of CRDs that it is given', () => {
    const catalog = openCatalog(NOW);
    expect(catalog.find('test.example/v1', 'Widget')).toBeUndefined();
    expect(catalog.add([WIDGETS])).toEqual([]);
    expect(catalog.find('test.example/v1', 'Widget')).toBeDefined();
    expect(catalog.namespaced('test.example/v1', 'Widget')).toBe(true);
  });

  test("takes a release's own CRD over the bundled one of Flux", () => {
    const catalog = openCatalog(NOW);
    const bucket = {
      ...WIDGETS,
      spec: { ...WIDGETS.spec, group: 'source.toolkit.fluxcd.io', names: { kind: 'Bucket', plural: 'buckets' } },
    };
    catalog.add([bucket]);
    const schema = catalog.find('source.toolkit.fluxcd.io/v1', 'Bucket');
    expect([...(schema?.properties.get('spec')?.properties.keys() ?? [])]).toContain('parts');
  });

  test('accepts every object of a CRD whose schema is wrong, and reports the schema', () => {
    const [version] = WIDGETS.spec.versions;
    const broken = { ...version, schema: { openAPIV3Schema: { type: 'object', properties: { a: {} } } } };
    const catalog = openCatalog(NOW);
    const problems = catalog.add([{ ...WIDGETS, spec: { ...WIDGETS.spec, versions: [broken] } }]);
    expect(problems.map(({ path }) => path.slice(-2).join('.'))).toEqual(['a.type']);
    const schema = catalog.find('test.example/v1', 'Widget');
    expect(schema && validate({ anything: 1 }, schema)).toEqual([]);
  });
});

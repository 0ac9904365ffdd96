import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cyclesOf } from '../../../src/check/set/cycles.ts';
import { documents, kustomization, object, ociRepository } from '../../../src/check/set/examples.ts';
import { found, shown } from '../found.ts';

/** How many steps lead from each node to each, at least one: Floyd and Warshall, to compare with. */
function distances(size: number, edges: readonly (readonly [number, number])[]): readonly (readonly number[])[] {
  const steps = Array.from({ length: size }, () => Array.from({ length: size }, () => Number.POSITIVE_INFINITY));
  const at = (from: number, to: number): number => steps[from]?.[to] ?? Number.POSITIVE_INFINITY;
  for (const [from, to] of edges) (steps[from] ?? [])[to] = 1;
  for (let via = 0; via < size; via++) {
    for (let from = 0; from < size; from++) {
      for (let to = 0; to < size; to++) (steps[from] ?? [])[to] = Math.min(at(from, to), at(from, via) + at(via, to));
    }
  }
  return steps;
}

const graphs = fc.integer({ min: 1, max: 9 }).chain((size) =>
  fc.record({
    size: fc.constant(size),
    edges: fc.uniqueArray(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), { maxLength: 14, selector: String }),
  }),
);

test('a cycle is found if and only if there is one, whole and as short as any of its group', () => {
  fc.assert(
    fc.property(graphs, ({ size, edges }) => {
      const graph = new Map(
        Array.from({ length: size }, (_, node) => [node, edges.filter(([from]) => from === node).map(([, to]) => to)]),
      );
      const steps = distances(size, edges);
      const onCycles = steps.flatMap((row, node) => (Number.isFinite(row[node]) ? [node] : []));
      const cycles = cyclesOf(graph);
      expect(cycles.length > 0).toBe(onCycles.length > 0);
      for (const cycle of cycles) {
        expect(new Set(cycle).size).toBe(cycle.length);
        cycle.forEach((node, index) => {
          expect(graph.get(node)).toContain(cycle[(index + 1) % cycle.length]);
        });
        const [first = 0] = cycle;
        const group = onCycles.filter(
          (node) => Number.isFinite(steps[node]?.[first]) && Number.isFinite(steps[first]?.[node]),
        );
        expect(cycle).toHaveLength(Math.min(...group.map((node) => steps[node]?.[node] ?? 0)));
      }
      // Every group of nodes that depend on each other is told about.
      for (const node of onCycles) {
        const group = cycles.filter(
          ([first = 0]) => Number.isFinite(steps[node]?.[first]) && Number.isFinite(steps[first]?.[node]),
        );
        expect(group).toHaveLength(1);
      }
    }),
    { numRuns: 500, seed: 4 },
  );
});

test('a chain of 5,000 dependencies is no cycle, and one when its end leads back', () => {
  const chain = Array.from({ length: 5_000 }, (_, node): [number, readonly number[]] => [node, [node + 1]]);
  expect(cyclesOf(new Map(chain))).toEqual([]);
  const [cycle] = cyclesOf(new Map([...chain.slice(0, -1), [4_999, [4_997]]]));
  expect(cycle).toEqual([4_997, 4_998, 4_999]);
});

describe('dependencies in a circle', () => {
  const messages = async (artifacts: Readonly<Record<string, string>>): Promise<readonly string[]> => {
    const files = Object.fromEntries(Object.entries(artifacts).map(([name, text]) => [name, { 'a.yaml': text }]));
    const findings = await found('set', { artifacts: files });
    return findings.map(({ artifact, rule, path, message }) => `${artifact} ${rule} ${path} ${message}`);
  };
  const waiting = (name: string, dependsOn: string): string => kustomization(name, { dependsOn });

  test('are named in their order, the shortest way round', async () => {
    const app = documents(
      ociRepository('fleet'),
      waiting('web', 'api'),
      waiting('api', 'infra'),
      waiting('infra', 'web').replace('    - name: web\n', '    - name: web\n    - name: api\n'),
    );
    expect(await messages({ app })).toEqual([
      'app set/flux-cycle spec.dependsOn[0] These Kustomizations wait for each other and never become ready: "payments/api" -> "payments/infra" -> "payments/api"',
    ]);
  });

  test('of one object are said plainly', async () => {
    expect(await messages({ app: documents(ociRepository('fleet'), waiting('web', 'web')) })).toEqual([
      'app set/flux-cycle spec.dependsOn[0] Kustomization "payments/web" depends on itself: it never becomes ready',
    ]);
  });

  test('of HelmReleases count, and kinds are not mixed up', async () => {
    const release = (name: string, dependsOn: string): string =>
      object(
        'helm.toolkit.fluxcd.io/v2',
        'HelmRelease',
        name,
        `spec:\n  interval: 1h\n  chartRef:\n    kind: OCIRepository\n    name: fleet\n  dependsOn:\n    - name: ${dependsOn}\n`,
      );
    const circle = documents(ociRepository('fleet'), release('web', 'db'), release('db', 'web'));
    expect(await messages({ app: circle })).toEqual([
      'app set/flux-cycle spec.dependsOn[0] These HelmReleases wait for each other and never become ready: "payments/web" -> "payments/db" -> "payments/web"',
    ]);
    const mixed = documents(
      ociRepository('fleet'),
      release('web', 'db'),
      release('db', 'x'),
      release('x', 'y'),
      release('y', 'z'),
      release('z', 'z0'),
    );
    expect(
      (await messages({ app: documents(mixed, waiting('z0', 'web'), waiting('web', 'q')) })).filter((text) =>
        text.includes('flux-cycle'),
      ),
    ).toEqual([]);
  });

  test('are found across artifacts that may go to one cluster', async () => {
    const [web, infra] = [waiting('web', 'infra'), waiting('infra', 'web')];
    expect(await messages({ web, infra })).toEqual([
      'web set/flux-cycle spec.dependsOn[0] These Kustomizations wait for each other and never become ready: "payments/web" -> "payments/infra" -> "payments/web"',
    ]);
    const shared = ociRepository('fleet');
    const apart = await messages({ web: documents(shared, web), infra: documents(shared, infra) });
    expect(apart.filter((text) => text.includes('flux-cycle'))).toEqual([]);
  });

  test('are not made up of overlays that happen to lie in one artifact', async () => {
    const app = {
      'staging/web.yaml': documents(waiting('web', 'infra'), kustomization('infra')),
      'production/web.yaml': documents(waiting('infra', 'web'), kustomization('web')),
    };
    expect(shown(await found('set', { artifacts: { app }, render: 'source' }))).toEqual([]);
  });
});

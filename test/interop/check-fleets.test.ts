/** Needs SLIPWAY_DATA. Public fleets are right: no rule may call them wrong, and each warning about them is known here. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Finding } from '../../src/model.ts';
import { FLEETS } from './check/corpus.ts';
import { copyFleet } from './data.ts';
import { folder } from './folder.ts';
import { start } from './peer.ts';
import { slipwayPath } from './slipway.ts';
import { pathWith } from './toolbox.ts';

/** All that Flux reads of them, as it reads it: folders under `source`, and what kustomize makes of overlays. */
const ARTIFACTS: readonly (readonly [path: string, render: string])[] = [
  ['d2-fleet/clusters/*', 'source'],
  ['d2-fleet/tenants', 'source'],
  ['d2-infra/components', 'source'],
  ['d2-infra/components/*/*/*', 'kustomize'],
  ['d2-infra/update-policies', 'source'],
  ['d2-apps/components', 'source'],
  ['d2-apps/components/*/*', 'kustomize'],
  ['kustomize-helm-example/clusters/*', 'source'],
  ['kustomize-helm-example/apps', 'source'],
  ['kustomize-helm-example/apps/production', 'kustomize'],
  ['kustomize-helm-example/apps/staging', 'kustomize'],
  ['kustomize-helm-example/apps/base/*', 'kustomize'],
  ['kustomize-helm-example/infrastructure', 'source'],
  ['kustomize-helm-example/infrastructure/*', 'kustomize'],
];

/** Kinds of other projects, whose CRDs the fleets do not bring: nothing can be said about their fields. */
const UNKNOWN_KINDS: readonly (readonly [kind: string, file: string])[] = [
  ['FluxInstance', 'd2-fleet/clusters/prod-eu/flux-system/flux-instance.yaml'],
  ['ResourceSet', 'd2-fleet/clusters/prod-eu/flux-system/flux-operator.yaml'],
  ['ClusterIssuer', 'd2-infra/components/cert-manager/configs/base/cluster-issuers.yaml'],
  ['PodMonitor', 'd2-infra/components/monitoring/configs/base/podmonitor.yaml'],
  ['ServiceMonitor', 'd2-infra/components/monitoring/configs/base/servicemonitor.yaml'],
  ['ImagePolicy', 'd2-infra/update-policies/cert-manager.yaml'],
  ['ImageRepository', 'd2-infra/update-policies/cert-manager.yaml'],
  ['GatewayClass', 'kustomize-helm-example/infrastructure/configs/gateway.yaml'],
  ['Gateway', 'kustomize-helm-example/infrastructure/configs/gateway.yaml'],
];

const WARNINGS: readonly string[] = UNKNOWN_KINDS.map(([kind, file]) => `schema/unknown-kind ${file}: ${kind}`);

test('the public fleets have no error, and exactly these warnings', async () => {
  await using work = await folder();
  for (const name of FLEETS) {
    await mkdir(join(work.path, name));
    await copyFleet(name, join(work.path, name));
  }
  const artifacts = ARTIFACTS.map(
    ([path, render]) =>
      `  - { name: "${render === 'source' ? 'all-' : ''}{path}", path: "${path}", render: ${render} }\n`,
  );
  await writeFile(join(work.path, 'slipway.yaml'), `version: 1\nartifacts:\n${artifacts.join('')}`);
  const args = [slipwayPath(), 'check', '--output', 'json', '--quiet'];
  const env = await pathWith(work.path, 'kustomize');
  const { stdout, stderr, code } = await start(process.execPath, args, { cwd: work.path, env });
  expect(code, stderr).toBe(0);
  const { counts, findings } = JSON.parse(stdout) as { readonly counts: object; readonly findings: readonly Finding[] };
  expect(counts).toMatchObject({ errors: 0 });
  const said = findings.map(({ rule, file, object = '' }) => `${rule} ${file}: ${object.split(' ')[0]}`);
  expect([...new Set(said)].sort()).toEqual([...WARNINGS].sort());
});

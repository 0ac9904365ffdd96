import type { Rule } from '../rule.ts';

const renderedAt = (time: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\ndata:\n  rendered: ${time}\n`;

/** The rules of this group, in the order of the documentation. */
export const RENDER_RULES: readonly Rule[] = [
  {
    id: 'render/failed',
    setting: 'error',
    firm: true,
    summary: 'Every artifact can be read and rendered.',
    why:
      'What cannot be rendered cannot be published, and nothing is known about its objects. The other artifacts are checked ' +
      'all the same, except for what spans artifacts: what seems to be missing may be in the one that failed. Where a file ' +
      'that kustomize or helm reads is no YAML, yaml/syntax tells its line.',
    fix: 'Do what the hint says, or run the renderer by hand in the folder of the artifact.',
    bad: {
      artifacts: { app: { 'kustomization.yaml': 'resources:\n  - web.yaml\n' } },
      failure:
        'Cannot render artifact "app" from "app" with kustomize: Error: accumulating resources from \'web.yaml\': no such file',
    },
    good: {
      artifacts: { app: { 'kustomization.yaml': 'resources:\n  - web.yaml\n', 'web.yaml': renderedAt('"yes"') } },
      render: 'source',
    },
  },
  {
    id: 'render/not-reproducible',
    setting: 'error',
    summary: 'Rendering the same files twice gives the same manifests.',
    why:
      'What differs each time is new content for every commit: each run publishes it, every cluster reconciles, and ' +
      'passwords or certificates change under the programs that use them. Under `helm` and `command`, and `kustomize` with ' +
      '`enableHelm`, slipway renders twice and compares; where the rule is off it renders once.',
    fix:
      'Take out what changes: dates (`now`), random text (`randAlphaNum`, `uuidv4`), certificates (`genCA`, `genSignedCert`) ' +
      'and the order of maps. Pass fixed values, or name a Secret that exists in the cluster. `lookup` does not help: there ' +
      'is no cluster to look into.',
    bad: {
      artifacts: { app: { 'manifests.yaml': renderedAt('"2026-03-02T09:15:07Z"') } },
      second: renderedAt('"2026-03-02T09:15:08Z"'),
    },
    good: {
      artifacts: { app: { 'manifests.yaml': renderedAt('"yes"') } },
      second: renderedAt('"yes"'),
    },
  },
];

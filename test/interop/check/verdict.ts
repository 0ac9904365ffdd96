/** What slipway says to objects, each of them alone. */
import { check } from '../../../src/check/check.ts';
import type { Finding, Rendered } from '../../../src/model.ts';
import type { Manifest } from './manifest.ts';

/** The versions that the objects are for. */
export interface VerdictTargets {
  readonly kubernetes: string;
  readonly flux: string;
}

/** Groups of rules about what the API server refuses; the others are about Flux, tenants and hygiene. */
export const SERVER_RULES: readonly string[] = ['yaml', 'schema', 'object', 'check'];

/** One artifact for each object, so that they are checked alone; JSON is YAML. */
function renderedOf(object: Manifest, index: number): Rendered {
  const name = `object-${index}`;
  return {
    artifact: { name, root: `/${name}`, shown: name, render: { kind: 'plain' } },
    files: [{ path: 'manifests.yaml', bytes: Buffer.from(`${JSON.stringify(object)}\n`) }],
    resources: 1,
    origins: ({ file, line, column }) => ({ file, line, column }),
  };
}

/** The errors of each object, by rules of some groups. */
export async function errorsOf(
  objects: readonly Manifest[],
  targets: VerdictTargets,
  groups: readonly string[],
): Promise<readonly (readonly Finding[])[]> {
  const checked = await check(objects.map(renderedOf), {
    targets,
    crds: [],
    rules: {},
    tenants: [],
    commands: [],
    runPolicy: () => Promise.reject(new Error('No policy program is configured')),
  });
  return checked.map(({ findings }) =>
    findings.filter(({ rule, severity }) => severity === 'error' && groups.includes(rule.split('/')[0] ?? '')),
  );
}

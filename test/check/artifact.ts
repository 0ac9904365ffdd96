import { type CheckOptions, check } from '../../src/check/check.ts';
import { NEWEST } from '../../src/check/schema/catalog.ts';
import type { Finding, Rendered, RenderKind } from '../../src/model.ts';

/** An artifact `app` of these files; findings point to `deploy/PATH`. */
export function artifact(files: Readonly<Record<string, string>>, kind: RenderKind = 'plain'): Rendered {
  const render = { kind, release: 'app', values: [], apiVersions: [], run: [], env: {} };
  return {
    artifact: { name: 'app', root: '/app', shown: 'deploy', render: render as Rendered['artifact']['render'] },
    files: Object.entries(files).map(([path, text]) => ({ path, bytes: Buffer.from(text) })),
    resources: 1,
    origins: ({ file, line, column }) => ({ file: `deploy/${file}`, ...(line > 0 && { line, column }) }),
  };
}

/** What the checks find, of the rules of one group. */
export async function findingsOf(
  group: string,
  all: readonly Rendered[],
  options: Partial<CheckOptions> = {},
): Promise<readonly Finding[]> {
  const checked = await check(all, {
    targets: NEWEST,
    ...{ crds: [], rules: {}, tenants: [], commands: [] },
    runPolicy: () => Promise.reject(new Error('No program is expected to run')),
    ...options,
  });
  return checked.flatMap(({ findings }) => findings.filter(({ rule }) => rule.startsWith(`${group}/`)));
}

/** kubeconform, strict, with schemas of our own making and nothing else. */
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { CORE_SCHEMA, loadAll } from 'js-yaml';
import { dataPath } from '../data.ts';
import { start } from '../peer.ts';
import { toolPath } from '../server-process.ts';
import { crdSchemas, kubernetesSchemas } from './json-schema.ts';
import type { Manifest } from './manifest.ts';

/** What kubeconform says to an object. */
export interface Verdict {
  readonly status: 'valid' | 'invalid' | 'error' | 'skipped';
  readonly message: string;
}

/** What of the versions is asked for. */
export interface SchemaTargets {
  readonly kubernetes: string;
  readonly flux: string;
}

/** Where kubeconform finds the schemas of a folder. */
export const schemaLocation = (folder: string): string =>
  join(folder, '{{.Group}}', '{{.ResourceKind}}_{{.ResourceAPIVersion}}.json');

/** Writes the schemas of Kubernetes and Flux into a folder. */
export async function writeSchemas(folder: string, { kubernetes, flux }: SchemaTargets): Promise<void> {
  const openApi: unknown = JSON.parse(
    gunzipSync(readFileSync(dataPath('kubernetes-openapi', `v${kubernetes}.json.gz`))).toString('utf8'),
  );
  const crdFolder = dataPath('flux-crds', flux);
  const crds = readdirSync(crdFolder).flatMap((file) =>
    loadAll(readFileSync(join(crdFolder, file), 'utf8'), { schema: CORE_SCHEMA }),
  );
  for (const { group, version, kind, schema } of [...kubernetesSchemas(openApi), ...crds.flatMap(crdSchemas)]) {
    // Objects of the core have no group: kubeconform takes their version for one.
    const target = join(folder, group === '' ? version : group);
    await mkdir(target, { recursive: true });
    await writeFile(join(target, `${kind.toLowerCase()}_${version}.json`), JSON.stringify(schema));
  }
}

/** Asks kubeconform about objects; the verdicts are in their order. `work` is an empty folder. */
export async function conform(
  objects: readonly Manifest[],
  schemas: string,
  work: string,
): Promise<readonly Verdict[]> {
  await Promise.all(objects.map((object, index) => writeFile(join(work, `${index}.json`), JSON.stringify(object))));
  const args = ['-strict', '-schema-location', schemaLocation(schemas), '-output', 'json', '-verbose', '-n', '2', work];
  const { stdout, stderr } = await start(toolPath('kubeconform'), args, { cwd: work });
  if (stderr !== '') throw new Error(`kubeconform: ${stderr}`);
  const { resources } = JSON.parse(stdout) as { readonly resources: readonly Resource[] };
  const verdicts = new Map(
    resources.map(({ filename, status, msg }) => [basename(filename, '.json'), { status, msg }]),
  );
  return objects.map((_, index) => {
    const verdict = verdicts.get(String(index));
    if (verdict === undefined) throw new Error(`kubeconform says nothing about object ${index}`);
    return { status: STATUS[verdict.status] ?? 'error', message: verdict.msg };
  });
}

interface Resource {
  readonly filename: string;
  readonly status: string;
  readonly msg: string;
}

const STATUS: Readonly<Record<string, Verdict['status']>> = {
  statusValid: 'valid',
  statusInvalid: 'invalid',
  statusSkipped: 'skipped',
};

/** Needs SLIPWAY_DATA: the folder with Kubernetes' OpenAPI documents, Flux's CRDs and public fleets. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CORE_SCHEMA, loadAll, mergeTag } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { bundleModule, GENERATED } from '../../scripts/kubernetes-schemas/module.ts';
import { kubernetesBundle } from '../../src/check/schema/bundle.ts';
import { type Catalog, openCatalog } from '../../src/check/schema/catalog.ts';
import type { Schema } from '../../src/check/schema/schema.ts';
import { validate } from '../../src/check/schema/validate.ts';

const data = process.env.SLIPWAY_DATA ?? '';
if (data === '') throw new Error('SLIPWAY_DATA is not set: these tests read the data it names');

const YAML = CORE_SCHEMA.withTags(mergeTag);

interface Found {
  readonly file: string;
  readonly object: Readonly<Record<string, unknown>>;
}

function objectsIn(folder: string): Found[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => /\.ya?ml$/.test(file));
  return files
    .sort()
    .flatMap((file) =>
      loadAll(readFileSync(join(folder, file), 'utf8'), { schema: YAML }).flatMap((document): Found[] =>
        typeof document === 'object' && document !== null && 'kind' in document
          ? [{ file: relative(data, join(folder, file)), object: { ...document } }]
          : [],
      ),
    );
}

/** Files that Kustomizations apply to other objects: they are parts of objects. */
function patchesIn(all: readonly Found[]): ReadonlySet<string> {
  const listed = all.flatMap(({ file, object: { patches } }) =>
    (Array.isArray(patches) ? patches : []).flatMap((patch: { readonly path?: string }) =>
      patch.path === undefined ? [] : join(dirname(file), patch.path),
    ),
  );
  return new Set(listed);
}

const documents = objectsIn(join(data, 'fleets'));
const patches = patchesIn(documents);
const fleets = documents.filter(({ file }) => !patches.has(file));

function schemaOf(catalog: Catalog, { apiVersion, kind }: Found['object']): Schema | undefined {
  return catalog.find(String(apiVersion), String(kind));
}

function violationsOf(catalog: Catalog, { file, object }: Found): { readonly where: string; readonly file: string }[] {
  const schema = schemaOf(catalog, object);
  const violations = schema === undefined ? [] : validate(object, schema);
  return violations.map(({ path, problem, found }) => ({
    where: `${String(object.kind)} ${path.join('.')}: ${problem}, ${found}`,
    file,
  }));
}

describe('the bundled schemas', () => {
  test('are what the generator makes of the data', async () => {
    const committed = readFileSync(fileURLToPath(new URL(`../../${GENERATED}`, import.meta.url)), 'utf8');
    expect((await bundleModule(data)) === committed, `run node scripts/kubernetes-schemas.mjs`).toBe(true);
  });

  test.each(kubernetesBundle().versions)('accept every object of the public fleets (Kubernetes %s)', (kubernetes) => {
    const catalog = openCatalog({ kubernetes, flux: '2.9' });
    const known = fleets.filter(({ object }) => schemaOf(catalog, object) !== undefined);
    expect(known.length).toBeGreaterThan(30);
    expect(known.flatMap((found) => violationsOf(catalog, found))).toEqual([]);
  });

  test('name the fields of the public fleets that an old Flux does not have', () => {
    const catalog = openCatalog({ kubernetes: '1.36', flux: '2.6' });
    const found = new Set(fleets.flatMap((each) => violationsOf(catalog, each)).map(({ where }) => where));
    expect([...found].sort()).toEqual([
      'HelmRelease spec.install.strategy: unknown-field, an unknown field',
      'HelmRelease spec.upgrade.strategy: unknown-field, an unknown field',
      'Kustomization spec.sourceRef.kind: enum, "ExternalArtifact"',
    ]);
  });
});

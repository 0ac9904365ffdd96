import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { readCrd } from '../../src/check/schema/crd.ts';
import type { CrdSpec, FluxBundle } from '../../src/check/schema/openapi.ts';
import { compact } from './keywords.ts';
import { byMinor, Variants } from './variants.ts';

/** A CRD's schema without prose; versions that are not served are of no use to anybody. */
function small(spec: CrdSpec): CrdSpec {
  const versions = spec.versions
    .filter(({ served }) => served)
    .map((version) => ({ ...version, ...(version.schema && { schema: compact(version.schema) }) }));
  return { ...spec, versions };
}

/** Reads every CRD in the folders named by Flux version. */
export async function fluxBundle(data: string): Promise<FluxBundle> {
  const folder = join(data, 'flux-crds');
  const versions = (await readdir(folder)).filter((name) => /^\d+\.\d+$/.test(name)).sort(byMinor);
  const crds = new Variants<CrdSpec>();
  for (const [index, version] of versions.entries()) {
    for (const file of (await readdir(join(folder, version))).sort()) {
      for (const document of loadAll(await readFile(join(folder, version, file), 'utf8'))) {
        const { spec, problems } = readCrd(document);
        if (spec === undefined || problems.length > 0)
          throw new Error(`${version}/${file}: ${JSON.stringify(problems)}`);
        crds.add(`${spec.group} ${spec.kind}`, small(spec), index);
      }
    }
  }
  return { versions, crds: crds.entries().flatMap(([, variants]) => variants) };
}

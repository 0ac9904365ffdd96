/** Objects to begin with: one of each kind with nearly all of its fields, and those of fleets. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CORE_SCHEMA, loadAll, mergeTag } from 'js-yaml';
import { dataPath } from '../data.ts';
import { isManifest, type Manifest } from './manifest.ts';

const YAML = CORE_SCHEMA.withTags(mergeTag);

/** The public fleets. */
export const FLEETS = ['d2-apps', 'd2-fleet', 'd2-infra', 'kustomize-helm-example'] as const;

/** The objects of a YAML file. */
export function manifestsIn(text: string): readonly Manifest[] {
  return loadAll(text, { schema: YAML }).filter(isManifest);
}

/** One object of each kind. */
export function seeds(): readonly Manifest[] {
  return manifestsIn(readFileSync(fileURLToPath(new URL('seeds.yaml', import.meta.url)), 'utf8'));
}

/** The objects in the YAML files below a folder. */
export function objectsBelow(folder: string): readonly Manifest[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => /\.ya?ml$/.test(file));
  return files.sort().flatMap((file) => manifestsIn(readFileSync(join(folder, file), 'utf8')));
}

/** The objects of the public fleets. */
export function fleetObjects(): readonly Manifest[] {
  return FLEETS.flatMap((name) => objectsBelow(dataPath('fleets', name)));
}

/** What a kustomization builds from: its objects under the names they will have, and the patches on them. */
import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Fields, fieldsOf, listOf, textOf } from '../../yaml/value.ts';
import type { ReadYaml } from '../read-yaml.ts';
import { patchesOf } from './patches.ts';
import { type ImageEntry, type Patch, partOf, type SourceObject, type Written } from './written.ts';

/** The names of the file that makes a folder a kustomization. */
export const KUSTOMIZATION_FILES: readonly string[] = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

/** Kinds whose names kustomize leaves alone. */
const KEEP_NAME: readonly string[] = ['CustomResourceDefinition', 'APIService', 'Namespace'];
const GENERATORS = [
  ['configMapGenerator', 'ConfigMap'],
  ['secretGenerator', 'Secret'],
] as const;

/** Reads kustomizations, each file once. What cannot be read is left out: kustomize has said so. */
export class Kustomizations {
  private readonly read: ReadYaml;
  private readonly files = new Map<string, readonly Written[]>();

  constructor(read: ReadYaml) {
    this.read = read;
  }

  /** The objects of a folder's kustomization on top of `given`, which only a component gets to see. */
  objectsOf(folder: string, given: readonly SourceObject[] = [], trail: readonly string[] = []): SourceObject[] {
    const kustomization = this.kustomizationOf(folder);
    if (kustomization === undefined || trail.includes(folder)) return [...given];
    const fields = fieldsOf(kustomization.value);
    const within = [...trail, folder];
    const own = [...listOf(fields.resources), ...listOf(fields.bases)].flatMap((entry) => {
      const path = resolve(folder, textOf(entry) ?? '');
      return isFolder(path) ? this.objectsOf(path, [], within) : this.documentsOf(path).flatMap(sourceObjects);
    });
    const made = listOf(fields.components).reduce<readonly SourceObject[]>(
      (objects, entry) => this.objectsOf(resolve(folder, textOf(entry) ?? ''), objects, within),
      [...given, ...own, ...generatedBy(kustomization)],
    );
    const patches = patchesOf(kustomization, (path) => this.documentsOf(resolve(folder, path)), this.read);
    const images = imagesOf(kustomization);
    return made.map((object) => changedBy(fields, withPatches(object, patches, images)));
  }

  private kustomizationOf(folder: string): Written | undefined {
    const file = KUSTOMIZATION_FILES.map((name) => join(folder, name)).find(
      (path) => this.documentsOf(path).length > 0,
    );
    return file === undefined ? undefined : this.documentsOf(file)[0];
  }

  private documentsOf(file: string): readonly Written[] {
    const known = this.files.get(file) ?? writtenIn(file, this.read);
    this.files.set(file, known);
    return known;
  }
}

function writtenIn(file: string, read: ReadYaml): readonly Written[] {
  try {
    return read(readFileSync(file, 'utf8')).map((document) => ({
      file,
      value: document.value,
      locate: (path) => document.locate(path),
    }));
  } catch {
    return [];
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function sourceObjects(written: Written): SourceObject[] {
  const { kind, items, metadata } = fieldsOf(written.value);
  if (textOf(kind)?.endsWith('List') && Array.isArray(items)) {
    return items.flatMap((_, index) => sourceObjects(partOf(written, ['items', index])));
  }
  const { name, namespace } = fieldsOf(metadata);
  return [
    {
      kind: textOf(kind) ?? '',
      names: [textOf(name) ?? ''],
      namespace: textOf(namespace),
      ...{ generated: false, written, patches: [], images: [] },
    },
  ];
}

function generatedBy(kustomization: Written): SourceObject[] {
  return GENERATORS.flatMap(([key, kind]) =>
    listOf(fieldsOf(kustomization.value)[key]).map((entry, index) => {
      const { name, namespace } = fieldsOf(entry);
      return {
        ...{ kind, names: [textOf(name) ?? ''], namespace: textOf(namespace), generated: true },
        written: partOf(kustomization, [key, index]),
        ...{ patches: [], images: [] },
      };
    }),
  );
}

function imagesOf(kustomization: Written): ImageEntry[] {
  return listOf(fieldsOf(kustomization.value).images).map((image, index) => ({
    name: textOf(fieldsOf(image).name) ?? '',
    entry: partOf(kustomization, ['images', index]),
  }));
}

function withPatches(object: SourceObject, patches: readonly Patch[], images: readonly ImageEntry[]): SourceObject {
  const applied = patches.filter((patch) => patch.appliesTo(object));
  return { ...object, patches: [...object.patches, ...applied], images: [...object.images, ...images] };
}

/** The object under the names that a kustomization gives it. A Namespace gets the name of `namespace`. */
function changedBy(fields: Fields, object: SourceObject): SourceObject {
  const { kind, names } = object;
  const [prefix = '', suffix = '', namespace] = [fields.namePrefix, fields.nameSuffix, fields.namespace].map(textOf);
  const last = names.at(-1) ?? '';
  const renamed = KEEP_NAME.includes(kind) ? last : `${prefix}${last}${suffix}`;
  const name = kind === 'Namespace' ? (namespace ?? last) : renamed;
  return { ...object, names: name === last ? names : [...names, name], namespace: namespace ?? object.namespace };
}

/** Reads kustomization files: which other files they name, and where. Whatever is in them, reading never fails. */
import type { FieldPath, SourceFile } from '../../model.ts';
import { textOfFile } from '../file-text.ts';
import { type Fields, fieldsOf, isMapping, listOf, textOf } from '../object.ts';
import type { FilePlace } from '../view.ts';
import { readDocuments } from '../yaml/documents.ts';
import { folderOf, nameOf, resolvePath } from './paths.ts';

/** The names that kustomize and Flux look for. */
const FILE_NAMES = new Set(['kustomization.yaml', 'kustomization.yml', 'Kustomization']);

/**
 * What kustomize does with a named path: `resource` and `component` may be files or folders, like a `plugin` (a generator,
 * transformer or validator); a `patch` is a file in YAML, `data` any file, `helm` a file that only Helm reads.
 */
export type Use = 'resource' | 'component' | 'plugin' | 'patch' | 'data' | 'helm';

/** A path that a kustomization file names. */
export interface NamedPath {
  readonly use: Use;
  readonly field: FieldPath;
  /** As written. */
  readonly written: string;
  /** Where it leads in the artifact; undefined where it leaves it. */
  readonly target: string | undefined;
  /** Loaded from somewhere else, by URL. */
  readonly remote: boolean;
}

/** A kustomization file. One that cannot be read names nothing. */
export interface KustomizationFile {
  readonly path: string;
  readonly folder: string;
  readonly component: boolean;
  readonly fields: Fields;
  readonly names: readonly NamedPath[];
  /** Its text is YAML, and a mapping or nothing at all. */
  readonly readable: boolean;
  readonly placeOf: (field: FieldPath) => FilePlace;
}

/** Whether a path is that of a kustomization file. */
export function isKustomizationPath(path: string): boolean {
  return FILE_NAMES.has(nameOf(path));
}

/** Reads a kustomization file; of several documents kustomize reads the first. */
export function readKustomization(file: SourceFile): KustomizationFile {
  const { path } = file;
  const { documents, findings } = readDocuments(textOfFile(file), { artifact: '', file: path });
  const [document] = documents;
  const fields = fieldsOf(document?.value);
  const folder = folderOf(path);
  return {
    path,
    folder,
    component: fields.kind === 'Component',
    fields,
    names: [...namedIn(fields)].map((named) => placed(folder, named)),
    readable: document === undefined ? findings.length === 0 : isMapping(document.value),
    placeOf: (field) => ({ file: path, ...(document?.locate(field) ?? { line: 1, column: 1 }) }),
  };
}

type Written = Pick<NamedPath, 'use' | 'field' | 'written'>;

function placed(folder: string, named: Written): NamedPath {
  return { ...named, target: resolvePath(folder, named.written), remote: isRemote(named.written) };
}

/** What kustomize may load from elsewhere. Where a path could be either, it counts as remote. */
function isRemote(written: string): boolean {
  return (
    /^[\w.+-]+::|:\/\/|^[\w.-]+@[\w.-]+:|^(?:github|gitlab|bitbucket)\.\w+[/:]|\?(?:ref|version|submodules|timeout)=/.test(
      written,
    ) || /[^/]\/\/|\.git(?:$|\/)|_git\//.test(written)
  );
}

/** Text in a list of paths that is itself YAML or JSON. */
const isInline = (text: string): boolean => text.includes('\n') || text.startsWith('{') || text.includes(': ');

function* namedIn(fields: Fields): Generator<Written> {
  yield* texts(fields, 'resources', 'resource');
  yield* texts(fields, 'bases', 'resource');
  yield* texts(fields, 'components', 'component');
  for (const key of ['generators', 'transformers', 'validators']) yield* texts(fields, key, 'plugin');
  yield* texts(fields, 'patchesStrategicMerge', 'patch');
  for (const key of ['configurations', 'crds']) yield* texts(fields, key, 'data');
  for (const key of ['patches', 'patchesJson6902', 'replacements']) yield* pathsOf(fields, key);
  yield* textAt(fieldsOf(fields.openapi).path, ['openapi', 'path'], 'data');
  for (const key of ['configMapGenerator', 'secretGenerator']) yield* generatorInputs(fields, key);
  yield* helmInputs(fields);
}

function* textAt(value: unknown, field: FieldPath, use: Use): Generator<Written> {
  const written = textOf(value);
  if (written !== undefined && written !== '' && !isInline(written)) yield { use, field, written };
}

function* texts(fields: Fields, key: string, use: Use): Generator<Written> {
  for (const [index, value] of listOf(fields[key]).entries()) yield* textAt(value, [key, index], use);
}

function* pathsOf(fields: Fields, key: string): Generator<Written> {
  for (const [index, item] of listOf(fields[key]).entries()) {
    yield* textAt(fieldsOf(item).path, [key, index, 'path'], 'patch');
  }
}

function* generatorInputs(fields: Fields, key: string): Generator<Written> {
  for (const [index, item] of listOf(fields[key]).entries()) {
    const { files, envs, env } = fieldsOf(item);
    for (const [at, file] of listOf(files).entries()) {
      // `key=path`, or a path whose last segment becomes the key.
      const path = textOf(file)?.replace(/^[^=]*=/, '');
      yield* textAt(path, [key, index, 'files', at], 'data');
    }
    for (const [at, file] of listOf(envs).entries()) yield* textAt(file, [key, index, 'envs', at], 'data');
    yield* textAt(env, [key, index, 'env'], 'data');
  }
}

function* helmInputs(fields: Fields): Generator<Written> {
  for (const [index, item] of listOf(fields.helmCharts).entries()) {
    const { valuesFile, additionalValuesFiles } = fieldsOf(item);
    yield* textAt(valuesFile, ['helmCharts', index, 'valuesFile'], 'helm');
    for (const [at, file] of listOf(additionalValuesFiles).entries()) {
      yield* textAt(file, ['helmCharts', index, 'additionalValuesFiles', at], 'helm');
    }
  }
}

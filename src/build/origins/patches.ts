/** Patches of a kustomization: whom they change, and where they write a field. */
import type { FieldPath } from '../../model.ts';
import { fieldsOf, isMapping, listOf, textOf, valueAt } from '../../yaml/value.ts';
import type { ReadYaml } from '../read-yaml.ts';
import { isEqual, pathIn } from './field.ts';
import { type Patch, partOf, type SourceObject, type Written } from './written.ts';

type Documents = (path: string) => readonly Written[];

/** The patches of a kustomization, in files and in itself. */
export function patchesOf(kustomization: Written, files: Documents, read: ReadYaml): readonly Patch[] {
  const fields = fieldsOf(kustomization.value);
  const inline = (path: FieldPath): readonly Written[] => inlineIn(kustomization, path, read);
  const strategic = listOf(fields.patchesStrategicMerge).flatMap((entry, index) => {
    const text = textOf(entry) ?? '';
    return (text.includes('\n') ? inline(['patchesStrategicMerge', index]) : files(text)).map((patch) => merge(patch));
  });
  const targeted = ['patches', 'patchesJson6902'].flatMap((key) =>
    listOf(fields[key]).flatMap((entry, index) => {
      const { path, patch, target } = fieldsOf(entry);
      const documents = patch === undefined ? files(textOf(path) ?? '') : inline([key, index, 'patch']);
      return documents.map((each) => (Array.isArray(each.value) ? json(each, target) : merge(each, target)));
    }),
  );
  return [...strategic, ...targeted];
}

/** The documents in a block of text; their lines are told where the block is written as it is read. */
function inlineIn(kustomization: Written, path: FieldPath, read: ReadYaml): readonly Written[] {
  const { file } = kustomization;
  const block = kustomization.locate(path);
  return read(textOf(valueAt(kustomization.value, path)) ?? '').map(({ value }) => ({
    file,
    value,
    locate: () => block,
  }));
}

/** A patch that looks like the object, for the object it names or for its target. */
function merge(written: Written, target?: unknown): Patch {
  return {
    appliesTo: (object) => (target === undefined ? isNamed(written.value, object) : isTarget(target, object)),
    write: (rendered, field) => {
      const path = pathIn(written.value, rendered, field);
      return path === undefined ? undefined : partOf(written, path);
    },
  };
}

function isNamed(value: unknown, { kind, names }: SourceObject): boolean {
  const { kind: ofKind, metadata } = fieldsOf(value);
  return ofKind === kind && names.includes(textOf(fieldsOf(metadata).name) ?? '');
}

/** As kustomize: what the target leaves out fits all, names are regular expressions. Selectors are taken to fit. */
function isTarget(target: unknown, { kind, names, namespace }: SourceObject): boolean {
  const fields = fieldsOf(target);
  const fits = (pattern: unknown, text: string): boolean => typeof pattern !== 'string' || matches(pattern, text);
  return (
    fits(fields.kind, kind) && names.some((name) => fits(fields.name, name)) && fits(fields.namespace, namespace ?? '')
  );
}

function matches(pattern: string, text: string): boolean {
  try {
    return pattern === '' || new RegExp(`^(?:${pattern})$`).test(text);
  } catch {
    return false;
  }
}

/** A list of operations (RFC 6902). */
function json(written: Written, target: unknown): Patch {
  return {
    appliesTo: (object) => isTarget(target, object),
    write: (rendered, field) => {
      const writes = listOf(written.value).flatMap((operation, index) => {
        const path = isMapping(operation) ? valuePath(operation, rendered, field) : undefined;
        return path === undefined ? [] : [partOf(written, [index, 'value', ...path])];
      });
      return writes.length === 1 ? writes[0] : undefined;
    },
  };
}

/** Where in an operation's value a field is, undefined when the operation does not write it. */
function valuePath(
  { op, path, value }: Readonly<Record<string, unknown>>,
  rendered: unknown,
  field: FieldPath,
): FieldPath | undefined {
  if ((op !== 'add' && op !== 'replace') || typeof path !== 'string') return undefined;
  const keys = path.split('/').slice(1).map(unescaped);
  const target = valueAt(rendered, field.slice(0, keys.length));
  const writes = keys.every(
    (key, index) =>
      String(field[index]) === key || (key === '-' && isEqual(value, target) && index === keys.length - 1),
  );
  if (keys.length > field.length || !writes) return undefined;
  return pathIn(value, target, field.slice(keys.length));
}

const unescaped = (key: string): string => key.replaceAll('~1', '/').replaceAll('~0', '~');

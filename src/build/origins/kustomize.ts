/** Objects that kustomize built, back to the files they were built from. */
import type { ArtifactPlan, FieldPath, Origins, RenderedPlace, SourcePlace } from '../../model.ts';
import { isMapping, textOf, valueAt } from '../../yaml/value.ts';
import type { ReadYaml } from '../read-yaml.ts';
import { existing, isEqual, pathIn } from './field.ts';
import { Kustomizations } from './kustomization.ts';
import { fileName, renderedPlace } from './place.ts';
import { partOf, type SourceObject, type Written } from './written.ts';

/** What kustomize appends to the name of what it generates. */
const HASH = /^-[2456789bcdfghkmt]{10}$/;

/**
 * Origins of what a kustomization builds: the document that an object was written in, and in it the field, or the patch
 * that sets it. Where two could be meant, it is the document's beginning, or the rendered document.
 */
export function originsOfKustomization(artifact: ArtifactPlan, output: string, read: ReadYaml): Origins {
  const rendered = new RenderedDocuments(output, read);
  let objects: readonly SourceObject[] | undefined;
  return (place) => {
    objects ??= new Kustomizations(read).objectsOf(artifact.root);
    const object = sourceOf(objects, place);
    const written =
      object === undefined ? undefined : writtenField(object, rendered.at(place.documentLine), place.field);
    if (written === undefined) return renderedPlace(artifact, place);
    return placeOf(artifact, written);
  };
}

function placeOf(artifact: ArtifactPlan, { file, locate }: Written): SourcePlace {
  return { file: fileName(artifact, file), ...locate([]) };
}

/** The values of rendered documents; the last is kept, since findings come object by object. */
class RenderedDocuments {
  private readonly output: string;
  private readonly read: ReadYaml;
  private starts: readonly number[] | undefined;
  private last: { readonly line: number; readonly value: unknown } | undefined;

  constructor(output: string, read: ReadYaml) {
    this.output = output;
    this.read = read;
  }

  /** The value of the document that begins in a line. */
  at(line: number): unknown {
    if (this.last?.line === line) return this.last.value;
    this.starts ??= [0, ...Array.from(this.output.matchAll(/\n/g), ({ index }) => index + 1)];
    const start = this.starts[line - 1] ?? this.output.length;
    const end = this.output.indexOf('\n---', start);
    const [document] = this.read(this.output.slice(start, end === -1 ? undefined : end + 1));
    this.last = { line, value: document?.value };
    return this.last.value;
  }
}

/** The only object that can have become the one at a place. */
function sourceOf(objects: readonly SourceObject[], { object }: RenderedPlace): SourceObject | undefined {
  if (object === undefined) return undefined;
  const { kind, name, namespace } = object;
  const found = objects.filter((each) => {
    const last = each.names.at(-1) ?? '';
    const named = name === last || (each.generated && name.startsWith(last) && HASH.test(name.slice(last.length)));
    return each.kind === kind && named && (namespace === undefined || namespace === each.namespace);
  });
  return found.length === 1 ? found[0] : undefined;
}

/** Where a field of an object is written: by the one patch that sets it, or in the object; else the object's beginning. */
function writtenField(object: SourceObject, rendered: unknown, field: FieldPath = []): Written {
  const path = existing(rendered, field);
  if (object.generated || path.length === 0) return object.written;
  const value = valueAt(rendered, path);
  const own = pathIn(object.written.value, rendered, path);
  const base = own === undefined ? undefined : partOf(object.written, own);
  const patched = object.patches.flatMap((patch) => patch.write(rendered, path) ?? []);
  if (isMapping(value) || Array.isArray(value)) {
    if (base !== undefined) return base;
    return (patched.length === 1 ? patched[0] : undefined) ?? object.written;
  }
  const setting = patched.filter((patch) => isEqual(patch.value, value));
  // A patch repeats what it does not change: kind and name, and the names of list items.
  if (base !== undefined && isEqual(base.value, value) && setting.length === patched.length) return base;
  if (setting.length === 0) return (path.at(-1) === 'image' ? imageEntry(object, base) : undefined) ?? object.written;
  return (setting.length === 1 ? setting[0] : undefined) ?? object.written;
}

/** The entry of `images:` that changes an image, if there is one. */
function imageEntry({ images }: SourceObject, base: Written | undefined): Written | undefined {
  const name = textOf(base?.value)?.replace(/@.*$|:[^:/]*$/, '');
  const entries = images.filter((image) => image.name === name);
  return entries.length === 1 ? entries[0]?.entry : undefined;
}

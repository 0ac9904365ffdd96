/** From a line of an artifact's file to the object and the field that are there. */
import type { FieldPath } from '../model.ts';
import type { ArtifactView, PlacedObject } from './view.ts';
import { pathAtLine } from './yaml/path-at.ts';

/** A field of an object. */
export interface PlacedField {
  readonly object: PlacedObject;
  readonly field: FieldPath;
}

/** The object and the field that a line belongs to; undefined between objects. */
export function fieldAt({ objects }: ArtifactView, file: string, line: number): PlacedField | undefined {
  const last = objects.findLast(({ document }) => document.file === file && document.line <= line);
  if (last === undefined) return undefined;
  const { text, line: start } = last.document;
  if (line >= start + text.split('\n').length) return undefined;
  const path = pathAtLine(text, line - start + 1);
  const object = objects.find(
    ({ document, at }) =>
      document.file === file && document.line === start && at.every((key, index) => path[index] === key),
  );
  return object === undefined ? undefined : { object, field: path.slice(object.at.length) };
}

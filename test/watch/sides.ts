import { readDocuments } from '../../src/check/yaml/documents.ts';
import type { Difference, ObjectChange } from '../../src/model.ts';
import { type Compared, compareSides } from '../../src/watch/diff/difference.ts';
import type { ArtifactFiles, ReadYaml } from '../../src/watch/diff/read.ts';

/** The reader that commands use. */
export const readYaml: ReadYaml = (text) => readDocuments(text, { artifact: '', file: '' }).documents;

/** Artifacts by name: the text of `manifests.yaml`, or texts by path. */
export type Texts = Readonly<Record<string, string | Readonly<Record<string, string>>>>;

/** One side of a difference. */
export function side(texts: Texts): readonly ArtifactFiles[] {
  return Object.entries(texts).map(([name, files]) => ({
    name,
    files: Object.entries(typeof files === 'string' ? { 'manifests.yaml': files } : files).map(([path, text]) => ({
      path,
      bytes: Buffer.from(text),
    })),
  }));
}

/** Two sides compared. */
export function compared(before: Texts, after: Texts, values = false): Compared {
  return compareSides({ before: side(before), after: side(after), read: readYaml, values });
}

/** The difference of two sides. */
export const differenceOf = (before: Texts, after: Texts, values = false): Difference =>
  compared(before, after, values).difference;

/** What became of the objects of `web`, where one text became another. */
export const changesOf = (before: string, after: string): readonly ObjectChange[] =>
  differenceOf({ web: before }, { web: after }).artifacts[0]?.changes ?? [];

/** An object as a document; `rest` are lines below `metadata`. */
export function object(kind: string, name: string, rest = '', apiVersion = 'v1'): string {
  const [namespace, own] = name.includes('/') ? name.split('/') : [undefined, name];
  const inside = namespace === undefined ? '' : `  namespace: ${namespace}\n`;
  return `---\napiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: ${own}\n${inside}${rest}`;
}

/** Many ConfigMaps: `c0`, `c1`, … */
export const configMaps = (count: number, from = 0): string =>
  Array.from({ length: count }, (_, index) => object('ConfigMap', `c${index + from}`)).join('');

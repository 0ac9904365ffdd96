/** Values of an artifact's Secrets, for policy programs may repeat them. */
import { fieldsOf, textOf } from '../object.ts';
import type { ArtifactView } from '../view.ts';
import { readDocuments } from '../yaml/documents.ts';

/** Takes the values of an artifact's Secrets out of a text. */
export type Mask = (text: string) => string;

/** What is shorter stands everywhere. */
const SHORTEST = 4;
const HIDDEN = '[hidden]';

/** The mask for an artifact. */
export function maskFor({ objects }: ArtifactView): Mask {
  const documents = new Set(
    objects.filter(({ facts }) => facts.kind === 'Secret').map(({ document }) => document.text),
  );
  const secrets = [...new Set([...documents].flatMap(valuesIn))].sort((one, other) => other.length - one.length);
  return (text) => secrets.reduce((masked, secret) => masked.replaceAll(secret, HIDDEN), text);
}

/** All values of the Secrets in a document, plain and in Base64, as a whole and line by line. */
function valuesIn(text: string): readonly string[] {
  const { documents } = readDocuments(text, { artifact: '', file: '' });
  const objects = documents.flatMap(({ value }) => [value, ...itemsOf(value)]).map(fieldsOf);
  return objects
    .filter(({ kind }) => kind === 'Secret')
    .flatMap(({ data, stringData }) => [
      ...textsIn(data).flatMap((encoded) => [encoded, Buffer.from(encoded, 'base64').toString()]),
      ...textsIn(stringData).flatMap((plain) => [plain, Buffer.from(plain).toString('base64')]),
    ])
    .flatMap((value) => [value, ...value.split('\n')])
    .map((value) => value.trim())
    .filter((value) => value.length >= SHORTEST);
}

function itemsOf(value: unknown): readonly unknown[] {
  const { items } = fieldsOf(value);
  return Array.isArray(items) ? items : [];
}

const textsIn = (values: unknown): readonly string[] =>
  Object.values(fieldsOf(values)).flatMap((value) => textOf(value) ?? []);

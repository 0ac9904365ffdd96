/** Sizes that the cluster refuses or that slow it down. */
import { type Fields, fieldsOf, valueAt } from '../object.ts';
import type { Breach } from '../rule.ts';
import type { ArtifactCheck, ObjectCheck, PlacedObject } from '../view.ts';
import { readDocuments } from '../yaml/documents.ts';

/** The API server's limit for the data of a ConfigMap or Secret (core/v1 `MaxSecretSize`). */
const MAX_DATA = 1_048_576;
/** The default of etcd's `--max-request-bytes`. */
const MAX_OBJECT = 1_572_864;
/** An artifact that all clusters download and unpack whenever it changes. */
const MAX_ARTIFACT = 20_971_520;

const mebibytes = (bytes: number): string => `${Number((bytes / 1_048_576).toFixed(2))} MiB`;

/** Refuses ConfigMaps and Secrets with more data than the API server takes. */
export const checkDataSize: ObjectCheck = ({ apiVersion, kind, name, value }, _context, report) => {
  if (apiVersion !== 'v1' || (kind !== 'ConfigMap' && kind !== 'Secret')) return;
  const { data, stringData, binaryData } = value;
  const size =
    kind === 'ConfigMap'
      ? sizeOfValues(data, 'utf8') + sizeOfValues(binaryData, 'base64')
      : sizeOfValues(stringData, 'utf8') + sizeOfValues(data, 'base64', fieldsOf(stringData));
  if (size > MAX_DATA) report(tooLarge(`${kind} "${name}"`, size, MAX_DATA));
};

/** Bytes of the values of a mapping; `without` the keys of another that wins. */
function sizeOfValues(values: unknown, encoding: 'utf8' | 'base64', without: Fields = {}): number {
  let size = 0;
  for (const [key, text] of Object.entries(fieldsOf(values))) {
    if (typeof text === 'string' && !Object.hasOwn(without, key)) size += Buffer.byteLength(text, encoding);
  }
  return size;
}

/** Refuses objects that etcd cannot hold, and mentions artifacts that are slow to deliver. */
export const checkSizes: ArtifactCheck = ({ artifact, files, objects }, _context, report) => {
  for (const object of objects) {
    if (object.document.text.length <= MAX_DATA) continue;
    const size = sizeOf(object);
    if (size > MAX_OBJECT) report(tooLarge(`${object.facts.kind} "${object.facts.name}"`, size, MAX_OBJECT), object);
  }
  const total = files.reduce((sum, { bytes }) => sum + bytes.length, 0);
  if (total > MAX_ARTIFACT) {
    report({
      rule: 'hygiene/artifact-size',
      message: `Artifact "${artifact.name}" is ${mebibytes(total)} large, which each cluster loads after each change`,
      expected: `at most ${mebibytes(MAX_ARTIFACT)}`,
      hint: 'leave out what clusters do not read, or split the artifact',
    });
  }
};

function tooLarge(what: string, size: number, limit: number): Breach {
  return {
    rule: 'hygiene/object-size',
    message: `${what} is too large for the API server: ${mebibytes(size)}`,
    found: mebibytes(size),
    expected: `at most ${mebibytes(limit)}`,
    hint: 'split it, or keep the data somewhere else',
  };
}

/** Bytes of all texts in an object, which every encoding takes. Objects are not kept, so it is read again. */
function sizeOf({ document, at, facts }: PlacedObject): number {
  const isData = facts.apiVersion === 'v1' && ['ConfigMap', 'Secret'].includes(facts.kind);
  const [again] = isData ? [] : readDocuments(document.text, { artifact: '', file: '' }).documents;
  return bytesIn(valueAt(again?.value, at));
}

function bytesIn(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value !== 'object' || value === null) return 0;
  let sum = 0;
  for (const item of Object.values(value)) sum += bytesIn(item);
  return sum;
}

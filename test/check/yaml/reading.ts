import { type ManifestFile, readDocuments } from '../../../src/check/yaml/documents.ts';
import type { Finding } from '../../../src/model.ts';

/** Reads a file named `app.yaml` of an artifact named `web`. */
export const read = (text: string): ManifestFile => readDocuments(text, { artifact: 'web', file: 'app.yaml' });

/** A finding on one line: `2:3 yaml/tab: A tab indents this line`. */
export const shown = ({ line, column, rule, message }: Finding): string => `${line}:${column} ${rule}: ${message}`;

/** All findings of a text, one on a line. */
export const findingsOf = (text: string): readonly string[] => read(text).findings.map(shown);

/** Files of YAML documents as kubectl and kustomize read them, with all that is wrong and where. */
import type { Finding } from '../../model.ts';
import { compose } from './compose.ts';
import { lineSeparatorsIn } from './line-separators.ts';
import { offsetOf, type Path } from './locate.ts';
import { objectName } from './object-name.ts';
import { lineBreaks, Places, type Position } from './position.ts';
import { problemOf, YAML_RULES, type YamlProblem } from './problem.ts';
import { slicesOf } from './split.ts';
import { tabIn } from './tabs.ts';
import { type Tree, treeOf } from './tree.ts';

/** Whose file it is. */
export interface ManifestOrigin {
  readonly artifact: string;
  readonly file: string;
}

/** One document that says something. Documents of equal text share one value: it must not be changed. */
export interface ManifestDocument extends ManifestOrigin {
  /** The document's first line in the file, from 1. */
  readonly line: number;
  readonly text: string;
  /** As kubectl reads it; whole numbers that a number cannot hold exactly are bigints. */
  readonly value: unknown;
  /** Where in the file a field is: its key, or its item in a list; when it is missing, the nearest that it would be in. */
  readonly locate: (path: Path) => Position;
}

/** What a file holds. A document that cannot be read is findings only. */
export interface ManifestFile {
  readonly documents: readonly ManifestDocument[];
  readonly findings: readonly Finding[];
}

/** What one document says; offsets count from its beginning. `value` is undefined when it says nothing. */
interface Reading {
  readonly value: unknown;
  readonly problems: readonly YamlProblem[];
}

/** A text whose fields are looked for. */
interface Opened {
  readonly text: string;
  readonly tree: Tree | undefined;
  readonly places: Places;
}

/** Characters of documents that are remembered; their values take about ten bytes for each. */
const MAX_REMEMBERED = 8_000_000;

/** What was read before. One for all files of a run, so that what many clusters have in common is read once. */
export class DocumentMemory {
  private readonly readings = new Map<string, Reading>();
  private characters = 0;
  /** Findings come document by document: the last tree is worth keeping, the others are not. */
  private opened: Opened | undefined;

  /** What a document says. */
  read(text: string): Reading {
    const known = this.readings.get(text);
    if (known !== undefined) return known;
    this.characters += text.length;
    if (this.characters > MAX_REMEMBERED) {
      this.readings.clear();
      this.characters = text.length;
    }
    const reading = readText(text);
    this.readings.set(text, reading);
    return reading;
  }

  /** The place of a field in a document that could be read, counted from the document's beginning. */
  locate(text: string, path: Path): Position {
    if (this.opened?.text !== text) this.opened = { text, tree: treeOf(text), places: new Places(text) };
    const { tree, places } = this.opened;
    return places.at(tree === undefined ? 0 : offsetOf(tree.root, path));
  }
}

function readText(text: string): Reading {
  try {
    const tree = treeOf(text);
    if (tree === undefined) return { value: undefined, problems: [] };
    const tab = tabIn(text, tree.events);
    if (tab !== undefined) return { value: undefined, problems: [tab] };
    const { value, problems } = compose(tree.root);
    return { value: value ?? undefined, problems: [...lineSeparatorsIn(text, tree.events), ...problems] };
  } catch (thrown) {
    return { value: undefined, problems: [problemOf(thrown, text)] };
  }
}

/** Reads a file. Never throws for what is in it: that is among the findings. */
export function readDocuments(
  text: string,
  origin: ManifestOrigin,
  memory: DocumentMemory = new DocumentMemory(),
): ManifestFile {
  const documents: ManifestDocument[] = [];
  const { slices, problems } = slicesOf(text);
  const findings = findingsOf({ ...origin, line: 1, text }, { value: undefined, problems });
  let line = 1;
  let counted = 0;
  for (const { start, end } of slices) {
    line += lineBreaks(text, counted, start);
    counted = start;
    const place = { ...origin, line, text: text.slice(start, end) };
    const reading = memory.read(place.text);
    findings.push(...findingsOf(place, reading));
    if (reading.value !== undefined) documents.push(documentOf(place, reading.value, memory));
  }
  return { documents, findings: findings.sort((one, other) => (one.line ?? 0) - (other.line ?? 0)) };
}

type Place = Pick<ManifestDocument, 'artifact' | 'file' | 'line' | 'text'>;

function documentOf(place: Place, value: unknown, memory: DocumentMemory): ManifestDocument {
  return { ...place, value, locate: (path) => inFile(place, memory.locate(place.text, path)) };
}

const inFile = (place: Place, { line, column }: Position): Position => ({ line: place.line + line - 1, column });

function findingsOf(place: Place, { value, problems }: Reading): Finding[] {
  if (problems.length === 0) return [];
  const object = objectName(value);
  const places = new Places(place.text);
  return problems.map(({ rule, offset, message, hint, earlier }) => ({
    rule,
    severity: YAML_RULES[rule],
    artifact: place.artifact,
    file: place.file,
    ...inFile(place, places.at(offset)),
    ...(object === undefined ? {} : { object }),
    message: earlier === undefined ? message : `${message} (first in line ${inFile(place, places.at(earlier)).line})`,
    hint,
  }));
}

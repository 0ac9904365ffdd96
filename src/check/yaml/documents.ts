/** Files of YAML documents as kubectl and kustomize read them, with all that is wrong and where. */
import type { Finding } from '../../model.ts';
import { CLEAN, type Known, knownOf } from './known.ts';
import { offsetOf, type Path } from './locate.ts';
import { Places, type Position } from './position.ts';
import { YAML_RULES } from './problem.ts';
import { read } from './reading.ts';
import { type Slice, type Slices, slicesOf } from './split.ts';
import { type Tree, treeOf } from './tree.ts';

/** Whose file it is. */
export interface ManifestOrigin {
  readonly artifact: string;
  readonly file: string;
}

/** One document that says something. */
export interface ManifestDocument extends ManifestOrigin {
  /** The document's first line in the file, from 1. */
  readonly line: number;
  readonly text: string;
  /**
   * As clusters get it from Flux; whole numbers that a number cannot hold exactly are bigints. A document whose text was read
   * before is read again when somebody asks for its value.
   */
  readonly value: unknown;
  /** Where in the file a field is: its key, or its item in a list; when it is missing, the nearest that it would be in. */
  locate(path: Path): Position;
}

/** What a file holds. A document that cannot be read is findings only. */
export interface ManifestFile {
  readonly documents: readonly ManifestDocument[];
  readonly findings: readonly Finding[];
}

/** A text whose fields are looked for. */
interface Opened {
  readonly text: string;
  readonly tree: Tree | undefined;
  readonly places: Places;
}

/** Characters of documents that are remembered. */
const MAX_REMEMBERED = 100_000_000;

/** What was read before. One for all files of a run, so that what many clusters have in common is read once. */
export class DocumentMemory {
  private readonly known = new Map<string, Known>();
  private characters = 0;
  private readonly kept = new Map<string, unknown>();
  /** Findings come document by document: the last tree is worth keeping, the others are not. */
  private opened: Opened | undefined;

  /** What is known of a document; `first` gets its value when it was not known before. */
  recall(text: string, first: (value: unknown) => void): Known {
    const remembered = this.known.get(text);
    if (remembered !== undefined) return remembered;
    const reading = read(text);
    const known = knownOf(reading);
    this.learn(text, known);
    if (!known.empty) first(reading.value);
    return known;
  }

  /** Remembers what is known of a document. */
  learn(text: string, known: Known): void {
    this.characters += text.length;
    if (this.characters > MAX_REMEMBERED) {
      this.known.clear();
      this.characters = text.length;
    }
    this.known.set(text, known);
  }

  /** Keeps the value of a document that will be asked for again, and is dear to read. */
  keep({ text, value }: Pick<ManifestDocument, 'text' | 'value'>): void {
    this.kept.set(text, value);
  }

  /** The value of a document. */
  valueOf(text: string): unknown {
    return this.kept.get(text) ?? read(text).value;
  }

  /** The place of a field in a document that could be read, counted from the document's beginning. */
  locate(text: string, path: Path): Position {
    if (this.opened?.text !== text) this.opened = { text, tree: treeOf(text), places: new Places(text) };
    const { tree, places } = this.opened;
    return places.at(tree === undefined ? 0 : offsetOf(tree.root, path));
  }
}

/** Reads a file. Never throws for what is in it: that is among the findings. */
export function readDocuments(
  text: string,
  origin: ManifestOrigin,
  memory: DocumentMemory = new DocumentMemory(),
): ManifestFile {
  return readSlices(slicesOf(text), origin, memory);
}

/** Reads a file that was split before, or only the documents in which a word occurs. */
export function readSlices(
  { text, slices, problems }: Slices,
  origin: ManifestOrigin,
  memory: DocumentMemory,
  word = '',
): ManifestFile {
  const documents: ManifestDocument[] = [];
  const findings = findingsOf({ ...origin, line: 1, text }, { ...CLEAN, problems });
  for (const slice of slices) {
    if (!slice.text.includes(word)) continue;
    const document = new DocumentInFile(origin, slice, memory);
    const known = document.recall();
    if (known.problems.length > 0) findings.push(...findingsOf(document, known));
    if (!known.empty) documents.push(document);
  }
  return { documents, findings: findings.sort((one, other) => (one.line ?? 0) - (other.line ?? 0)) };
}

class DocumentInFile implements ManifestDocument {
  readonly artifact: string;
  readonly file: string;
  readonly line: number;
  readonly text: string;
  private readonly memory: DocumentMemory;
  /** Here until the document is forgotten, which is soon. */
  private fresh: unknown;

  constructor({ artifact, file }: ManifestOrigin, { line, text }: Slice, memory: DocumentMemory) {
    this.artifact = artifact;
    this.file = file;
    this.line = line;
    this.text = text;
    this.memory = memory;
  }

  recall(): Known {
    return this.memory.recall(this.text, (value) => {
      this.fresh = value;
    });
  }

  get value(): unknown {
    this.fresh ??= this.memory.valueOf(this.text);
    return this.fresh;
  }

  locate(path: Path): Position {
    return inFile(this, this.memory.locate(this.text, path));
  }
}

type Place = Pick<ManifestDocument, 'artifact' | 'file' | 'line' | 'text'>;

const inFile = (place: Place, { line, column }: Position): Position => ({ line: place.line + line - 1, column });

function findingsOf(place: Place, { problems, object }: Known): Finding[] {
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

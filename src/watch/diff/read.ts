/** The objects in the files of two sides of an artifact. */
import type { FileChange, SourceFile } from '../../model.ts';
import { type Content, contentOf, type Placed } from './objects.ts';

/** Reads the documents of a text as Kubernetes does. Documents that cannot be read, or that say nothing, are left out. */
export type ReadYaml = (text: string) => readonly { readonly value: unknown }[];

/** An artifact as its consumer reads it. */
export interface ArtifactFiles {
  readonly name: string;
  readonly files: readonly SourceFile[];
}

/** What two sides of an artifact do not have in common. */
export interface Leftover {
  readonly before: readonly Placed[];
  readonly after: readonly Placed[];
  readonly files: readonly FileChange[];
  /** Of all objects, also of those that they have in common. */
  readonly objects: { readonly before: number; readonly after: number };
}

/** A document, in a file. */
interface Piece {
  readonly file: string;
  readonly text: string;
}

const SAYS_NOTHING = /^(?:\uFEFF|\s|#.*(?:\n|$)|\.\.\.)*$/;
/** Whether a file holds documents, by its name. */
export const isManifest = (path: string): boolean => /\.ya?ml$/i.test(path);

/** Whether two sides have the same bytes. */
export function sameFiles(before: readonly SourceFile[], after: readonly SourceFile[]): boolean {
  if (before === after) return true;
  const old = new Map(before.map(({ path, bytes }) => [path, bytes]));
  return before.length === after.length && after.every(({ path, bytes }) => sameBytes(old.get(path), bytes));
}

function sameBytes(one: Uint8Array | undefined, other: Uint8Array | undefined): boolean {
  return one === other || (one !== undefined && other !== undefined && Buffer.compare(one, other) === 0);
}

/** Reads artifacts. What is in many of them is read once. */
export class Reader {
  private readonly read: ReadYaml;
  private readonly known = new Map<string, Content>();

  constructor(read: ReadYaml) {
    this.read = read;
  }

  /** How many objects there are. */
  count(files: readonly SourceFile[]): number {
    return this.countOf(piecesOf(files));
  }

  private countOf(pieces: readonly Piece[]): number {
    return pieces.reduce((sum, piece) => sum + this.countIn(piece), 0);
  }

  /** What two sides of an artifact do not have in common. */
  leftover(artifact: string, before: readonly SourceFile[], after: readonly SourceFile[]): Leftover {
    const [old, young] = [piecesOf(before), piecesOf(after)];
    const [gone, come] = [without(old, young), without(young, old)];
    const common = this.countOf(old) - this.countOf(gone);
    const placed = (pieces: readonly Piece[]): Placed[] => pieces.flatMap((piece) => this.placed(artifact, piece));
    const [one, other] = [placed(gone), placed(come)];
    return {
      before: one,
      after: other,
      files: fileChanges(before, after, this.changedFiles([...gone, ...come], before, after)),
      objects: { before: common + one.length, after: common + other.length },
    };
  }

  /** Of the usual document it is clear at a glance that it holds one object. */
  private countIn({ text }: Piece): number {
    return isUsual(text) ? 1 : this.content(text).objects.length;
  }

  private placed(artifact: string, { file, text }: Piece): readonly Placed[] {
    return this.content(text).objects.map((object) => ({ artifact, file, ...object }));
  }

  private content(text: string): Content {
    const known = this.known.get(text);
    if (known !== undefined) return known;
    // A piece of a text keeps all of it in memory; a copy does not.
    const own = Buffer.from(text).toString();
    const documents = SAYS_NOTHING.test(own) ? [] : this.read(own).map(({ value }) => contentOf(value));
    const unreadable = documents.length === 0 && !SAYS_NOTHING.test(own);
    const content = {
      objects: documents.flatMap(({ objects }) => objects),
      other: unreadable || documents.some(({ other }) => other),
    };
    this.known.set(own, content);
    return content;
  }

  /** Paths of files that differ in what is no object. */
  private changedFiles(
    pieces: readonly Piece[],
    before: readonly SourceFile[],
    after: readonly SourceFile[],
  ): ReadonlySet<string> {
    const [old, young] = [before, after].map(
      (files) => new Map(files.filter(({ path }) => !isManifest(path)).map(({ path, bytes }) => [path, bytes])),
    );
    const paths = [...(old?.keys() ?? []), ...(young?.keys() ?? [])];
    return new Set([
      ...pieces.filter(({ text }) => this.content(text).other).map(({ file }) => file),
      ...paths.filter((path) => !sameBytes(old?.get(path), young?.get(path))),
    ]);
  }
}

/** The documents of all files of manifests. Every line that begins with `---` separates; what follows it is content. */
function piecesOf(files: readonly SourceFile[]): readonly Piece[] {
  return files
    .filter(({ path }) => isManifest(path))
    .flatMap(({ path, bytes }) =>
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
        .toString()
        .split(/^---/m)
        .map((text) => ({ file: path, text })),
    );
}

function isUsual(text: string): boolean {
  const kind = /^kind: *([A-Za-z]+) *$/m.exec(text)?.[1];
  return (
    kind !== undefined &&
    !kind.endsWith('List') &&
    /^apiVersion: *[^\s"'#]/m.test(text) &&
    /^metadata: *\n(?: .*\n)*? {2}name: *[A-Za-z0-9]/m.test(text)
  );
}

const keyOf = ({ file, text }: Piece): string => `${file}\n${text}`;

/** The pieces that are not among others: of two equal ones each needs its own. */
function without(pieces: readonly Piece[], others: readonly Piece[]): readonly Piece[] {
  const left = new Map<string, number>();
  for (const other of others) left.set(keyOf(other), (left.get(keyOf(other)) ?? 0) + 1);
  return pieces.filter((piece) => {
    const count = left.get(keyOf(piece)) ?? 0;
    if (count > 0) left.set(keyOf(piece), count - 1);
    return count === 0;
  });
}

function fileChanges(
  before: readonly SourceFile[],
  after: readonly SourceFile[],
  changed: ReadonlySet<string>,
): readonly FileChange[] {
  const [old, young] = [before, after].map((files) => new Set(files.map(({ path }) => path)));
  return [...changed]
    .sort()
    .map((path) => ({ change: !old?.has(path) ? 'added' : young?.has(path) ? 'changed' : 'removed', path }));
}

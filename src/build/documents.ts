import { CORE_SCHEMA, constructFromEvents, mergeTag, YAMLException } from 'js-yaml';
import { SlipwayError } from '../errors.ts';
import { parseAsKubernetes } from '../yaml/events.ts';
import { shapeOf } from './document-shape.ts';
import { objectsIn } from './kubernetes-object.ts';

/** A place in a stream of documents. All count from 1; `source` is the template that Helm names above a document. */
export interface DocumentPlace {
  readonly document: number;
  readonly line: number;
  readonly column?: number;
  readonly source?: string;
}

/** Whose documents these are, for messages. */
export interface DocumentOrigin {
  readonly artifact: string;
  /** Names a place the way its reader can find it: `clusters/a/app.yaml:3:1`. */
  readonly locate: (place: DocumentPlace) => string;
}

/**
 * What is known about documents already seen in this run: text (or its shape) to the number of objects in it. One per
 * run, so that what 500 clusters have in common is parsed once.
 */
export type DocumentCache = Map<string, number>;

/** Entries above which the cache starts afresh; at some 300 bytes each this is about 30 MB. */
const MAX_CACHED = 100_000;

const SCHEMA = CORE_SCHEMA.withTags(mergeTag);
const MAX_ALIASES = 1_000;

/** The widest part of a line that a message shows. */
const SHOWN = 100;

/**
 * Checks that every non-empty document of a YAML stream is a Kubernetes object (or a `…List` of such) and answers how many
 * objects there are. Throws `INVALID` with the place, and the line with a caret, for what is not YAML, for duplicate keys,
 * for what is no object, and for what Kubernetes' YAML reader (apimachinery 0.36) would refuse or skip silently.
 */
export function countObjects(text: string, origin: DocumentOrigin, cache: DocumentCache): number {
  let objects = 0;
  for (const [index, { start, end }] of documentsOf(text, origin).entries()) {
    const content = text.slice(start, end);
    const context = { origin, content, document: index + 1, firstLine: () => lineAt(text, start) };
    objects += cached(content, cache) ?? remember(cache, content, examine(context));
  }
  return objects;
}

/** The answer for a document whose text or shape was seen before; the text is kept too, being cheaper to look up. */
function cached(content: string, cache: DocumentCache): number | undefined {
  const known = cache.get(content);
  if (known !== undefined) return known;
  const similar = cache.get(shapeOf(content));
  return similar === undefined ? undefined : keep(cache, content, similar);
}

function remember(cache: DocumentCache, content: string, objects: number): number {
  keep(cache, shapeOf(content), objects);
  return keep(cache, content, objects);
}

function keep(cache: DocumentCache, key: string, objects: number): number {
  if (cache.size >= MAX_CACHED) cache.clear();
  cache.set(key, objects);
  return objects;
}

interface Slice {
  readonly start: number;
  readonly end: number;
}

/** Where the documents are, without their separator lines. As for Kubernetes, every line that begins with `---` separates. */
function documentsOf(text: string, origin: DocumentOrigin): Slice[] {
  const slices: Slice[] = [];
  let start = 0;
  for (let at = nextSeparator(text, 0); at !== -1; at = nextSeparator(text, start)) {
    if (at > start) slices.push({ start, end: at });
    const lineEnd = text.indexOf('\n', at);
    start = lineEnd === -1 ? text.length : lineEnd + 1;
    const rest = text.slice(at + 3, start).trim();
    if (rest !== '' && !rest.startsWith('#')) {
      const place = { document: slices.length + 1, line: lineAt(text, at) };
      throw invalid(origin, place, { problem: 'text follows the document separator', hint: 'put it on the next line' });
    }
  }
  if (start < text.length) slices.push({ start, end: text.length });
  return slices;
}

/** Offset of the next separator line; `from` is the beginning of a line. */
function nextSeparator(text: string, from: number): number {
  if (text.startsWith('---', from)) return from;
  const found = text.indexOf('\n---', from);
  return found === -1 ? -1 : found + 1;
}

interface Context {
  readonly origin: DocumentOrigin;
  readonly content: string;
  readonly document: number;
  /** The line in the stream that the document begins at. */
  readonly firstLine: () => number;
}

function examine(context: Context): number {
  const values = parse(context);
  if (values.length > 1) {
    const line = context.content.split('\n').findIndex((text) => text.startsWith('...'));
    throw invalid(context.origin, placeOf(context, Math.max(0, line)), {
      problem: '"..." ends the document early',
      hint: 'separate documents by "---": what follows "..." would be lost',
    });
  }
  const [value] = values;
  if (value === undefined || value === null) return 0;
  const found = objectsIn(value);
  if (typeof found === 'number') return found;
  const line = context.content.split('\n').findIndex((text) => /^\s*[^#\s]/.test(text));
  throw invalid(context.origin, placeOf(context, line), {
    problem: `not a Kubernetes object: ${found}`,
    hint: 'every document needs apiVersion, kind and metadata.name: leave other files out',
  });
}

function parse(context: Context): unknown[] {
  try {
    const { content: source } = context;
    return constructFromEvents(parseAsKubernetes(source), { source, schema: SCHEMA, maxAliases: MAX_ALIASES });
  } catch (cause) {
    const mark = cause instanceof YAMLException ? cause.mark : undefined;
    const reason = cause instanceof YAMLException ? cause.reason : String(cause);
    const excerpt = mark === undefined ? '' : excerptOf(context.content, mark.line, mark.column);
    throw invalid(context.origin, placeOf(context, mark?.line ?? 0, mark?.column), {
      problem: `${reason}${excerpt}`,
      hint: 'correct the YAML there',
      cause,
    });
  }
}

/** The line with a caret under the column, both from 0. Not for a Secret: its lines may hold what must not be shown. */
function excerptOf(content: string, line: number, column: number): string {
  if (/kind["']?\s*:\s*["']?Secret\b/.test(content)) return '';
  const text = content.split('\n')[line]?.trimEnd() ?? '';
  const from = Math.max(0, column - SHOWN / 2);
  return `\n  ${text.slice(from, from + SHOWN)}\n  ${' '.repeat(column - from)}^`;
}

/** The place of a line and column that count from 0 in the document. */
function placeOf(context: Context, line: number, column?: number): DocumentPlace {
  const source = /^# Source: (.+?)\s*$/m.exec(context.content)?.[1];
  return {
    document: context.document,
    line: context.firstLine() + line,
    ...(column === undefined ? {} : { column: column + 1 }),
    ...(source === undefined ? {} : { source }),
  };
}

/** The line, from 1, that an offset lies in. */
function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}

interface Invalid {
  readonly problem: string;
  readonly hint: string;
  readonly cause?: unknown;
}

function invalid(origin: DocumentOrigin, place: DocumentPlace, { problem, hint, cause }: Invalid): SlipwayError {
  const message = `Invalid document in artifact "${origin.artifact}" at ${origin.locate(place)}: ${problem}`;
  return new SlipwayError('INVALID', message, { hint, cause });
}

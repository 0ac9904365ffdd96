/** Lines of a rendered chart, back to its templates. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ArtifactPlan, Origins, RenderedPlace, SourcePlace } from '../../model.ts';
import { renderedPlace, sourceName } from './place.ts';

/** A rendered document and the template that helm names above it. */
interface Traced {
  /** Path in the chart's folder. */
  readonly path: string;
  /** Index in the output of the line that names it. */
  readonly named: number;
  readonly lines: readonly string[];
  /** Index in the output of its first line. */
  readonly start: number;
}

/**
 * Origins of a chart's objects. Helm writes `# Source: chart/templates/x.yaml` above every document; a file of `crds/` can
 * go on behind that. A template's line is told only where no second one could have made it. Templates that are packed in
 * an archive have no place: there it is the rendered document.
 */
export function originsOfChart(artifact: ArtifactPlan, output: string): Origins {
  let lines: readonly string[] | undefined;
  const templates = new Map<string, readonly string[] | undefined>();
  return (place) => {
    lines ??= output.split('\n');
    const traced = place.line === 0 ? undefined : trace(lines, place.line - 1);
    if (traced === undefined) return renderedPlace(artifact, place);
    if (!templates.has(traced.path)) templates.set(traced.path, linesOf(join(artifact.root, traced.path)));
    const template = templates.get(traced.path);
    if (template === undefined) return renderedPlace(artifact, place);
    return { file: sourceName(artifact, traced.path), ...placeIn(template, traced, place) };
  };
}

function linesOf(file: string): readonly string[] | undefined {
  try {
    return statSync(file).isFile() ? readFileSync(file, 'utf8').split(/\r?\n/) : undefined;
  } catch {
    return undefined;
  }
}

const SOURCE = /^# Source: [^/]+\/(.+?)\s*$/;
const isSeparator = (line: string | undefined): boolean => line?.startsWith('---') === true;

/** The document around a line, with its template. What was left open in a document is found at the next separator. */
function trace(lines: readonly string[], index: number): Traced | undefined {
  const inside = isSeparator(lines[index]) ? index - 1 : index;
  let start = inside;
  while (start > 0 && !isSeparator(lines[start - 1])) start -= 1;
  let named = start;
  while (named >= 0 && !(isSeparator(lines[named - 1]) && SOURCE.test(lines[named] ?? ''))) named -= 1;
  const path = SOURCE.exec(lines[named] ?? '')?.[1];
  if (path === undefined || path.split('/').includes('..')) return undefined;
  let end = inside + 1;
  while (end < lines.length && !isSeparator(lines[end])) end += 1;
  return { path, named, lines: lines.slice(start, end), start };
}

/** The line of a template that made a rendered line, if only one can have; else where its object begins, if that is clear. */
function placeIn(
  template: readonly string[],
  { path, named, lines, start }: Traced,
  { line, column }: RenderedPlace,
): Partial<SourcePlace> {
  const rendered = lines[line - 1 - start] ?? '';
  const copied = line - 1 - named;
  // CRDs are no templates: helm copies their files.
  if (/(?:^|\/)crds\//.test(path)) return template[copied - 1] === rendered ? { line: copied, column } : {};
  const documents = documentsOf(template, lines.find((each) => each.startsWith('kind:')) ?? '');
  const candidates = documents.flat().filter(({ text }) => couldMake(text, rendered));
  const [found] = candidates;
  if (found !== undefined && candidates.length === 1) {
    const literal = found.text.trimEnd() === rendered.trimEnd();
    const key = keyOf(rendered) ?? '';
    const like = (each: string): boolean => (literal ? each.trimEnd() === rendered.trimEnd() : each.startsWith(key));
    if (lines.filter(like).length === 1)
      return { line: found.line, ...((literal || column <= key.length) && { column }) };
  }
  const [only] = documents;
  const kind = documents.length === 1 ? only?.find(({ text }) => text.startsWith('kind:')) : undefined;
  return kind === undefined ? {} : { line: kind.line };
}

interface TemplateLine {
  readonly text: string;
  /** From 1. */
  readonly line: number;
}

/** The documents of a template that can be of a kind: those that write it, or leave it to an action. */
function documentsOf(template: readonly string[], kind: string): readonly (readonly TemplateLine[])[] {
  const documents: TemplateLine[][] = [[]];
  for (const [index, text] of template.entries()) {
    if (isSeparator(text)) documents.push([]);
    else documents.at(-1)?.push({ text, line: index + 1 });
  }
  return documents.filter((lines) => lines.some(({ text }) => text.startsWith('kind:') && couldMake(text, kind)));
}

/** Whether a template's line, with its actions, could have become a rendered line. */
function couldMake(template: string, rendered: string): boolean {
  if (template.trimEnd() === rendered.trimEnd()) return rendered.trim() !== '';
  const key = keyOf(rendered);
  return key !== undefined && template.startsWith(key) && template.includes('{{');
}

/** Indentation, hyphens and the key of a line. */
function keyOf(line: string): string | undefined {
  return /^\s*(?:- +)*["']?[\w./-]+["']?:(?=\s|$)/.exec(line)?.[0];
}

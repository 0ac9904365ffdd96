/** Reads the project's Markdown the way GitHub shows it: fences, headings with their anchors, links. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the checkout. */
export const ROOT: string = fileURLToPath(new URL('../..', import.meta.url));

/** A fenced block. `line` is that of its first line of text, counted from 1. */
export interface Block {
  readonly language: string;
  readonly text: string;
  readonly line: number;
}

export interface Link {
  readonly target: string;
  readonly label: string;
  readonly line: number;
}

/** A page by its path from the root. */
export interface Page {
  readonly path: string;
  readonly blocks: readonly Block[];
  readonly headings: readonly string[];
  readonly anchors: ReadonlySet<string>;
  readonly links: readonly Link[];
}

/** Markdown without its code, line by line, so that line numbers stay; and the code. */
function split(text: string): { readonly prose: readonly string[]; readonly blocks: readonly Block[] } {
  const prose: string[] = [];
  const blocks: Block[] = [];
  let open: { readonly language: string; readonly line: number; readonly lines: string[] } | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    const fence = /^```(\S*)\s*$/.exec(line);
    if (open !== undefined && fence !== null) {
      blocks.push({ language: open.language, line: open.line, text: `${open.lines.join('\n')}\n` });
      open = undefined;
    } else if (open !== undefined) open.lines.push(line);
    else if (fence !== null) open = { language: fence[1] ?? '', line: index + 2, lines: [] };
    prose.push(open === undefined && fence === null ? line : '');
  }
  if (open !== undefined) throw new Error(`the fence before line ${open.line} is never closed`);
  return { prose, blocks };
}

/** The anchor of a heading, as GitHub makes it. */
function anchorOf(heading: string): string {
  return heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M} _-]/gu, '')
    .replaceAll(' ', '-');
}

function anchorsOf(headings: readonly string[]): ReadonlySet<string> {
  const seen = new Map<string, number>();
  const anchors = headings.map((heading) => {
    const anchor = anchorOf(heading);
    const before = seen.get(anchor) ?? 0;
    seen.set(anchor, before + 1);
    return before === 0 ? anchor : `${anchor}-${before}`;
  });
  return new Set(anchors);
}

function linksOf(prose: readonly string[]): readonly Link[] {
  return prose.flatMap((line, index) =>
    [...line.replace(/`[^`]*`/g, (code) => code.replace(/[[\]()]/g, ' ')).matchAll(/\[([^\]]*)\]\(([^)\s]+)\)/g)].map(
      ([, label = '', target = '']) => ({ label, target, line: index + 1 }),
    ),
  );
}

/** Reads one page. */
export function readPage(path: string): Page {
  const { prose, blocks } = split(readFileSync(join(ROOT, path), 'utf8'));
  const headings = prose.flatMap((line) => /^#{1,6} (.+?)\s*$/.exec(line)?.[1] ?? []);
  return { path, blocks, headings, anchors: anchorsOf(headings), links: linksOf(prose) };
}

/** Every Markdown page of the project that people read. */
export function pages(): readonly Page[] {
  const inFolder = (folder: string): string[] =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.md'))
      .map((path) => `${folder}/${path}`);
  const top = readdirSync(ROOT).filter((name) => name.endsWith('.md'));
  return [...top, ...inFolder('docs'), ...inFolder('examples')].sort().map(readPage);
}

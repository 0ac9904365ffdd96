/** A difference as one page of HTML that needs nothing else. */
import type { Difference, DifferenceSides, SharedChanges } from '../../model.ts';
import { headingOf, type Line, namesText, piecesOf, remarksOf, type Sign, sidesText, summaryOf } from './words.ts';

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#1f2328;background:#fff}
pre{font:13px/1.5 ui-monospace,monospace;overflow-x:auto;border:1px solid #d0d7de;border-radius:6px;padding:.5rem 0}
pre span{display:block;padding:0 1rem;min-height:1.5em}
.add{background:#dafbe1}.del{background:#ffebe9}.mod{background:#fff8c5}
summary{font-weight:600;cursor:pointer}
@media(prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}pre{border-color:#30363d}.add{background:#12361f}.del{background:#4b1a1d}.mod{background:#3b2f0c}}`;

const CLASSES: Readonly<Record<Sign, string>> = {
  '+': ' class="add"',
  '-': ' class="del"',
  '~': ' class="mod"',
  ' ': '',
};
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escaped = (text: string): string => text.replace(/[&<>"']/g, (mark) => ENTITIES[mark] ?? '');

const shown = ({ sign, depth, text }: Line): string =>
  `<span${CLASSES[sign]}>${escaped(`${sign} ${'  '.repeat(depth)}${text}`)}</span>`;

/** What the page shows. */
export interface HtmlOptions {
  /** The YAML of both sides in place of fields, where the difference has it. */
  readonly unified?: boolean;
  /** What was compared, where nobody else says it. */
  readonly sides?: DifferenceSides;
}

/** A difference as a page. Text of others is escaped; nothing is loaded and nothing runs. */
export function differenceHtml(difference: Difference, { unified = false, sides }: HtmlOptions = {}): string {
  const remarks = remarksOf(difference).map(({ sign, text }) => shown({ sign, depth: 0, text }));
  const groups = difference.common.map((shared) => groupOf(shared, difference, unified));
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    '<meta name="viewport" content="width=device-width">',
    '<title>slipway: difference</title>',
    `<style>${STYLE}</style>`,
    '<h1>slipway: difference</h1>',
    ...(sides === undefined ? [] : [`<p>${escaped(sidesText(sides))}</p>`]),
    `<p>${escaped(summaryOf(difference))}</p>`,
    ...(remarks.length === 0 ? [] : [`<pre>${remarks.join('')}</pre>`]),
    ...groups,
    '</html>',
    '',
  ].join('\n');
}

function groupOf(shared: SharedChanges, difference: Difference, unified: boolean): string {
  const lines = piecesOf(shared, unified).flatMap((piece) => piece.map(shown));
  const names = shared.artifacts.length > 1 ? `<p>${escaped(namesText(shared.artifacts))}</p>` : '';
  const heading = escaped(headingOf(shared, difference));
  return `<details open><summary>${heading}</summary>${names}<pre>${lines.join('')}</pre></details>`;
}

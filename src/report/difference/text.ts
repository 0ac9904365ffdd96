/** A difference on a terminal. */
import type { Difference, DifferenceSides } from '../../model.ts';
import { type Colour, type Paint, painter } from '../paint.ts';
import { many } from '../plain.ts';
import { headingOf, type Line, namesText, piecesOf, remarksOf, type Sign, sidesText, summaryOf } from './words.ts';

/** How a difference is shown. */
export interface TextOptions {
  readonly paint?: Paint;
  /** The YAML of both sides in place of fields, where the difference has it. */
  readonly unified?: boolean;
  /** What was compared, where nobody else says it. */
  readonly sides?: DifferenceSides;
  /** How many lines there may be. Default: any number. */
  readonly lines?: number;
}

const COLOURS: Readonly<Partial<Record<Sign, Colour>>> = { '+': 'green', '-': 'red', '~': 'yellow' };

/** A difference as text with a final newline. What many artifacts share is told once, the most common first. */
export function differenceText(
  difference: Difference,
  { paint = painter(false), unified = false, sides, lines = Number.POSITIVE_INFINITY }: TextOptions = {},
): string {
  const signed = (sign: Sign, text: string): string => {
    const colour = COLOURS[sign];
    const line = `${sign} ${text}`.trimEnd();
    return colour === undefined ? line : paint(colour, line);
  };
  const remarks = remarksOf(difference).map(({ sign, text }) => signed(sign, text));
  const shown = ({ sign, depth, text }: Line): string => `${'  '.repeat(depth + 1)}${signed(sign, text)}`.trimEnd();
  const groups = difference.common.flatMap((shared) => [
    '',
    `${paint('bold', headingOf(shared, difference))}${shared.artifacts.length > 1 ? `: ${namesText(shared.artifacts)}` : ''}`,
    ...piecesOf(shared, unified).flatMap((lines) => lines.map(shown)),
  ]);
  const head = sides === undefined ? [] : [sidesText(sides)];
  return `${bounded([...head, summaryOf(difference), ...remarks, ...groups], lines).join('\n')}\n`;
}

function bounded(all: readonly string[], lines: number): readonly string[] {
  if (all.length <= lines) return all;
  const rest = `… ${many(all.length - lines, 'line')} left out: --out FILE has all of them`;
  return [...all.slice(0, lines), rest];
}

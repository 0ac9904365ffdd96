/** What a run did to a channel, and what its clusters see of it. */
import type { Difference, DifferenceDocument, Receipt, Taken } from '../model.ts';
import { differenceText } from './difference/text.ts';
import { manyNames, takenText } from './log-words.ts';
import type { Paint } from './paint.ts';
import { plain } from './plain.ts';
import { counted } from './table.ts';

/** Where a rollback goes: `generation 41`, `version 1.4.1`. */
function targetText(from: Taken | undefined, channel: string): string {
  if (from?.version !== undefined) return `version ${plain(from.version)}`;
  const generation = from === undefined ? '' : takenText(from, channel);
  return generation === '' ? 'what was there before slipway' : `generation ${generation}`;
}

/** What a command did that builds nothing, as in `it rolled back prod`; with `would` what it would do. Undefined for others. */
export function changeText(receipt: Receipt, would: boolean): string | undefined {
  const { kind, channel = '', generation, from, frozen, retired = [] } = receipt;
  const name = plain(channel);
  const as = `as generation ${generation}`;
  const verb = (past: string, base: string): string => (would ? `would ${base}` : past);
  switch (kind) {
    case 'rollback':
      return `${verb('rolled back', 'roll back')} ${name} to ${targetText(from, channel)}, ${as}`;
    case 'retire':
      return `${verb('retired', 'retire')} ${manyNames(retired)} from ${name}, ${as}`;
    case 'freeze':
      return `${verb('froze', 'freeze')} ${name}, ${as}: ${plain(frozen?.reason ?? '')}`;
    case 'unfreeze':
      return `${verb('unfroze', 'unfreeze')} ${name}, ${as}`;
    default:
      return undefined;
  }
}

/** The difference with what each artifact has of it. */
function wholeOf(document: DifferenceDocument): Difference {
  const sets = new Map(document.sets.flatMap((set) => set.artifacts.map((name) => [name, set] as const)));
  const artifacts = document.artifacts.map((artifact) => {
    const { changes = [], files = [] } = sets.get(artifact.name) ?? {};
    return { ...artifact, changes, files };
  });
  return { ...document, artifacts };
}

/** What the clusters see change, in at most so many lines. */
export function changeLines({ difference }: Pick<Receipt, 'difference'>, paint: Paint, most: number): string[] {
  if (difference === undefined) return [];
  const lines = differenceText(wholeOf(difference), { paint }).trimEnd().split('\n');
  const more = lines.length - most;
  const rest = more > 0 ? [`… and ${counted(more, 'more line')}: slipway diff shows all`] : [];
  return ['', ...lines.slice(0, most), ...rest];
}

/** What `slipway prune` found and did, for people. Programs get the same as JSON. */
import type { Pruned, PrunedItem, PruneState, PruneTotal } from '../model.ts';
import { type Colour, type Paint, painter } from './paint.ts';
import { plain } from './plain.ts';
import { counted, sizeText, table } from './table.ts';

const COLOURS: Readonly<Record<PruneState, Colour>> = { goes: 'red', deleted: 'red', waits: 'yellow', new: 'yellow' };

function row({ state, kind, what, bytes, since = '', reason }: PrunedItem): readonly string[] {
  return [state, kind, sizeText(bytes), since, plain(what), reason];
}

const HEAD = ['STATE', 'KIND', 'SIZE', 'MARKED SINCE', 'WHAT', 'WHY'];

function storeLines(name: string, items: readonly PrunedItem[], paint: Paint): readonly string[] {
  if (items.length === 0) return [`${plain(name)}: nothing`];
  const lines = table([HEAD, ...items.map(row)]);
  const painted = lines.map((line, index) => {
    const state = items[index - 1]?.state;
    return state === undefined ? line : line.replace(state, paint(COLOURS[state], state));
  });
  return [`${plain(name)}: ${counted(items.length, 'item')}`, ...painted.map((line) => `  ${line}`)];
}

const amount = ({ items, bytes }: PruneTotal): string => `${counted(items, 'item')}, ${sizeText(bytes)}`;

/** Seconds as they may be written after --min-age. */
function ageText(seconds: number): string {
  if (seconds % 86_400 === 0 && seconds > 86_400) return `${seconds / 86_400}d`;
  return seconds % 3600 === 0 ? `${seconds / 3600}h` : `${seconds / 60}m`;
}

function summary({ outcome, keep, minAge, totals }: Pruned): readonly string[] {
  const { goes, deleted, waits, new: fresh } = totals;
  const kept = `Kept: ${counted(keep, 'release')} of each channel, all versions, and what is needed or was until ${ageText(minAge)} ago`;
  if (outcome === 'unchanged') return ['Nothing to prune', kept];
  const left =
    waits.items + fresh.items === 0 ? [] : [`Too young: ${amount(waits)}; seen for the first time: ${amount(fresh)}`];
  if (outcome === 'failed') return [`Deleted before an error: ${amount(deleted)}`, ...left, kept];
  if (outcome === 'pruned') return [`Deleted: ${amount(deleted)}`, ...left, kept];
  const hint = goes.items + fresh.items + waits.items === 0 ? 'Nothing to prune' : 'Nothing was written: --yes does it';
  return [`Would be deleted: ${amount(goes)}`, ...left, kept, hint];
}

/** As text with a final newline: the items of each store, then the totals. */
export function prunedText(pruned: Pruned, paint: Paint = painter(false)): string {
  const stores = Object.entries(pruned.stores).map(([name, items]) => storeLines(name, items, paint).join('\n'));
  return `${[...stores, summary(pruned).join('\n')].join('\n\n')}\n`;
}

/** As JSON, indented by two, with a final newline. */
export function prunedJson(pruned: Pruned): string {
  return `${JSON.stringify(pruned, null, 2)}\n`;
}

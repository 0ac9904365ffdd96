/** What `slipway heal` did, for people. Programs get the same as JSON. */
import type { Healing, Receipt } from '../model.ts';
import { type Paint, painter } from './paint.ts';
import { receiptText } from './receipt.ts';
import { counted } from './table.ts';

/** The artifacts of one store that were written again, by why. */
function mendedLines({ artifacts, stores }: Receipt): readonly string[] {
  return Object.keys(stores).flatMap((store) =>
    (['repaired', 'current'] as const).flatMap((state) => {
      const names = artifacts.filter((artifact) => artifact.stores[store]?.state === state).map(({ name }) => name);
      const what = state === 'repaired' ? 'damaged' : 'missing or stale';
      return names.length === 0 ? [] : [`${store}: ${what}, written again: ${names.join(', ')}`];
    }),
  );
}

function block(receipt: Receipt, paint: Paint): string {
  const mended = mendedLines(receipt);
  return [receiptText(receipt, paint), ...(mended.length === 0 ? [] : [`\n${mended.join('\n')}\n`])].join('');
}

/** As text with a final newline: a receipt for each channel, and for each version that was not whole. */
export function healingText({ channels, versions }: Healing, paint: Paint = painter(false)): string {
  const whole = versions.filter(({ outcome }) => outcome === 'unchanged');
  const told = [...channels, ...versions.filter((receipt) => !whole.includes(receipt))];
  const blocks = [
    ...told.map((receipt) => block(receipt, paint)),
    ...(whole.length === 0 ? [] : [`${counted(whole.length, 'version')} whole in every store that counts\n`]),
  ];
  return blocks.length === 0 ? 'unchanged: nothing is published in these stores\n' : blocks.join('\n');
}

/** As JSON, indented by two, with a final newline. */
export function healingJson(healing: Healing): string {
  return `${JSON.stringify(healing, null, 2)}\n`;
}

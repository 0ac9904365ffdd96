/** What `slipway heal` did, for people. Programs get the same as JSON. */
import type { ArtifactReceipt, ArtifactStoreReceipt, Healing, Receipt } from '../model.ts';
import { type Paint, painter } from './paint.ts';
import { type ArtifactWord, receiptText } from './receipt.ts';
import { counted } from './table.ts';

/** How healing is told. */
export interface HealingTextOptions {
  readonly paint?: Paint;
  /** Nothing was written. */
  readonly dryRun?: boolean;
}

/** In any store. */
const isIn = ({ stores }: ArtifactReceipt, state: ArtifactStoreReceipt['state']): boolean =>
  Object.values(stores).some((at) => at.state === state);

const healed: ArtifactWord = (artifact) => {
  if (isIn(artifact, 'failed')) return 'failed';
  if (isIn(artifact, 'repaired')) return 'damaged';
  return isIn(artifact, 'current') ? 'incomplete' : artifact.orphan ? 'orphan' : 'unchanged';
};

/** The artifacts of one store that were written again, by why. */
function mendedLines({ artifacts, stores }: Receipt, dryRun: boolean): readonly string[] {
  return Object.keys(stores).flatMap((store) =>
    (['repaired', 'current'] as const).flatMap((state) => {
      const names = artifacts.filter((artifact) => artifact.stores[store]?.state === state).map(({ name }) => name);
      // Readers of proofs do not tell a damaged one from a missing one.
      const what = state === 'repaired' ? 'damaged' : 'missing or stale, or without a whole proof';
      const done = dryRun ? 'would be written again' : 'written again';
      return names.length === 0 ? [] : [`${store}: ${what}, ${done}: ${names.join(', ')}`];
    }),
  );
}

function block(receipt: Receipt, { paint = painter(false), dryRun = false }: HealingTextOptions): string {
  const mended = mendedLines(receipt, dryRun);
  const text = receiptText(receipt, paint, healed);
  return [text, ...(mended.length === 0 ? [] : [`\n${mended.join('\n')}\n`])].join('');
}

/** As text with a final newline: a receipt for each channel, and for each version that was not whole. */
export function healingText({ channels, versions }: Healing, options: HealingTextOptions = {}): string {
  const whole = versions.filter(({ outcome }) => outcome === 'unchanged');
  const told = [...channels, ...versions.filter((receipt) => !whole.includes(receipt))];
  const blocks = [
    ...told.map((receipt) => block(receipt, options)),
    ...(whole.length === 0 ? [] : [`${counted(whole.length, 'version')} whole in every store that counts\n`]),
  ];
  return blocks.length === 0 ? 'unchanged: nothing is published in these stores\n' : blocks.join('\n');
}

/** As JSON, indented by two, with a final newline. */
export function healingJson(healing: Healing): string {
  return `${JSON.stringify(healing, null, 2)}\n`;
}

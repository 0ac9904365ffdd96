/** A promotion in waves, for people. Programs get the same as JSON. */
import type { Promotion, WaveReceipt } from '../model.ts';
import { type Paint, painter } from './paint.ts';
import { receiptText } from './receipt.ts';
import { counted } from './table.ts';

/** Names of artifacts on a line before the rest becomes a count. */
const NAMED = 5;

function namesText(names: readonly string[]): string {
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
  return `${names.slice(0, NAMED).join(', ')}${more}`;
}

/** One wave as text with a final newline: which it is, what belongs to it, and its receipt. */
export function waveText({ name, step, of, artifacts, receipt }: WaveReceipt, paint: Paint = painter(false)): string {
  const heading = `${paint('bold', `wave ${name}`)} (${step} of ${of}): ${counted(artifacts.length, 'artifact')}: ${namesText(artifacts)}`;
  return `${heading}\n${receipt === undefined ? '' : receiptText(receipt, paint)}`;
}

/** As JSON, indented by two, with a final newline. */
export function promotionJson(promotion: Promotion): string {
  return `${JSON.stringify(promotion, null, 2)}\n`;
}

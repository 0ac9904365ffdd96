/** How a command ends that has a receipt: what is printed, and the exit code. */
import { exitCodeOf } from '../errors.ts';
import type { Outcome, Receipt } from '../model.ts';
import { errorText } from '../report/error.ts';
import { receiptJson, receiptText } from '../report/receipt.ts';
import { type CommandContext, type CommonOptions, paintFor } from './context.ts';

const EXIT: Readonly<Record<Outcome, number>> = {
  published: 0,
  unchanged: 0,
  healed: 0,
  superseded: 0,
  planned: 0,
  refused: 3,
  failed: 4,
};

/** The exit code of a receipt. What is not trusted has one of its own: nothing else is wrong with the stores. */
export function exitOf({ outcome, error }: Pick<Receipt, 'outcome' | 'error'>): number {
  return outcome === 'failed' && error?.code === 'UNTRUSTED' ? exitCodeOf('UNTRUSTED') : EXIT[outcome];
}

/** Prints a receipt where it belongs. */
export function print(receipt: Receipt, context: CommandContext, options: CommonOptions): void {
  const { stdout, stderr } = context;
  stdout.write(
    options.output === 'json' ? receiptJson(receipt) : receiptText(receipt, paintFor(stdout, context, options)),
  );
  if (receipt.error !== undefined)
    stderr.write(errorText(receipt.error, { paint: paintFor(stderr, context, options) }));
}

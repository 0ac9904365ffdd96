import { type PublishOptions, resolvePublish } from '../config/resolve.ts';
import { exitCodeOf } from '../errors.ts';
import type { Outcome, Receipt } from '../model.ts';
import { publish } from '../pipeline.ts';
import { openPlan } from '../plan.ts';
import { errorText } from '../report/error.ts';
import { receiptJson, receiptText } from '../report/receipt.ts';
import { type CommandContext, type CommonOptions, paintFor, progressFor } from './context.ts';
import { openReports, type ReportOptions, reportBehind, reportingRefusal } from './reports.ts';

const EXIT: Readonly<Record<Outcome, number>> = {
  published: 0,
  unchanged: 0,
  healed: 0,
  superseded: 0,
  planned: 0,
  refused: 3,
  failed: 4,
};

/** What is not trusted has a code of its own: nothing else is wrong with the stores. */
function exitOf({ outcome, error }: Receipt): number {
  return outcome === 'failed' && error?.code === 'UNTRUSTED' ? exitCodeOf('UNTRUSTED') : EXIT[outcome];
}

function print(receipt: Receipt, context: CommandContext, options: CommonOptions): void {
  const { stdout, stderr } = context;
  stdout.write(
    options.output === 'json' ? receiptJson(receipt) : receiptText(receipt, paintFor(stdout, context, options)),
  );
  if (receipt.error !== undefined)
    stderr.write(errorText(receipt.error, { paint: paintFor(stderr, context, options) }));
}

/**
 * `slipway publish`: prints the receipt and answers the exit code, which follows the outcome. Throws what stopped the run
 * before there was a receipt.
 */
export async function run(context: CommandContext, options: PublishOptions & ReportOptions): Promise<number> {
  const settings = await resolvePublish(options, context);
  const { artifacts, check } = settings;
  const reports = openReports(context, options, { artifacts, root: check.root });
  const progress = progressFor(context, options);
  try {
    const plan = await openPlan(settings, { ...context, progress: progress.report });
    const receipt = await reportingRefusal(reports, () => publish(plan));
    progress.end();
    print(receipt, context, options);
    return await reportBehind(() => reports(receipt.findings), exitOf(receipt), context, options);
  } finally {
    progress.end();
  }
}

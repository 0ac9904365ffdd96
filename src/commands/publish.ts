import type { LaterPublishOptions } from '../config/plan-options.ts';
import { openPublish } from '../planned/open.ts';
import { type CommandContext, progressFor } from './context.ts';
import { exitOf, print } from './finish.ts';
import { openReports, type ReportOptions, reportBehind, reportingRefusal } from './reports.ts';

/**
 * `slipway publish`: prints the receipt and answers the exit code, which follows the outcome. Throws what stopped the run
 * before there was a receipt.
 */
export async function run(
  context: CommandContext,
  options: LaterPublishOptions & ReportOptions & { readonly bundle?: string | undefined },
): Promise<number> {
  const { bundle } = options;
  if (bundle !== undefined) return (await import('./bundle.ts')).publishBundle(context, { ...options, bundle });
  const progress = progressFor(context, options);
  try {
    const opened = await openPublish(options, { ...context, progress: progress.report });
    const reports = openReports(context, options, opened);
    const receipt = await reportingRefusal(reports, () => opened.publish());
    progress.end();
    print(receipt, context, options);
    return await reportBehind(() => reports(receipt.findings), exitOf(receipt), context, options);
  } finally {
    progress.end();
  }
}

import type { PlanOptions } from '../config/plan-options.ts';
import { exitCodeOf } from '../errors.ts';
import type { PlanDocument } from '../model.ts';
import { planJson } from '../planned/file.ts';
import { openMaking } from '../planned/make.ts';
import { errorText } from '../report/error.ts';
import { planText } from '../report/plan.ts';
import { type CommandContext, paintFor, progressFor } from './context.ts';
import { exitOf } from './finish.ts';
import { openReports, type ReportOptions, reportBehind, reportingRefusal } from './reports.ts';

/** What `slipway plan` can be told on the command line. */
interface PlanFlags extends PlanOptions, ReportOptions {
  readonly exitCode?: boolean | undefined;
}

/** What the run came to, with `--exit-code` also whether anything would change. */
function codeOf({ receipt, changes }: PlanDocument, { exitCode = false }: PlanFlags): number {
  const code = exitOf(receipt);
  return code === 0 && exitCode && changes ? exitCodeOf('FINDINGS') : code;
}

/**
 * `slipway plan`: prints what a publish would do, writes that down where it is asked for, and answers the exit code. Throws what
 * stopped the run before there was a plan.
 */
export async function run(context: CommandContext, options: PlanFlags): Promise<number> {
  const progress = progressFor(context, options);
  try {
    const { settings, make } = await openMaking(options, { ...context, progress: progress.report });
    const reports = openReports(context, options, { artifacts: settings.artifacts, root: settings.check.root });
    const plan = await reportingRefusal(reports, make);
    progress.end();
    const { stdout, stderr } = context;
    stdout.write(options.output === 'json' ? planJson(plan) : planText(plan, paintFor(stdout, context, options)));
    const { error, findings } = plan.receipt;
    if (error !== undefined) stderr.write(errorText(error, { paint: paintFor(stderr, context, options) }));
    return await reportBehind(() => reports(findings), codeOf(plan, options), context, options);
  } finally {
    progress.end();
  }
}

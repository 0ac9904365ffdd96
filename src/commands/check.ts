import { RULES } from '../check/engine/registry.ts';
import { checksOf } from '../config/resolve.ts';
import { type CheckSubject, type InspectOptions, resolveCheck } from '../config/resolve-check.ts';
import { SlipwayError } from '../errors.ts';
import { inspectSubject } from '../inspect.ts';
import { type CheckedArtifact, countsOf } from '../report/findings.ts';
import { FORMATS, formatted } from '../report/formats.ts';
import { listedRules, rulesText } from '../report/rules.ts';
import { type CommandContext, paintFor, progressFor } from './context.ts';
import { placeIn } from './place.ts';
import { openReports, type ReportOptions, reportBehind } from './reports.ts';

/** What `slipway check` can be told. */
export interface CheckCommandOptions extends InspectOptions, ReportOptions {
  readonly failOn?: string | undefined;
  readonly listRules?: boolean | undefined;
}

async function listRules(context: CommandContext, options: CheckCommandOptions): Promise<number> {
  const { output = 'text' } = options;
  if (output !== 'text' && output !== 'json') {
    throw new SlipwayError('USAGE', `Cannot list rules as "${output}": known are "text", "json"`, {
      hint: 'leave --output out, or write --output json',
    });
  }
  const settings = await checksOf(options, context);
  const rules = listedRules(RULES, settings.rules);
  context.stdout.write(output === 'json' ? `${JSON.stringify({ schema: 1, rules }, null, 2)}\n` : rulesText(rules));
  return 0;
}

const artifactsOf = ({ kind, settings }: CheckSubject): readonly CheckedArtifact[] =>
  kind === 'sources'
    ? settings.artifacts.map(({ name, shown }) => ({ name, shown }))
    : [{ name: settings.reference, shown: settings.reference }];

/**
 * `slipway check`: prints the findings and answers 1 when there are errors (or warnings, with `--fail-on warn`). Throws what
 * kept the checks from looking.
 */
export async function run(context: CommandContext, options: CheckCommandOptions): Promise<number> {
  if (options.listRules) return listRules(context, options);
  const subject = await resolveCheck(options, context);
  const { root } = subject.settings.check;
  const artifacts = artifactsOf(subject);
  const reports = openReports(context, options, { artifacts, root });
  const progress = progressFor(context, options);
  try {
    const absent: string[] = [];
    const checked = await inspectSubject(subject, {
      ...{ ...context, progress: progress.report },
      absent: (reference) => absent.push(reference),
    });
    progress.end();
    for (const reference of absent)
      context.stderr.write(`note: nothing is published as "${reference}" to compare with\n`);
    const findings = checked.flatMap((artifact) => artifact.findings);
    const format = FORMATS.find((known) => known === options.output) ?? 'text';
    const { stdout } = context;
    stdout.write(
      formatted(
        format,
        { artifacts, findings },
        {
          rules: RULES,
          place: placeIn(root, context),
          paint: paintFor(stdout, context, options),
        },
      ),
    );
    const { errors, warnings } = countsOf(findings);
    const code = errors > 0 || (options.failOn === 'warn' && warnings > 0) ? 1 : 0;
    return await reportBehind(() => reports(findings), code, context, options);
  } finally {
    progress.end();
  }
}

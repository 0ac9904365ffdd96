import { ruleOf } from '../explain.ts';
import { ruleJson, ruleText } from '../report/rules.ts';
import { type CommandContext, type CommonOptions, paintFor } from './context.ts';

/** `slipway explain RULE`: prints what the rule demands, why, and an example. Throws `USAGE` for an unknown rule. */
export async function run(
  context: CommandContext,
  options: CommonOptions & { readonly rule: string },
): Promise<number> {
  const rule = ruleOf(options.rule);
  const { stdout } = context;
  stdout.write(options.output === 'json' ? ruleJson(rule) : ruleText(rule, paintFor(stdout, context, options)));
  return 0;
}

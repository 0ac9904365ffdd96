import { resolveWhois, type WhoisOptions } from '../config/resolve-history.ts';
import { whois } from '../live/whois.ts';
import { whoisJson, whoisText } from '../report/whois.ts';
import { type CommandContext, type CommonOptions, paintFor } from './context.ts';

/** `slipway whois`: prints where a digest comes from. Throws where nobody knows it, and what kept it from looking. */
export async function run(context: CommandContext, options: WhoisOptions & CommonOptions): Promise<number> {
  const { stdout } = context;
  const found = await whois(await resolveWhois(options, context), context);
  stdout.write(options.output === 'json' ? whoisJson(found) : whoisText(found, paintFor(stdout, context, options)));
  return 0;
}

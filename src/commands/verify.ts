import { resolveVerify, type VerifyOptions } from '../config/resolve-verify.ts';
import { type Code, exitCodeOf } from '../errors.ts';
import type { Failure, Verification } from '../model.ts';
import { plain } from '../report/plain.ts';
import { verifiedJson, verifiedText } from '../report/verified.ts';
import { openVerify } from '../verify/plan.ts';
import { verifyPublished } from '../verify/published.ts';
import { type CommandContext, type CommonOptions, paintFor } from './context.ts';

/** Untrusted is the worst; what cannot be read comes before what the checkout makes differently. */
function exitOf({ verdict, references }: Verification): number {
  if (verdict === 'untrusted') return exitCodeOf('UNTRUSTED');
  const artifacts = references.flatMap((reference) => reference.artifacts);
  const unread = [...references, ...artifacts].flatMap(({ error }) => error ?? []);
  const different = artifacts.flatMap(({ rebuild }) => rebuild?.error ?? []);
  const [first] = [...unread, ...different] as readonly (Failure & { readonly code: Code })[];
  return first === undefined ? 0 : exitCodeOf(first.code);
}

/**
 * `slipway verify`: prints what was found of each reference, and answers 0 when everything is trusted, 5 when something is
 * not, 4 when something cannot be read, 1 when the checkout makes something else. Throws what kept it from looking.
 */
export async function run(context: CommandContext, options: VerifyOptions & CommonOptions): Promise<number> {
  const settings = await resolveVerify(options, context);
  const { stdout, stderr } = context;
  if (settings.note !== undefined) stderr.write(`note: ${plain(settings.note)}\n`);
  const verification = await verifyPublished(await openVerify(settings, context));
  stdout.write(
    options.output === 'json'
      ? verifiedJson(verification)
      : verifiedText(verification, paintFor(stdout, context, options)),
  );
  return exitOf(verification);
}

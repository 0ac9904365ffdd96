import { SlipwayError } from '../errors.ts';
import type { Checked, Finding, RenderFailure } from '../model.ts';

/**
 * The artifacts, when nothing is wrong with them that is an error. Throws `FINDINGS`, with all findings, else; where all there
 * is to say is that one artifact cannot be rendered, that error.
 */
export function passed(checked: readonly Checked[]): readonly Checked[] {
  const findings = checked.flatMap((artifact) => artifact.findings);
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  if (errors === 0) return checked;
  const [failure] = checked.flatMap((artifact) => artifact.failure ?? []);
  if (failure !== undefined && findings.length === 1) throw failed(failure, findings);
  const count = errors === 1 ? '1 error' : `${errors} errors`;
  throw new SlipwayError('FINDINGS', `The checks found ${count}: nothing was published`, {
    hint: 'correct what is listed above; slipway explain RULE tells more about a rule',
    findings,
  });
}

function failed({ code, message, hint }: RenderFailure, findings: readonly Finding[]): SlipwayError {
  return new SlipwayError(code, message, { hint, findings });
}

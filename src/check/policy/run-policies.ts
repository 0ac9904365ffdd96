/** Programs of the user's that look at the manifests too (`check.commands`). */
import { eachLimit } from '../../concurrency.ts';
import { SlipwayError } from '../../errors.ts';
import type { PolicyCommand } from '../../model.ts';
import type { CheckOptions } from '../engine/options.ts';
import { fieldAt, type PlacedField } from '../object-at.ts';
import type { Breach } from '../rule.ts';
import type { ArtifactView, FilePlace, PlacedObject, ReleaseReport } from '../view.ts';
import type { NamedObject, PolicyFinding } from './finding.ts';
import { type Mask, maskFor } from './secrets.ts';
import { type Stream, streamOf } from './stream.ts';
import { excerpt, type Verdict, verdictOf } from './verdict.ts';

/** Programs that run at once. */
const AT_ONCE = 4;

/** Runs every command on every artifact that has manifests. Throws `TOOL_MISSING` when a program is not there. */
export async function runPolicies(
  views: readonly ArtifactView[],
  options: Pick<CheckOptions, 'commands' | 'runPolicy'>,
  report: ReleaseReport,
): Promise<void> {
  if (options.commands.length === 0) return;
  const subjects = views.filter(({ objects }) => objects.length > 0);
  await eachLimit(subjects, AT_ONCE, async (view) => {
    const stream = streamOf(view);
    const manifests = Buffer.from(stream.text);
    const mask = maskFor(view);
    for (const command of options.commands) {
      const verdict = await ask(command, { manifests, mask }, options);
      tell(command, verdict, (breach, where) => report(view, breach, where), { view, stream, mask });
    }
  });
}

async function ask(
  command: PolicyCommand,
  { manifests, mask }: { readonly manifests: Uint8Array; readonly mask: Mask },
  { runPolicy }: Pick<CheckOptions, 'runPolicy'>,
): Promise<Verdict> {
  try {
    return verdictOf(await runPolicy(command, manifests), mask);
  } catch (thrown) {
    // A program that hangs or floods has not said yes; any other error is the run's.
    if (!(thrown instanceof SlipwayError) || thrown.code !== 'CONFIG') throw thrown;
    return { failure: thrown.message, hint: thrown.hint ?? 'run the command by hand, or give it more time (timeout)' };
  }
}

interface Subject {
  readonly view: ArtifactView;
  readonly stream: Stream;
  readonly mask: Mask;
}

type Tell = (breach: Breach, where?: PlacedObject | FilePlace) => void;

function tell({ name }: PolicyCommand, verdict: Verdict, report: Tell, subject: Subject): void {
  const { mask } = subject;
  if ('failure' in verdict) {
    const { failure, hint } = verdict;
    report({ rule: 'policy/failed', message: `Policy command "${name}" gave no verdict: ${failure}`, hint });
    return;
  }
  for (const finding of verdict.findings) {
    const { object, field, place } = placeOf(finding, subject);
    const { level, rule, message, hint } = finding;
    const said = excerpt(mask(message)).replace(/\.$/, '') || 'it gives no reason';
    const breach: Breach = {
      rule: level === 'error' ? 'policy/violation' : 'policy/warning',
      message: `${name}${rule === undefined || rule === '' ? '' : ` (${excerpt(mask(rule))})`}: ${said}`,
      ...(hint !== undefined && hint !== '' && { hint: excerpt(mask(hint)) }),
    };
    if (object === undefined) report(breach, place);
    else report({ ...breach, ...(field && { field }) }, object);
  }
}

type Place = Partial<PlacedField> & { readonly place?: FilePlace };

/** Where a finding is: in the object it names, or in its line; else of the artifact as a whole. */
function placeOf({ object, field = [], line }: PolicyFinding, { view, stream }: Subject): Place {
  const named = object === undefined ? undefined : objectNamed(view, object);
  if (named !== undefined) return { object: named, field };
  if (line === undefined) return {};
  const place = stream.placeOf(line);
  return place === undefined ? {} : (fieldAt(view, place.file, place.line) ?? { place });
}

/** The only object of that name. Some programs call a missing namespace `default`. */
function objectNamed({ objects }: ArtifactView, { kind, name, namespace }: NamedObject): PlacedObject | undefined {
  const found = objects.filter(
    ({ facts }) =>
      facts.name === name &&
      (kind === undefined || facts.kind === kind) &&
      (!namespace || namespace === facts.namespace || (namespace === 'default' && facts.namespace === undefined)),
  );
  return found.length === 1 ? found[0] : undefined;
}

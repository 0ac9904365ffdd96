/** What was found of a bucket, as lines for people. */
import type { HealthLine } from '../model.ts';
import { faultsOf } from '../ship/bucket/probe/classes.ts';
import { type Capability, meaningOf } from '../ship/bucket/probe.ts';
import { caution, fine, problem } from './lines.ts';

/** One line for each thing that was tried. */
export function capabilityLines(
  found: Capability,
  { acceptUnsafe }: { readonly acceptUnsafe: boolean },
): readonly HealthLine[] {
  const { reads, listing } = faultsOf(found);
  const hint = 'set the store to strong consistency, or use another one';
  const orFault = (check: 'reads' | 'listing', fault: string | undefined, good: string): HealthLine =>
    fault === undefined ? fine(check, good) : problem(check, { message: fault, hint });
  return [
    createsLine(found, acceptUnsafe),
    found.match === 'atomic'
      ? fine('matches', 'writes over a given ETag (If-Match) are atomic: names move by them')
      : fine('matches', 'writes over a given ETag (If-Match) are not atomic: names move by plain writes'),
    found.etag === 'md5'
      ? fine('etags', 'ETags are MD5 digests: what Flux will report is known before')
      : caution('etags', 'ETags are no MD5 digests, as under SSE-KMS: what Flux reports is known only afterwards'),
    orFault('reads', reads, 'reads show what was just written'),
    orFault('listing', listing, 'listings show what was just written, in byte order'),
  ];
}

function createsLine({ class: found }: Capability, accepted: boolean): HealthLine {
  if (found === 'atomic') return fine('creates', meaningOf(found));
  const text = `class "${found}": ${meaningOf(found)}`;
  if (accepted) return caution('creates', text, 'it is accepted by "accept-unsafe: true"');
  const hint = 'let CI run one publisher at a time and set "accept-unsafe: true" on the store, or use another store';
  return problem('creates', { message: text, hint });
}

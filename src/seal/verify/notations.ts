/** The Notary Project's envelopes beside an artifact → the one that counts, or why none does. */
import { SlipwayError } from '../../errors.ts';
import type { Attachments, Evidence, Shown } from '../../model.ts';
import { iso } from '../notation/chain.ts';
import { type NotationPolicy, type NotationVerified, verifyNotation } from '../notation/verify.ts';
import type { Check } from './answer.ts';
import { quoted, titleOf } from './refusal.ts';

/** What was found of a good envelope. */
export type NotationFound = Pick<Evidence, 'checked' | 'notes' | 'warnings' | 'signer'>;

/** How many signatures Flux looks at (source-controller 1.9.1, `internal/oci/notation`). */
const TRIED = 3;

const UNNAMED = 'Notation signatures name no artifact: only the digest was checked';

/** One good envelope is enough. Throws `UNTRUSTED` with the reason of each. */
export function judgeNotations(
  { name, manifest }: Pick<Shown, 'name' | 'manifest'>,
  { notations }: Pick<Attachments, 'notations'>,
  policy: NotationPolicy,
  now: Date,
): NotationFound {
  const bad: SlipwayError[] = [];
  for (const [before, { bytes }] of notations.entries()) {
    try {
      const verified = verifyNotation(bytes, { name, target: manifest }, policy, now);
      return { ...evidenceOf(verified), warnings: before < TRIED ? [] : [tooLate(before)] };
    } catch (thrown) {
      if (!(thrown instanceof SlipwayError) || thrown.code !== 'UNTRUSTED') throw thrown;
      bad.push(thrown);
    }
  }
  throw noneGood({ name, manifest }, bad);
}

function evidenceOf({ subject, root, artifact, signingTime }: NotationVerified): Omit<NotationFound, 'warnings'> {
  const detail = `Notation signature by ${quoted(subject)}, whose root ${quoted(root)} is trusted`;
  const named: readonly Check[] =
    artifact === undefined ? [] : [{ what: 'name', detail: `it was signed as ${quoted(artifact)}` }];
  return {
    checked: [
      { what: 'signature', detail },
      { what: 'timestamp', detail: `${iso(signingTime)} by the signer's own clock` },
      ...named,
    ],
    notes: artifact === undefined ? [UNNAMED] : [],
    signer: { kind: 'certificate', identity: subject, issuer: root },
  };
}

const tooLate = (before: number): string =>
  `Flux tries ${TRIED} Notation signatures of an artifact, and ${before} others stand before the good one: remove those that are not needed`;

function noneGood({ name, manifest }: Pick<Shown, 'name' | 'manifest'>, bad: readonly SlipwayError[]): SlipwayError {
  const [first, ...others] = bad;
  if (first !== undefined && others.length === 0) return first;
  const title = titleOf({ name, digest: manifest.digest });
  if (first === undefined) {
    return new SlipwayError('UNTRUSTED', `Cannot trust ${title}: it has no Notation signature`, {
      hint: 'publish it again with "sign.notation" in the configuration, or sign it with notation',
    });
  }
  const reasons = bad.map(({ message }, index) => `  Notation signature ${index + 1}: ${message}`);
  const message = [`Cannot trust ${title}: none of its ${bad.length} Notation signatures is good`, ...reasons];
  return new SlipwayError('UNTRUSTED', message.join('\n'), { hint: first.hint, cause: first.cause });
}

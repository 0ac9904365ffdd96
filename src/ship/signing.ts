/** What is signed stays signed: readers that ask for a proof would be left with what they have. */
import { SlipwayError } from '../errors.ts';
import type { Entry, ProofKind } from '../model.ts';
import type { Own } from './own.ts';
import { isAllowed } from './phrases.ts';
import type { Compared } from './release.ts';

/** Older readers alone look at `.sig`, so that `legacy` may be switched off; `views` come and go with bundles. */
const KEPT: readonly ProofKind[] = ['bundle', 'notation'];

const WORDS: Readonly<Partial<Record<ProofKind, string>>> = { bundle: 'by bundles', notation: 'for Notation' };

/** Kinds of proofs that entries have and others of this run would not. */
function given({ plan }: Compared, before: readonly Entry[], after: readonly Entry[]): ProofKind | undefined {
  const { sealing } = plan;
  // A dry run without its key knows only that it would sign.
  if (sealing.signs && sealing.requires.length === 0) return undefined;
  const had = KEPT.filter((kind) => before.some(({ proofs }) => proofs.some((proof) => proof.kind === kind)));
  const lacking = had.find(
    (kind) =>
      !sealing.requires.some((one) => one.kind === kind) &&
      after.some(({ proofs }) => !proofs.some((proof) => proof.kind === kind)),
  );
  return lacking !== undefined && isAllowed(plan, 'unsigned') ? undefined : lacking;
}

/** What is carried along from a label's place keeps a signed channel signed. Throws `REFUSED` unless it is allowed. */
export function checkCarriedSigning(
  compared: Compared,
  brought: readonly Entry[],
  label: string,
  hint = 'sign it where it is published, or pass --allow unsigned to promote without',
): void {
  const { newest } = compared.line;
  const kind = newest === undefined ? undefined : given(compared, newest.artifacts, brought);
  if (newest === undefined || kind === undefined) return;
  const unsigned = brought.find(({ proofs }) => !proofs.some((proof) => proof.kind === kind));
  const message = `Channel "${newest.channel}" is signed ${WORDS[kind] ?? ''}, and artifact "${unsigned?.name}" of ${label} is not`;
  throw new SlipwayError('REFUSED', message, { hint });
}

function refused(title: string, kind: ProofKind): SlipwayError {
  return new SlipwayError('REFUSED', `${title} is signed ${WORDS[kind] ?? ''}, and this run does not sign so`, {
    hint: 'add "sign" to the config or --key, or pass --allow unsigned to publish without',
  });
}

/** A signed channel gets no new content without the kinds of proofs that it has. Throws `REFUSED` unless it is allowed. */
export function checkSigning(compared: Compared, artifacts: readonly Entry[], changed: ReadonlySet<string>): void {
  const { newest } = compared.line;
  if (newest === undefined) return;
  const next = artifacts.filter(({ name }) => changed.has(name));
  const kind = given(compared, newest.artifacts, next);
  if (kind !== undefined) throw refused(`Channel "${newest.channel}"`, kind);
}

/** The same for a version alone: what the project shows in any channel counts. Throws `REFUSED` unless it is allowed. */
export function checkClaimSigning(compared: Compared, own: Own): void {
  const { plan } = compared;
  if (plan.version === undefined || plan.channel !== undefined) return;
  const kind = given(compared, own.elsewhere, [...own.entries.values()]);
  if (kind !== undefined) throw refused(`Project "${plan.project}"`, kind);
}

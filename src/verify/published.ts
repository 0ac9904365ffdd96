/** name → manifest → proof → content, for everything that is to be verified. */
import { eachLimit } from '../concurrency.ts';
import { asSlipwayError, type Code, type SlipwayError } from '../errors.ts';
import type {
  ChainLink,
  Evidence,
  Failure,
  Rebuilt,
  Verdict,
  Verification,
  VerifiedArtifact,
  VerifiedReference,
} from '../model.ts';
import type { Step } from '../ship/trace.ts';

/** What was proved. */
export interface Proved {
  readonly evidence: Evidence;
  /** Compares with what the checkout makes of it; missing where nothing is built. */
  rebuild?(): Promise<Rebuilt>;
}

/** One artifact in one store, about to be verified. */
export interface Inspection {
  readonly artifact?: string;
  readonly store: string;
  /** Throws why it is not trusted, or cannot be read. */
  prove(step: Step): Promise<Proved>;
}

/** A reference, and how to find what it shows. */
export interface PlannedReference {
  readonly reference: string;
  /** What is to be looked at, and what cannot be. Throws where nothing is found. */
  inspections(): Promise<readonly (Inspection | VerifiedArtifact)[]>;
}

/** What `slipway verify` works with. */
export interface VerifyPlan {
  readonly references: readonly PlannedReference[];
}

/** Artifacts at once, of each reference. */
const AT_ONCE = 8;
const AT_ONCE_REFERENCES = 4;

/** From good to bad. */
const VERDICTS: readonly Verdict[] = ['trusted', 'unreadable', 'untrusted'];

const worst = (verdicts: readonly Verdict[]): Verdict =>
  VERDICTS.findLast((verdict) => verdicts.includes(verdict)) ?? 'unreadable';

/** Bytes that are not those of their digest are as little trusted as a signature that does not fit. */
const UNTRUSTED: readonly Code[] = ['UNTRUSTED', 'CORRUPT'];

/** An error as data, and what it says about trust. Throws it when the run was interrupted. */
export function verdictOf(thrown: unknown): { readonly verdict: Verdict; readonly error: Failure } {
  const error: SlipwayError = asSlipwayError(thrown);
  const { code, message, hint } = error;
  if (code === 'INTERRUPTED' || code === 'INTERNAL') throw error;
  const verdict = UNTRUSTED.includes(code) ? 'untrusted' : 'unreadable';
  return { verdict, error: { code, message, ...(hint === undefined ? {} : { hint }) } };
}

async function verified(one: Inspection | VerifiedArtifact): Promise<VerifiedArtifact> {
  if ('verdict' in one) return one;
  const { artifact, store } = one;
  const chain: ChainLink[] = [];
  const about = { ...(artifact === undefined ? {} : { artifact }), store };
  try {
    const { evidence, rebuild } = await one.prove((link) => chain.push(link));
    return { ...about, verdict: 'trusted', chain, evidence, ...(rebuild && { rebuild: await rebuild() }) };
  } catch (thrown) {
    return { ...about, ...verdictOf(thrown), chain };
  }
}

async function verifiedReference({ reference, inspections }: PlannedReference): Promise<VerifiedReference> {
  try {
    const artifacts = await eachLimit(await inspections(), AT_ONCE, verified);
    return { reference, verdict: worst(artifacts.map(({ verdict }) => verdict)), artifacts };
  } catch (thrown) {
    return { reference, ...verdictOf(thrown), artifacts: [] };
  }
}

/** Verifies everything; what cannot be trusted or read is in the answer. Throws `INTERRUPTED` and `INTERNAL`. */
export async function verifyPublished({ references: planned }: VerifyPlan): Promise<Verification> {
  const references = await eachLimit(planned, AT_ONCE_REFERENCES, verifiedReference);
  const verdicts = references.flatMap(({ verdict, artifacts }) =>
    artifacts.length === 0 ? [verdict] : artifacts.map((artifact) => artifact.verdict),
  );
  const count = (wanted: Verdict): number => verdicts.filter((verdict) => verdict === wanted).length;
  const counts = { trusted: count('trusted'), untrusted: count('untrusted'), unreadable: count('unreadable') };
  return { schema: 1, verdict: worst(verdicts), counts, references };
}

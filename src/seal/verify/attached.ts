/** What is attached to an artifact → whether one of it proves it, and who would not see that. */
import { SlipwayError } from '../../errors.ts';
import type { Attachments, Digest } from '../../model.ts';
import type { Verified } from './answer.ts';
import { type Opened, openBundle, type Verification } from './bundle.ts';
import { verifySignature } from './legacy.ts';
import { parseBundle } from './parse.ts';
import { refusal, titleOf } from './refusal.ts';

/** What is verified here; envelopes of the Notary Project are verified elsewhere. */
export type SigstoreAttachments = Pick<Attachments, 'bundles' | 'signatures'>;

/** The proof that counts, and what is wrong all the same. */
export interface VerifiedArtifact extends Verified {
  /** The bundle's digest; missing when a `.sig` signature counts. */
  readonly bundle?: Digest;
  /** What other readers of the artifact would refuse, each with its remedy. */
  readonly warnings: readonly string[];
}

type Attempt =
  | { readonly good: Verified; readonly bundle?: Digest }
  | { readonly bad: SlipwayError; readonly title: string };

const isGood = (attempt: Attempt): attempt is Extract<Attempt, { readonly good: Verified }> => 'good' in attempt;

const SHADOWED =
  'cosign 3 and Flux 2.8 and newer look at bundles only where there is one, and the bundles here are not by the expected ' +
  'signer, so they will refuse the good .sig signature: attach a bundle of the same signer, or remove the others';
const OLD_READERS =
  'Flux 2.7 and older read .sig signatures only, and those here are not by the expected signer: sign with "legacy: true", or ' +
  'remove them';

/**
 * Verifies an artifact by what is attached to it; one good proof is enough. Bundles come first, as in cosign and Flux, and
 * bundles that they could not read are passed over. Throws `UNTRUSTED` when nothing is attached or nothing is good, with the
 * reason of each; `CONFIG` when the policy needs a trust root and there is none.
 */
export function verifyAttached(
  { bundles, signatures }: SigstoreAttachments,
  verification: Verification,
  opener: BundleOpener = bundleOpener(verification),
): VerifiedArtifact {
  const { subject } = verification;
  // Signatures over bytes are not for artifacts: cosign and Flux refuse them there.
  const { content, ...bare } = subject;
  const against = { ...verification, subject: bare };
  const opened = bundles.map((bundle) => ({ digest: bundle.digest, ...opener(bundle) }));
  const byBundle: Attempt[] = [];
  for (const { digest, open } of opened) {
    byBundle.push(attempt(`bundle ${digest}`, () => ({ good: open()(bare), bundle: digest })));
    // Anybody who may write to the store may attach more.
    if (byBundle.some(isGood)) break;
  }
  const bySignature = signatures.map(({ payload, annotations }, index) =>
    attempt(`.sig signature ${index + 1}`, () => ({ good: verifySignature(payload, annotations, against) })),
  );
  const found = [...byBundle, ...bySignature].find(isGood);
  if (found === undefined) throw noneGood(verification, [...byBundle, ...bySignature]);
  const shadowed = found.bundle === undefined && opened.some(({ isRead }) => isRead);
  const unread = found.bundle !== undefined && bySignature.length > 0 && !bySignature.some(isGood);
  return {
    ...found.good,
    ...(found.bundle === undefined ? {} : { bundle: found.bundle }),
    warnings: [...(shadowed ? [SHADOWED] : []), ...(unread ? [OLD_READERS] : [])],
  };
}

/** A bundle at an artifact. */
export interface AttachedBundle {
  /** Whether cosign and Flux would take it for one; what they cannot read they pass over. */
  readonly isRead: boolean;
  /** Checks signature and signer, once. Throws a bare reason. */
  readonly open: () => Opened;
}

/** Opens bundles; one that a release shares is checked once for all its artifacts. */
export type BundleOpener = (bundle: Attachments['bundles'][number]) => AttachedBundle;

/** An opener that remembers what it opened. */
export function bundleOpener(verification: Omit<Verification, 'subject'>): BundleOpener {
  const known = new Map<Digest, AttachedBundle & { readonly bytes: Uint8Array }>();
  return ({ digest, bytes }) => {
    const before = known.get(digest);
    // A digest that was not checked against the bytes must not borrow another's verdict.
    if (before !== undefined && (before.bytes === bytes || Buffer.compare(before.bytes, bytes) === 0)) return before;
    const opened = { ...openAttached(bytes, verification), bytes };
    known.set(digest, opened);
    return opened;
  };
}

function openAttached(bytes: Uint8Array, verification: Omit<Verification, 'subject'>): AttachedBundle {
  try {
    const bundle = parseBundle(bytes);
    if (bundle.version === '0.3') return { isRead: true, open: once(() => openBundle(bundle, verification)) };
    const reason = `it is a bundle v${bundle.version}, and cosign and Flux read those at artifacts from v0.3 on`;
    throw refusal(reason, 'sign again with a current version');
  } catch (thrown) {
    const bad = untrusted(thrown);
    return { isRead: false, open: () => refuse(bad) };
  }
}

function refuse(bad: SlipwayError): never {
  throw bad;
}

/** What the work gave or threw, however often it is asked. */
function once<T>(work: () => T): () => T {
  let outcome: (() => T) | undefined;
  return () => {
    outcome ??= outcomeOf(work);
    return outcome();
  };
}

function outcomeOf<T>(work: () => T): () => T {
  try {
    const value = work();
    return () => value;
  } catch (thrown) {
    return () => {
      throw thrown;
    };
  }
}

function attempt(title: string, verify: () => Attempt): Attempt {
  try {
    return verify();
  } catch (thrown) {
    return { bad: untrusted(thrown), title };
  }
}

/** A reason why one proof does not count; what is wrong with the policy is wrong for all, and is thrown. */
function untrusted(thrown: unknown): SlipwayError {
  if (thrown instanceof SlipwayError && thrown.code === 'UNTRUSTED') return thrown;
  throw thrown;
}

function noneGood({ subject }: Verification, attempts: readonly Attempt[]): SlipwayError {
  const [first, ...others] = attempts.flatMap((one) => ('bad' in one ? one : []));
  const title = titleOf(subject);
  if (first === undefined) {
    return new SlipwayError('UNTRUSTED', `Cannot trust ${title}: it is not signed`, {
      hint: 'publish it again with "sign" in the configuration, or sign it with cosign',
    });
  }
  const { hint, cause } = first.bad;
  if (others.length === 0) {
    return new SlipwayError('UNTRUSTED', `Cannot trust ${title}: ${first.bad.message}`, { hint, cause });
  }
  const reasons = [first, ...others].map((one) => `  ${one.title}: ${one.bad.message}`);
  const message = [`Cannot trust ${title}: none of its ${reasons.length} proofs is good`, ...reasons].join('\n');
  return new SlipwayError('UNTRUSTED', message, { hint, cause });
}

/** What is attached to an artifact → whether one of it proves it, and who would not see that (wire.md 0.2). */
import { SlipwayError } from '../../errors.ts';
import type { Digest } from '../../model.ts';
import type { Verified } from './answer.ts';
import { type Verification, verifyParsed } from './bundle.ts';
import { type Annotations, verifySignature } from './legacy.ts';
import { type ParsedBundle, parseBundle } from './parse.ts';
import { refusal, titleOf } from './refusal.ts';

/** The proofs that a store has for an artifact. */
export interface Attachments {
  /** The layers of its referrers whose media type begins with that of Sigstore bundles. */
  readonly bundles: readonly { readonly digest: Digest; readonly bytes: Uint8Array }[];
  /** The layers of its `sha256-….sig` manifest. */
  readonly signatures: readonly { readonly payload: Uint8Array; readonly annotations: Annotations }[];
}

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
export function verifyAttached({ bundles, signatures }: Attachments, verification: Verification): VerifiedArtifact {
  const { subject } = verification;
  // Signatures over bytes are not for artifacts: cosign and Flux refuse them there.
  const { content, ...bare } = subject;
  const against = { ...verification, subject: bare };
  const parsed = bundles.map(({ digest, bytes }) => ({ digest, ...parseAttached(bytes) }));
  const byBundle: Attempt[] = [];
  for (const { digest, bundle, bad } of parsed) {
    const title = `bundle ${digest}`;
    if (bundle === undefined) byBundle.push({ bad, title });
    else byBundle.push(attempt(title, () => ({ good: verifyParsed(bundle, against), bundle: digest })));
    // Anybody who may write to the store may attach more.
    if (byBundle.some(isGood)) break;
  }
  const bySignature = signatures.map(({ payload, annotations }, index) =>
    attempt(`.sig signature ${index + 1}`, () => ({ good: verifySignature(payload, annotations, against) })),
  );
  const found = [...byBundle, ...bySignature].find(isGood);
  if (found === undefined) throw noneGood(verification, [...byBundle, ...bySignature]);
  const shadowed = found.bundle === undefined && parsed.some(({ bundle }) => bundle !== undefined);
  const unread = found.bundle !== undefined && bySignature.length > 0 && !bySignature.some(isGood);
  return {
    ...found.good,
    ...(found.bundle === undefined ? {} : { bundle: found.bundle }),
    warnings: [...(shadowed ? [SHADOWED] : []), ...(unread ? [OLD_READERS] : [])],
  };
}

/** A bundle as cosign and Flux find it at an artifact; what they pass over is undefined, with the reason. */
function parseAttached(
  bytes: Uint8Array,
): { readonly bundle: ParsedBundle; readonly bad?: never } | { readonly bundle?: never; readonly bad: SlipwayError } {
  try {
    const bundle = parseBundle(bytes);
    if (bundle.version === '0.3') return { bundle };
    const reason = `it is a bundle v${bundle.version}, and cosign and Flux read those at artifacts from v0.3 on`;
    return { bad: refusal(reason, 'sign again with a current version') };
  } catch (thrown) {
    return { bad: untrusted(thrown) };
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

/** Sigstore bundles → whose signature it is over what is expected, or why it is none. */
import { createHash } from 'node:crypto';
import { digestOf } from '../../digest.ts';
import { SlipwayError } from '../../errors.ts';
import { STATEMENT_TYPE } from '../envelope.ts';
import { decodeStatement } from '../statement.ts';
import type { TrustRoot } from '../trust/root.ts';
import { strictJson } from '../trust/strict-json.ts';
import type { Verified } from './answer.ts';
import { type ParsedBundle, parseBundle, type SignedContent } from './parse.ts';
import type { Policy } from './policy.ts';
import { about, type Expected, quoted, refusal } from './refusal.ts';
import { authenticate } from './signer.ts';
import { provenanceOf, subjectFinder } from './subject.ts';

/** What a proof is verified against. */
export interface Verification {
  readonly subject: Expected;
  readonly policy: Policy;
  /** Needed for certificates; with keys, log entries and timestamps are verified where it is there. */
  readonly trust?: TrustRoot | undefined;
}

type MessageContent = Extract<SignedContent, { readonly kind: 'message' }>;

/**
 * Verifies a bundle v0.1 to v0.3 offline: format, signature, signer, log entries, timestamps, then what it speaks of.
 * Not authenticated by anybody, and therefore not used: the key's `hint`, the envelope's `keyid`, the certificates inside
 * timestamps. Throws `UNTRUSTED` with the reason and a remedy; `CONFIG` when the policy needs a trust root and there is none;
 * `INTERNAL` for content that is not that of the digest.
 */
export function verifyBundle(bytes: Uint8Array, verification: Verification): Verified {
  return about(verification.subject, () => openBundle(parseBundle(bytes), verification)(verification.subject));
}

/** A bundle whose signer is known: answers for one artifact after another, and throws a bare reason for each it does not prove. */
export type Opened = (subject: Expected) => Verified;

/** {@link verifyBundle} for a parsed bundle, as often as asked; its reasons are bare. */
export function openBundle(parsed: ParsedBundle, { policy, trust }: Omit<Verification, 'subject'>): Opened {
  const format = { what: 'format', detail: `Sigstore bundle v${parsed.version}` } as const;
  const { content } = parsed;
  if (content.kind === 'message') {
    return (subject) => {
      const authentic = authenticate(parsed, contentBehind(content, subject), policy, trust);
      const digest = { what: 'digest', detail: `the signature is over the bytes of ${subject.digest}` } as const;
      const notes =
        subject.name === undefined ? [] : ['a signature over bytes names nothing: only the digest was checked'];
      return { ...authentic, checked: [format, ...authentic.checked, digest], notes: [...authentic.notes, ...notes] };
    };
  }
  const { type, payload, signed } = content;
  if (type !== STATEMENT_TYPE) {
    throw refusal(
      `what it signs is of type ${quoted(type)}, not an in-toto statement`,
      'sign the artifact, or attest it',
    );
  }
  const authentic = authenticate(parsed, signed, policy, trust);
  const statement = statementIn(payload);
  const provenance = provenanceOf(statement);
  const find = subjectFinder(statement);
  return (subject) => {
    const found = find(subject);
    return {
      ...authentic,
      checked: [format, ...authentic.checked, ...found.checked],
      notes: [...authentic.notes, ...found.notes],
      predicateType: statement.predicateType,
      ...(provenance === undefined ? {} : { provenance }),
    };
  };
}

function statementIn(payload: Uint8Array): ReturnType<typeof decodeStatement> {
  try {
    strictJson(payload);
  } catch (thrown) {
    throw refusal(`the signed statement cannot be read: ${(thrown as Error).message}`, 'sign again');
  }
  return decodeStatement(payload);
}

function contentBehind({ hash, digest: said }: MessageContent, { content, digest }: Expected): Uint8Array {
  if (content === undefined) {
    throw refusal(
      'it signs bytes, not a statement about a digest, and the bytes are not at hand',
      'artifacts in registries are proved by statements, other proofs count for files only: sign the artifact',
    );
  }
  if (digestOf(content) !== digest) {
    throw new SlipwayError('INTERNAL', 'The content to verify is not that of the expected digest');
  }
  if (!createHash(hash).update(content).digest().equals(said)) {
    throw refusal('it is about another file, by the digest that it names', 'give the file that was signed');
  }
  return content;
}

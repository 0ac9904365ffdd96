/** The library's errors in our words, each with what to do. */
import { PolicyError, VerificationError } from '@sigstore/verify';
import { SlipwayError } from '../../errors.ts';
import { refusal } from './refusal.ts';

interface Reason {
  /** Matched against the library's message and, behind a slash, its cause's. */
  readonly found: RegExp;
  readonly state: string;
  readonly hint: string;
}

const ROOT = 'use the trusted root of the Sigstore instance that signed (--trusted-root), and renew an old one';
const AGAIN = 'the proof was changed or belongs to something else: sign again';
const CLOCK = 'sign again; if it happens again, set the clock of the machine that signs';

/** Read from the top: the first that is found is it. Messages of `@sigstore/verify` 4.1.3. */
const REASONS: readonly Reason[] = [
  {
    found: /^Failed to verify certificate chain \/ certificate is not valid or expired/,
    state: 'its certificate was not valid when it was used: the proven time lies outside its lifetime',
    hint: CLOCK,
  },
  {
    found: /^Failed to verify certificate chain \/ no (?:valid|trusted) certificate path/,
    state: 'its certificate was not issued by an authority of the trusted root',
    hint: ROOT,
  },
  {
    found: /^Failed to verify certificate chain$/,
    state: 'the trusted root has no certificate authority for the time of the signature',
    hint: ROOT,
  },
  { found: /^Failed to verify certificate chain/, state: 'its certificate chain is not valid', hint: ROOT },
  {
    found: /SCTs?, got|duplicate SCT/,
    state: 'its certificate is not in a certificate log',
    hint: 'a private Sigstore without such a log needs a trusted root of its own, without "ctlogs"',
  },
  {
    found: /SCT verification failed/,
    state: 'the signature of the certificate log is not valid, or the trusted root does not have that log',
    hint: ROOT,
  },
  {
    found: /expected \d+ timestamps/,
    state: 'nothing proves when it was signed, and its certificate is valid for minutes only',
    hint: 'sign with a transparency log that stamps its entries (Rekor v1) or with a timestamp authority',
  },
  { found: /duplicate timestamp/, state: 'it has the same timestamp twice', hint: AGAIN },
  {
    found: /timestamp could not be verified/,
    state: 'its timestamp is of another signature, or not by a timestamp authority of the trusted root at that time',
    hint: ROOT,
  },
  {
    found: /inclusion promise could not be verified/,
    state: 'the log did not sign its entry (inclusion promise)',
    hint: ROOT,
  },
  {
    found: /checkpoint|calculated root hash|hash count|invalid index|inclusion proof log index|inclusion could not/,
    state: 'its log entry is not proven to be in the log',
    hint: AGAIN,
  },
  {
    found: /expected \d+ tlog entries/,
    state: 'it is in no transparency log',
    hint: 'sign again with a transparency log; a private Sigstore needs one too',
  },
  { found: /duplicate tlog entry/, state: 'it has the same log entry twice', hint: AGAIN },
  {
    found:
      /signature mismatch|count mismatch|digest mismatch|payload hash mismatch|kind\/version mismatch|canonicalized body/,
    state: 'its log entry is about another signature',
    hint: AGAIN,
  },
  { found: /signature verification failed/, state: 'the signature does not match what is signed', hint: AGAIN },
];

/** What the library threw as a bare `UNTRUSTED` reason; what it did not foresee is a malformed proof, never a crash. */
export function reasonOf(thrown: unknown): SlipwayError {
  if (thrown instanceof SlipwayError) return thrown;
  if (!(thrown instanceof VerificationError || thrown instanceof PolicyError)) {
    return refusal('one of its parts cannot be read', AGAIN, thrown);
  }
  const cause: unknown = thrown.cause;
  const message = cause instanceof Error ? `${thrown.message} / ${cause.message}` : thrown.message;
  const reason = REASONS.find(({ found }) => found.test(message));
  return refusal(reason?.state ?? thrown.message, reason?.hint ?? AGAIN, thrown);
}

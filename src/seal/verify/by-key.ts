/** The policy of keys. */
import type { PublicKey } from '../keys/public-key.ts';
import type { TrustRoot } from '../trust/root.ts';
import type { Check } from './answer.ts';
import { checkLogEntry } from './log-entry.ts';
import type { ParsedBundle } from './parse.ts';
import type { KeyPolicy } from './policy.ts';
import { type Authentic, logEntriesOf, provenBy } from './proven.ts';
import { refusal } from './refusal.ts';
import { isSignedBy } from './signed-by.ts';
import { confirm } from './signed-entity.ts';

/** Verifies that one of the keys signed `signed`; with a trust root also log entries and timestamps, where there are any. */
export function authenticateKey(
  parsed: ParsedBundle,
  signed: Uint8Array,
  policy: KeyPolicy,
  root: TrustRoot | undefined,
): Authentic {
  if (parsed.signer.kind === 'certificate') {
    throw refusal(
      'it is signed with a certificate, and a key is expected',
      'verify it by identity and issuer, or sign with the key; Flux and cosign refuse it with this key too',
    );
  }
  const key = signingKey(parsed, signed, policy.keys, parsed.signer.hint);
  const fingerprint = fingerprintOf(key.hint);
  const signer = { kind: 'key', fingerprint } as const;
  const signature: Check = { what: 'signature', detail: `made with the key ${fingerprint}` };
  const entries = logEntriesOf(parsed);
  const stamps = parsed.bundle.verificationMaterial.timestampVerificationData?.rfc3161Timestamps ?? [];
  const unread = entries.length + stamps.length > 0;
  if (root === undefined || (policy.requireLog !== true && !unread)) {
    const notes = unread ? ['its log entries and timestamps were not checked: there is no trusted root'] : [];
    return { signer, checked: [signature], notes };
  }
  const der = key.key.export({ format: 'der', type: 'spki' });
  for (const entry of entries) checkLogEntry(entry, parsed.content, der, root);
  const material = { ...root.material, publicKey: () => ({ publicKey: key.key, validFor: () => true }) };
  const thresholds = { tlogThreshold: policy.requireLog === true ? 1 : 0, timestampThreshold: 0 };
  const confirmed = confirm({ parsed, signed, isSigned: (_, ...rest) => key.verify(...rest) }, material, thresholds);
  return { signer, notes: [], ...provenBy(parsed, confirmed, root, [signature]) };
}

/** A hint as messages and answers show it. */
const fingerprintOf = (hint: string): string => `sha256:${Buffer.from(hint, 'base64').toString('hex')}`;

/** cosign and sigstore-js put the key's sha256 into the hint, which tells a wrong key from changed bytes. */
function signingKey(
  { signature }: ParsedBundle,
  signed: Uint8Array,
  keys: readonly PublicKey[],
  hint: string,
): PublicKey {
  const key = keys.find((candidate) => candidate.verify(signed, signature));
  if (key !== undefined) return key;
  if (keys.some((candidate) => isSignedBy(candidate.key, signed, signature))) {
    throw refusal(
      'it is signed over a longer hash, and with a key cosign and Flux verify sha256 only',
      'sign with slipway, or with a P-256 key: cosign signs so with longer keys and then refuses it itself',
    );
  }
  if (Buffer.from(hint, 'base64').length !== 32 || keys.some((candidate) => candidate.hint === hint)) {
    const wanted = keys.length === 1 ? 'the expected key' : `any of the ${keys.length} expected keys`;
    throw refusal(
      `the signature was not made with ${wanted}, or what is signed was changed`,
      'check the key; what cosign 3 signs with Ed25519 (Ed25519ph) it refuses itself: sign with slipway, or with a P-256 key',
    );
  }
  const wanted = keys.map((candidate) => fingerprintOf(candidate.hint)).join(' or ');
  throw refusal(
    `it is signed with another key, ${fingerprintOf(hint)}`,
    `expected ${wanted}: give the right key, or sign with it`,
  );
}

/** The policy of identities: keyless signatures. */

import type { ProvedBy } from '../../model.ts';
import type { TrustRoot } from '../trust/root.ts';
import type { Check } from './answer.ts';
import { type CertificateClaims, checkPurpose, claimsOf } from './certificate.ts';
import { checkLogEntry } from './log-entry.ts';
import type { ParsedBundle } from './parse.ts';
import type { IdentityPolicy } from './policy.ts';
import { type Authentic, logEntriesOf, provenBy } from './proven.ts';
import { quoted, refusal } from './refusal.ts';
import { isSignedBy } from './signed-by.ts';
import { type Confirmed, confirm } from './signed-entity.ts';

/** Verifies that a certificate with the policy's identity signed `signed` within its lifetime. */
export function authenticateIdentity(
  parsed: ParsedBundle,
  signed: Uint8Array,
  policy: IdentityPolicy,
  root: TrustRoot,
): Authentic {
  if (parsed.signer.kind === 'key') {
    throw refusal(
      'it is signed with a key, and a certificate is expected',
      'verify it with that key (--key), or sign keyless',
    );
  }
  const { leaf } = parsed.signer;
  checkPurpose(leaf);
  for (const entry of logEntriesOf(parsed)) checkLogEntry(entry, parsed.content, leaf, root);
  const confirmed = certified(parsed, signed, policy, root);
  const signer = signerOf(claimsOf(confirmed.signer), policy);
  const logged: readonly Check[] = policy.without?.includes('certificate log')
    ? []
    : [{ what: 'certificate log', detail: 'the certificate is in one of the trusted root' }];
  const checked: readonly Check[] = [
    { what: 'signature', detail: 'made with the key of its certificate' },
    { what: 'certificate', detail: 'issued by an authority of the trusted root, and valid when it signed' },
    ...logged,
    { what: 'identity', detail: `${quoted(signer.identity)} of ${quoted(signer.issuer)}` },
  ];
  return { signer, notes: [], ...provenBy(parsed, confirmed, root, checked) };
}

function certified(
  parsed: ParsedBundle,
  signed: Uint8Array,
  { without = [] }: IdentityPolicy,
  root: TrustRoot,
): Confirmed {
  const publicKey = (): never => {
    throw refusal('it is signed with a key, and a certificate is expected', 'sign keyless');
  };
  return confirm(
    { parsed, signed, isSigned: isSignedBy },
    { ...root.material, publicKey },
    {
      tlogThreshold: without.includes('log') ? 0 : 1,
      ctlogThreshold: without.includes('certificate log') ? 0 : 1,
      // Never 0: without a time the library does not look at the certificate's chain at all.
      timestampThreshold: 1,
    },
  );
}

function signerOf(
  claims: CertificateClaims,
  policy: IdentityPolicy,
): Extract<ProvedBy, { readonly kind: 'certificate' }> {
  const { identity, issuer } = claims;
  if (issuer === undefined || !policy.issuer.accepts(issuer)) {
    const found = issuer === undefined ? 'not named' : quoted(issuer);
    throw refusal(
      `the issuer of its identity is ${found}, expected ${policy.issuer.shown}`,
      'if this issuer is right, name it in the policy (--certificate-oidc-issuer)',
    );
  }
  if (!policy.identity.accepts(identity)) {
    throw refusal(
      `it is signed by ${quoted(identity)}, expected ${policy.identity.shown}`,
      'if this identity may sign, name it in the policy (--certificate-identity)',
    );
  }
  return { kind: 'certificate', ...claims, issuer };
}

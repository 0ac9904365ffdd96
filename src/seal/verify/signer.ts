/** Whether the right one has signed. */
import { SlipwayError } from '../../errors.ts';
import type { TrustRoot } from '../trust/root.ts';
import { authenticateIdentity } from './by-identity.ts';
import { authenticateKey } from './by-key.ts';
import type { ParsedBundle } from './parse.ts';
import type { Policy } from './policy.ts';
import type { Authentic } from './proven.ts';

/**
 * Verifies who signed `signed`. Throws a bare `UNTRUSTED` reason, and `CONFIG` where the policy needs a trust root and there
 * is none.
 */
export function authenticate(
  parsed: ParsedBundle,
  signed: Uint8Array,
  policy: Policy,
  root: TrustRoot | undefined,
): Authentic {
  if (policy.kind === 'key' && policy.requireLog !== true) return authenticateKey(parsed, signed, policy, root);
  if (root === undefined) {
    throw new SlipwayError('CONFIG', 'Cannot verify certificates or log entries: there is no trusted root', {
      hint: 'name the trusted_root.json of the Sigstore instance (--trusted-root)',
    });
  }
  if (policy.kind === 'key') return authenticateKey(parsed, signed, policy, root);
  return authenticateIdentity(parsed, signed, policy, root);
}

/** Whose signatures count, in the words of Notation's trust policies (trust-store-trust-policy v1.1 "Trusted identities"). */
import { SlipwayError } from '../../errors.ts';
import type { Certificate } from './certificate.ts';
import { parseName } from './name.ts';

/** Attributes that a certificate's subject has to have; it may have others too. */
export interface TrustedIdentity {
  /** As the user wrote it. */
  readonly shown: string;
  readonly attributes: ReadonlyMap<string, string>;
}

const PREFIX = 'x509.subject:';
/** Without one of these, notation does not take an identity. */
const NEEDED: readonly string[] = ['C', 'ST', 'O'];

/**
 * Reads `x509.subject: C=US, ST=WA, O=Example`, as it stands in `trustedIdentities` of a trust policy. Throws `CONFIG` where
 * notation would refuse the policy: another prefix, a name it cannot read, or one without C, ST and O.
 */
export function readTrustedIdentity(text: string): TrustedIdentity {
  const attributes = text.startsWith(PREFIX) ? parseName(text.slice(PREFIX.length)) : undefined;
  if (attributes !== undefined && NEEDED.every((type) => (attributes.get(type) ?? '') !== '')) {
    return { shown: text, attributes };
  }
  throw new SlipwayError(
    'CONFIG',
    `Cannot read the Notation identity "${text}": it has no form that Notation compares`,
    {
      hint: 'write "x509.subject: C=…, ST=…, O=…", with more attributes if need be; without identities every certificate of the roots counts',
    },
  );
}

/**
 * Whether the certificate is one of the identities. False as well where Notation cannot compare its subject: an attribute
 * twice, one of a type that Go does not name, or none of C, ST, O.
 */
export function isTrusted({ subject }: Certificate, identities: readonly TrustedIdentity[]): boolean {
  const own = new Map(subject.map(({ type, value }) => [type, value]));
  if (own.has(undefined) || own.size < subject.length) return false;
  return identities.some(({ attributes }) => [...attributes].every(([type, value]) => own.get(type) === value));
}

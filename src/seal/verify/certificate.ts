/** What a signing certificate claims (Fulcio's `docs/oid-info.md` and `certificate-specification.md`), once its chain is verified. */
import { X509Certificate } from 'node:crypto';
import type { Signer } from '@sigstore/verify';
import { decode, type Element, inside, TAG } from '../../wire/sigstore/der.ts';
import { quoted, refusal } from './refusal.ts';

/** Whom and what a certificate names. */
export interface CertificateClaims {
  /** The one subject alternative name: a URI (a workflow), a mail address, a host or a user name. */
  readonly identity: string;
  /** The OIDC issuer that vouched for it; undefined where no issuer is named. */
  readonly issuer: string | undefined;
  /** URL of the source repository, its commit and the CI run, where the issuer told them. */
  readonly repository?: string;
  readonly commit?: string;
  readonly run?: string;
}

const SUBJECT_ALT_NAME = '2.5.29.17';
const CODE_SIGNING = '1.3.6.1.5.5.7.3.3';
const FULCIO = '1.3.6.1.4.1.57264.1';
/** `1.3.6.1.4.1.57264.1.7`, in the form in which an otherName holds it. */
const USER_NAME = Buffer.from('060a2b0601040183bf300107', 'hex');
const UTF8_STRING = 0x0c;
/** rfc822Name, dNSName, uniformResourceIdentifier (RFC 5280 4.2.1.6). */
const TEXT_NAMES: readonly number[] = [0x81, 0x82, 0x86];

const HINT =
  'certificates of Fulcio name exactly one identity and are for code signing: check which authority issued it';

/**
 * Refuses a leaf that is not for signing code. A certificate authority may issue others as well, for TLS say, to people who
 * may not sign; the library looks at the chain only. Throws a bare `UNTRUSTED` reason.
 */
export function checkPurpose(leaf: Uint8Array): void {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(leaf);
  } catch (thrown) {
    throw refusal('its certificate cannot be read', HINT, thrown);
  }
  if (certificate.ca) throw refusal('its certificate is that of an authority, not of a signer', HINT);
  // What Node.js calls key usage is the extended key usage.
  const purposes: readonly string[] | undefined = certificate.keyUsage;
  if (purposes?.includes(CODE_SIGNING) !== true) throw refusal('its certificate is not for code signing', HINT);
}

/** The claims of a verified certificate. Throws a bare `UNTRUSTED` reason where it names nobody or several. */
export function claimsOf({ identity }: Signer): CertificateClaims {
  const extensions = new Map((identity?.oids ?? []).map(({ oid, value }) => [oid?.id.join('.') ?? '', value] as const));
  try {
    const text = (number: number): string | undefined => {
      const value = extensions.get(`${FULCIO}.${number}`);
      return value === undefined ? undefined : textOf(only(decode(value)));
    };
    const old = extensions.get(`${FULCIO}.1`);
    const [repository, commit, run] = [text(12), text(13), text(21)];
    return {
      identity: nameOf(extensions.get(SUBJECT_ALT_NAME)),
      issuer: text(8) ?? (old === undefined ? undefined : asciiOf(old)),
      ...(repository === undefined ? {} : { repository }),
      ...(commit === undefined ? {} : { commit }),
      ...(run === undefined ? {} : { run }),
    };
  } catch (thrown) {
    throw refusal(`its certificate cannot be used: ${(thrown as Error).message}`, HINT, thrown);
  }
}

function nameOf(extension: Buffer | undefined): string {
  const names = extension === undefined ? [] : (inside(only(decode(extension)), TAG.sequence) ?? []);
  const [name, ...others] = names;
  if (name === undefined || others.length > 0) throw new Error(`it names ${names.length} identities instead of one`);
  if (TEXT_NAMES.includes(name.tag)) return asciiOf(name.content);
  const content = Buffer.from(name.content);
  if (name.tag !== TAG.context0 || !content.subarray(0, USER_NAME.length).equals(USER_NAME)) {
    throw new Error('it names an identity of an unknown kind');
  }
  const [value] = inside(only(decode(content.subarray(USER_NAME.length))), TAG.context0) ?? [];
  return textOf(value);
}

function only(elements: readonly Element[] | undefined): Element | undefined {
  if (elements?.length !== 1) throw new Error('one of its extensions is malformed');
  return elements[0];
}

/** What Fulcio's newer extensions hold. */
function textOf(element: Element | undefined): string {
  if (element?.tag !== UTF8_STRING) throw new Error('one of its extensions is malformed');
  return new TextDecoder('utf-8', { fatal: true }).decode(element.content);
}

/** Printable ASCII. Eight bits matter: read with seven, other bytes would pass for letters. */
function asciiOf(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString('latin1');
  if (!/^[\x21-\x7e]+$/.test(text)) throw new Error(`it names ${quoted(text)}, which is no identity`);
  return text;
}

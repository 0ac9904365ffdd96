/** The extensions of a certificate that Notation's rules are about (RFC 5280 4.2.1). */
import { decode, type Element, inside, TAG } from '../../wire/sigstore/der.ts';

/** What a certificate says of its use. */
export interface Extensions {
  /** There when basicConstraints say `CA:TRUE`. `pathLength`: how many authorities may stand below it, without end if absent. */
  readonly authority?: { readonly pathLength?: number };
  /** keyUsage: its first nine bits, `digitalSignature` being the highest (0x100). */
  readonly usage?: { readonly bits: number; readonly critical: boolean };
  /** extendedKeyUsage, as OIDs in hexadecimal DER; empty when there is none. */
  readonly purposes: readonly string[];
}

/** Bits of {@link Extensions.usage}. */
export const USAGE = { digitalSignature: 0x100, contentCommitment: 0x80, keyCertSign: 0x08 } as const;

const BASIC_CONSTRAINTS = '551d13';
const KEY_USAGE = '551d0f';
const EXTENDED_KEY_USAGE = '551d25';
const BIT_STRING = 0x03;

interface Extension {
  readonly critical: boolean;
  readonly value: Uint8Array;
}

/** Reads the `Extensions` of a certificate; undefined: it has none. Throws a plain `Error` where they are malformed or there twice. */
export function readExtensions(list: Element | undefined): Extensions {
  const found = new Map<string, Extension>();
  for (const element of list === undefined ? [] : need(inside(list, TAG.sequence))) {
    const parts = need(inside(element, TAG.sequence));
    const [oid, critical] = parts;
    const value = parts.at(-1);
    if (oid?.tag !== TAG.oid || value?.tag !== TAG.octets || parts.length > 3) throw malformed();
    const id = hex(oid);
    if (found.has(id)) throw new Error('it has the same extension twice');
    found.set(id, { critical: critical?.tag === TAG.boolean && isTrue(critical), value: value.content });
  }
  const purposes = found.get(EXTENDED_KEY_USAGE);
  return {
    ...authorityOf(found.get(BASIC_CONSTRAINTS)),
    ...usageOf(found.get(KEY_USAGE)),
    purposes: purposes === undefined ? [] : sequenceIn(purposes).map(hex),
  };
}

function authorityOf(extension: Extension | undefined): Pick<Extensions, 'authority'> {
  const [flag, length] = extension === undefined ? [] : sequenceIn(extension);
  if (flag?.tag !== TAG.boolean || !isTrue(flag)) return {};
  if (length === undefined) return { authority: {} };
  const { tag, content } = length;
  if (tag !== TAG.integer || content.length === 0 || content.length > 4) throw malformed();
  const pathLength = Buffer.from(content).readIntBE(0, content.length);
  if (pathLength < 0) throw malformed();
  return { authority: { pathLength } };
}

/** DER has one true and one false; a third form would be one of them to each reader. */
function isTrue({ content }: Element): boolean {
  const [value, ...more] = content;
  if (more.length > 0 || (value !== 0xff && value !== 0)) throw malformed();
  return value === 0xff;
}

function usageOf(extension: Extension | undefined): Pick<Extensions, 'usage'> {
  if (extension === undefined) return {};
  const [bits, ...others] = need(decode(extension.value));
  if (bits?.tag !== BIT_STRING || others.length > 0) throw malformed();
  // The first byte counts the unused bits at the end, which are zero.
  const [, first = 0, second = 0] = bits.content;
  return { usage: { bits: (first << 1) | (second >> 7), critical: extension.critical } };
}

function sequenceIn({ value }: Extension): readonly Element[] {
  const [sequence, ...others] = need(decode(value));
  if (others.length > 0) throw malformed();
  return need(inside(sequence, TAG.sequence));
}

const hex = ({ content }: Element): string => Buffer.from(content).toString('hex');
const malformed = (): Error => new Error('its extensions are malformed');

function need<T>(value: T | undefined): T {
  if (value === undefined) throw malformed();
  return value;
}

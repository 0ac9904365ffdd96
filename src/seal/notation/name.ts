/** Names of certificate subjects: as attributes, and as the text that trust policies have (RFC 4514). */
import { type Element, inside, TAG } from '../../wire/sigstore/der.ts';

/** One attribute of a name. */
export interface NameAttribute {
  /** `CN`, `O` and so on; undefined for those that Notation cannot compare, mail addresses for instance. */
  readonly type: string | undefined;
  readonly value: string;
}

/** Attributes `2.5.4.N` that Go gives a name (`crypto/x509/pkix`); any other makes Notation refuse to compare. */
const TYPES: Readonly<Record<number, string>> = {
  3: 'CN',
  5: 'SERIALNUMBER',
  6: 'C',
  7: 'L',
  8: 'ST',
  9: 'STREET',
  10: 'O',
  11: 'OU',
  17: 'POSTALCODE',
};

const SET = 0x31;
/** UTF8String, PrintableString, IA5String. */
const TEXTS: readonly number[] = [0x0c, 0x13, 0x16];

/** The attributes of a `Name` in its order (RFC 5280 4.1.2.4). Throws a plain `Error` for anything else. */
export function nameAttributes(name: Element | undefined): readonly NameAttribute[] {
  return need(inside(name, TAG.sequence)).flatMap((set) => need(inside(set, SET)).map(attribute));
}

function attribute(element: Element): NameAttribute {
  const [oid, value] = need(inside(element, TAG.sequence));
  if (oid?.tag !== TAG.oid || value === undefined) throw new Error('its subject or issuer is malformed');
  const [one, two, number, ...more] = oid.content;
  const named = one === 0x55 && two === 4 && number !== undefined && more.length === 0 && TEXTS.includes(value.tag);
  return { type: named ? TYPES[number] : undefined, value: Buffer.from(value.content).toString('utf8') };
}

function need<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('its subject or issuer is malformed');
  return value;
}

/** A name for messages: `CN=Release, O=Example`. */
export function shownName(attributes: readonly NameAttribute[]): string {
  return attributes.map(({ type = '?', value }) => `${type}=${value}`).join(', ');
}

const ATTRIBUTE = / *([A-Za-z]+) *=((?:\\[\s\S]|[^\\,;+])*)([,;]|$)/gy;
const ESCAPED = /\\(?:([0-9A-Fa-f]{2})|([ "#+,;<=>\\]))|([^\\]+)/gy;

/**
 * Reads a name as Notation does (notation-go 1.3.2 `internal/pkix`): attributes by their types, `S` is `ST`. Undefined for
 * text that is no such name, for two attributes of a type, and for the forms `A=1+B=2` and `A=#hex`.
 */
export function parseName(text: string): ReadonlyMap<string, string> | undefined {
  const found = [...text.matchAll(ATTRIBUTE)];
  const isWhole = found.reduce((length, [match]) => length + match.length, 0) === text.length;
  if (!isWhole || text.includes('=#') || found.at(-1)?.[3] !== '') return undefined;
  const attributes = new Map<string, string>();
  for (const [, written = '', escaped = ''] of found) {
    const type = written === 'S' ? 'ST' : written;
    const value = unescaped(trimmed(escaped));
    if (value === undefined || attributes.has(type)) return undefined;
    attributes.set(type, value);
  }
  return attributes;
}

/** Without the spaces around it, but with one that is escaped. */
function trimmed(value: string): string {
  const start = value.replace(/^ +/, '');
  const end = start.replace(/ +$/, '');
  const slashes = /\\*$/.exec(end)?.[0].length ?? 0;
  return slashes % 2 === 1 && end.length < start.length ? start.slice(0, end.length + 1) : end;
}

/** Undoes `\,` and `\2C`; several of the latter may be one letter of UTF-8. */
function unescaped(value: string): string | undefined {
  const found = [...value.matchAll(ESCAPED)];
  if (found.reduce((length, [match]) => length + match.length, 0) !== value.length) return undefined;
  const parts = found.map(([, hex, special, plain]) =>
    Buffer.from(hex ?? special ?? plain ?? '', hex ? 'hex' : 'utf8'),
  );
  return Buffer.concat(parts).toString('utf8');
}

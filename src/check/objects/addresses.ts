/** IP addresses, ranges of them, host names and URLs. */
import type { Look } from './look.ts';
import { quote, type Site } from './site.ts';
import { DNS_SUBDOMAIN, type Form, given } from './texts.ts';

/** From this minor version on addresses must be written without leading zeros, and ranges with zeros behind the mask. */
const STRICT_SINCE = 36;

/** An address, read. */
interface Address {
  readonly family: 4 | 6;
  /** 4 or 16 numbers. */
  readonly bytes: readonly number[];
  /** Whether it is written as newer servers demand. */
  readonly strict: boolean;
}

/** A range of addresses, read. */
interface Range extends Address {
  readonly bits: number;
}

function readIPv4(text: string): Address | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d+$/.test(part))) return undefined;
  const bytes = parts.map(Number);
  if (bytes.some((byte) => byte > 255)) return undefined;
  return { family: 4, bytes, strict: parts.every((part) => part === '0' || !part.startsWith('0')) };
}

function groupsOf(half: string): readonly string[] {
  return half === '' ? [] : half.split(':');
}

function readIPv6(text: string): Address | undefined {
  const tail = text.slice(text.lastIndexOf(':') + 1);
  const ipv4 = tail.includes('.') ? readIPv4(tail) : undefined;
  if (tail.includes('.') && ipv4 === undefined) return undefined;
  const [a = 0, b = 0, c = 0, d = 0] = ipv4?.bytes ?? [];
  const hex = (high: number, low: number): string => ((high << 8) | low).toString(16);
  const whole = ipv4 === undefined ? text : `${text.slice(0, -tail.length)}${hex(a, b)}:${hex(c, d)}`;
  const halves = whole.split('::');
  const [left = [], right = []] = halves.map(groupsOf);
  const missing = 8 - left.length - right.length;
  if (halves.length > 2 || (halves.length === 2 ? missing < 1 : missing !== 0)) return undefined;
  const groups = [...left, ...Array.from({ length: missing }, () => '0'), ...right];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  const bytes = groups.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255]);
  const mapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255;
  return { family: mapped ? 4 : 6, bytes: mapped ? bytes.slice(12) : bytes, strict: !mapped && ipv4?.strict !== false };
}

function readAddress(text: string): Address | undefined {
  return text.includes(':') ? readIPv6(text) : readIPv4(text);
}

/** Whether a text is an IP address as any server reads it. */
export function isAddress(text: string): boolean {
  return readAddress(text) !== undefined;
}

/** The family of an address: 4 or 6. */
export function familyOf(text: string): 4 | 6 | undefined {
  return readAddress(text)?.family;
}

function bitAt(bytes: readonly number[], bit: number): number {
  return ((bytes[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1;
}

function readRange(text: string): Range | undefined {
  const [host = '', size = '', ...rest] = text.split('/');
  const address = readAddress(host);
  if (address === undefined || rest.length > 0 || !/^\d{1,3}$/.test(size)) return undefined;
  const bits = Number(size);
  const most = address.bytes.length * 8;
  if (bits > most) return undefined;
  let rests = 0;
  for (let bit = bits; bit < most; bit += 1) rests += bitAt(address.bytes, bit);
  return { ...address, bits, strict: address.strict && rests === 0 && String(bits) === size };
}

/** The family of a range: 4 or 6. */
export function familyOfRange(text: string): 4 | 6 | undefined {
  return readRange(text)?.family;
}

/** Whether one range lies in another and is smaller; undefined where one of them is no range. */
export function isStrictlyWithin(inner: string, outer: string): boolean | undefined {
  const [a, b] = [readRange(inner), readRange(outer)];
  if (a === undefined || b === undefined) return undefined;
  if (a.family !== b.family || a.bits <= b.bits) return false;
  for (let bit = 0; bit < b.bits; bit += 1) if (bitAt(a.bytes, bit) !== bitAt(b.bytes, bit)) return false;
  return true;
}

/** One address. */
export const IP_ADDRESS: Form = {
  rule: 'object/address',
  name: 'an IP address such as 10.9.8.7 or 2001:db8::1',
  made: '',
  fits: (text, minor) => {
    const address = readAddress(text);
    return address !== undefined && (minor < STRICT_SINCE || address.strict);
  },
};

/** A range of addresses. */
export const ADDRESS_RANGE: Form = {
  rule: 'object/address',
  name: 'an address range such as 10.9.8.0/24 or 2001:db8::/64',
  made: '',
  fits: (text, minor) => {
    const range = readRange(text);
    return range !== undefined && (minor < STRICT_SINCE || range.strict);
  },
};

/** What makes an address useless as the end of a connection. */
function useless({ family, bytes }: Address): string | undefined {
  const [a = 0, b = 0, c = 0] = bytes;
  if (bytes.every((byte) => byte === 0)) return 'the unspecified address';
  if (family === 4) {
    if (a === 127) return 'a loopback address';
    if (a === 169 && b === 254) return 'a link-local address';
    return a === 224 && b === 0 && c === 0 ? 'a link-local multicast address' : undefined;
  }
  if (bytes.slice(0, 15).every((byte) => byte === 0) && bytes[15] === 1) return 'a loopback address';
  if (a === 0xfe && (b & 0xc0) === 0x80) return 'a link-local address';
  return a === 0xff && (b & 0x0f) === 2 ? 'a link-local multicast address' : undefined;
}

const address = given(IP_ADDRESS);

/** An address that others can reach. */
export const endpointAddress: Look = (value, site) => {
  address(value, site);
  const read = typeof value === 'string' && IP_ADDRESS.fits(value, site.minor) ? readAddress(value) : undefined;
  const problem = read === undefined ? undefined : useless(read);
  if (problem === undefined) return;
  site.breach(
    'object/address',
    `${site.name()} is ${quote(value)}, ${problem}, which the API server does not take here`,
    {
      found: problem,
      expected: 'an address that others can reach',
    },
  );
};

/** A host name, with `*.` before it or not, but no address. */
export const HOST: Form = {
  rule: 'object/address',
  name: 'a host name such as "web.example.com"',
  made: 'a-z, 0-9, "-" and ".", with "*." at most at the beginning',
  fits: (text, minor) => {
    const name = text.startsWith('*.') ? text.slice(2) : text;
    return DNS_SUBDOMAIN.fits(name, minor);
  },
};

/** A host name that is no IP address. */
export const hostNotAddress: Look = (value, site) => {
  if (typeof value !== 'string' || value === '') return;
  if (!isAddress(value)) return given(HOST)(value, site);
  site.breach('object/address', `${site.name()} is ${quote(value)}, an IP address, but a host name is needed`, {
    found: 'an IP address',
    expected: 'a host name',
    hint: 'write the name that clients ask for, or remove it to answer for all names',
  });
};

/** The URL of a webhook: https, a host, and neither user, query nor fragment. */
export function webhookUrl(value: unknown, site: Site): void {
  if (typeof value !== 'string') return;
  const problem = urlProblem(value);
  if (problem === undefined) return;
  site.breach('object/address', `${site.name()} ${problem}`, {
    expected: 'a URL such as "https://webhook.example.com/check"',
  });
}

function urlProblem(text: string): string | undefined {
  const [, scheme, host, query, fragment] =
    /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)[^?#]*(\?[^#]*)?(#[\s\S]*)?$/i.exec(text) ?? [];
  if (scheme?.toLowerCase() !== 'https') return `is ${quote(text)}, which does not begin with "https://"`;
  if (host === undefined || host === '') return `is ${quote(text)}, which has no host`;
  if (host.includes('@')) return 'has a user name, which webhooks cannot have';
  if (query !== undefined) return 'has a query, which webhooks cannot have';
  return fragment === undefined ? undefined : 'has a fragment, which webhooks cannot have';
}

/** IP addresses and ranges of them, as numbers. */
import type { Comparable } from './compare.ts';

/** An address. */
export class Ip implements Comparable {
  readonly family: 4 | 6;
  readonly bits: bigint;

  constructor(family: 4 | 6, bits: bigint) {
    this.family = family;
    this.bits = bits;
  }

  equals(other: unknown): boolean {
    return other instanceof Ip && other.family === this.family && other.bits === this.bits;
  }
}

/** How many bits an address has. */
export function sizeOf({ family }: Ip): number {
  return family === 4 ? 32 : 128;
}

function parse4(text: string): bigint | undefined {
  const bytes = text.split('.');
  if (bytes.length !== 4 || !bytes.every((byte) => /^(?:0|[1-9]\d{0,2})$/.test(byte) && Number(byte) < 256)) {
    return undefined;
  }
  return bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

/** The last 32 bits may be written as IPv4. */
function withoutTail(text: string): string | undefined {
  const at = text.lastIndexOf(':') + 1;
  if (!text.includes('.')) return text;
  const tail = parse4(text.slice(at));
  return tail === undefined
    ? undefined
    : `${text.slice(0, at)}${(tail >> 16n).toString(16)}:${(tail & 0xffffn).toString(16)}`;
}

function parse6(text: string): bigint | undefined {
  const halves = withoutTail(text)?.split('::') ?? [];
  if (halves.length === 0 || halves.length > 2) return undefined;
  const [left = [], right = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - left.length - right.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...left, ...Array.from({ length: missing }, () => '0'), ...right];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return groups.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
}

/** The address in a text. IPv4 within IPv6, and zones, are none. */
export function ipOf(text: string): Ip | undefined {
  const four = parse4(text);
  if (four !== undefined) return new Ip(4, four);
  const six = text.includes(':') ? parse6(text) : undefined;
  return six === undefined || six >> 32n === 0xffffn ? undefined : new Ip(6, six);
}

/** The longest run of two zeros or more becomes `::`. */
function text6(bits: bigint): string {
  const groups = Array.from({ length: 8 }, (_, index) => (bits >> BigInt(112 - index * 16)) & 0xffffn);
  let [start, length] = [-1, 1];
  for (let from = 0; from < 8; from++) {
    let run = 0;
    while (from + run < 8 && groups[from + run] === 0n) run += 1;
    if (run > length) [start, length] = [from, run];
  }
  const written = groups.map((group) => group.toString(16));
  if (start === -1) return written.join(':');
  return `${written.slice(0, start).join(':')}::${written.slice(start + length).join(':')}`;
}

/** An address in its canonical form. */
export function ipText({ family, bits }: Ip): string {
  if (family === 6) return text6(bits);
  return [24n, 16n, 8n, 0n].map((shift) => (bits >> shift) & 0xffn).join('.');
}

/** A range of addresses; bits after the prefix may be set. */
export class Cidr implements Comparable {
  readonly ip: Ip;
  readonly prefix: number;

  constructor(ip: Ip, prefix: number) {
    this.ip = ip;
    this.prefix = prefix;
  }

  /** The bits that its addresses have in common. */
  private network({ bits }: Ip): bigint {
    return bits >> BigInt(sizeOf(this.ip) - this.prefix);
  }

  has(ip: Ip): boolean {
    return ip.family === this.ip.family && this.network(ip) === this.network(this.ip);
  }

  masked(): Cidr {
    const shift = BigInt(sizeOf(this.ip) - this.prefix);
    return new Cidr(new Ip(this.ip.family, (this.ip.bits >> shift) << shift), this.prefix);
  }

  equals(other: unknown): boolean {
    return other instanceof Cidr && other.prefix === this.prefix && other.ip.equals(this.ip);
  }
}

/** The range in a text. */
export function cidrOf(text: string): Cidr | undefined {
  const [, address = '', prefix = ''] = /^([^/]+)\/(0|[1-9]\d{0,2})$/.exec(text) ?? [];
  const ip = ipOf(address);
  return ip === undefined || prefix === '' || Number(prefix) > sizeOf(ip) ? undefined : new Cidr(ip, Number(prefix));
}

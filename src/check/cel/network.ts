/** Kubernetes' libraries of IP addresses and CIDRs. */
import type { Environment } from '@marcbachmann/cel-js';
import { Cidr, cidrOf, Ip, ipOf, ipText } from './address.ts';
import { fault } from './fault.ts';
import { functionsOf } from './functions.ts';

function ip(text: string): Ip {
  const parsed = ipOf(text);
  if (parsed === undefined) throw fault(`not an IP address: "${text}"`);
  return parsed;
}

function cidr(text: string): Cidr {
  const parsed = cidrOf(text);
  if (parsed === undefined) throw fault(`not a CIDR: "${text}"`);
  return parsed;
}

/** Whether an address begins like another one. */
const within =
  (four: string, six: string) =>
  (address: Ip): boolean =>
    [four, six].some((range) => cidrOf(range)?.has(address) === true);

const isLoopback = within('127.0.0.0/8', '::1/128');
const isUnspecified = within('0.0.0.0/32', '::/128');
const isLinkLocalUnicast = within('169.254.0.0/16', 'fe80::/10');
const isMulticast = within('224.0.0.0/4', 'ff00::/8');
const isBroadcast = within('255.255.255.255/32', '255.255.255.255/32');

/** The scope of an IPv6 multicast address is in the last four of its first 16 bits. */
function isLinkLocalMulticast(address: Ip): boolean {
  if (address.family === 4) return within('224.0.0.0/24', '224.0.0.0/24')(address);
  return isMulticast(address) && ((address.bits >> 112n) & 0xfn) === 2n;
}

function isGlobalUnicast(address: Ip): boolean {
  const special = [isUnspecified, isBroadcast, isLoopback, isMulticast, isLinkLocalUnicast];
  return !special.some((is) => is(address));
}

class IpNamespace {}

const IP = 'net.IP';
const CIDR = 'net.CIDR';

function containsCidr(outer: Cidr, inner: Cidr): boolean {
  return outer.has(inner.ip) && outer.prefix <= inner.prefix;
}

/** Adds addresses and ranges. */
export function addNetwork(environment: Environment): void {
  const add = functionsOf(environment);
  environment.registerType(IP, Ip);
  environment.registerOperator(`${IP} == ${IP}`, (one: Ip, other: Ip) => one.equals(other));
  environment.registerType('IpNamespace', IpNamespace);
  environment.registerConstant('ip', 'IpNamespace', new IpNamespace());
  add(`ip(string): ${IP}`, ip);
  add('isIP(string): bool', (text: string) => ipOf(text) !== undefined);
  add('IpNamespace.isCanonical(string): bool', (_: unknown, text: string) => ipText(ip(text)) === text);
  add(`${IP}.family(): int`, ({ family }: Ip) => BigInt(family));
  add(`${IP}.isUnspecified(): bool`, isUnspecified);
  add(`${IP}.isLoopback(): bool`, isLoopback);
  add(`${IP}.isLinkLocalMulticast(): bool`, isLinkLocalMulticast);
  add(`${IP}.isLinkLocalUnicast(): bool`, isLinkLocalUnicast);
  add(`${IP}.isGlobalUnicast(): bool`, isGlobalUnicast);
  add(`string(${IP}): string`, ipText);
  addCidrs(environment);
}

function addCidrs(environment: Environment): void {
  const add = functionsOf(environment);
  environment.registerType(CIDR, Cidr);
  environment.registerOperator(`${CIDR} == ${CIDR}`, (one: Cidr, other: Cidr) => one.equals(other));
  add(`cidr(string): ${CIDR}`, cidr);
  add('isCIDR(string): bool', (text: string) => cidrOf(text) !== undefined);
  add(`${CIDR}.containsIP(string): bool`, (range: Cidr, text: string) => range.has(ip(text)));
  add(`${CIDR}.containsIP(${IP}): bool`, (range: Cidr, address: Ip) => range.has(address));
  add(`${CIDR}.containsCIDR(string): bool`, (range: Cidr, text: string) => containsCidr(range, cidr(text)));
  add(`${CIDR}.containsCIDR(${CIDR}): bool`, containsCidr);
  add(`${CIDR}.ip(): ${IP}`, (range: Cidr) => range.ip);
  add(`${CIDR}.masked(): ${CIDR}`, (range: Cidr) => range.masked());
  add(`${CIDR}.prefixLength(): int`, ({ prefix }: Cidr) => BigInt(prefix));
  add(`string(${CIDR}): string`, ({ ip: address, prefix }: Cidr) => `${ipText(address)}/${prefix}`);
}

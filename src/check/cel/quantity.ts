/** Quantities such as `500m` and `1.5Gi`, in billionths. */
import type { Environment } from '@marcbachmann/cel-js';
import { isQuantity } from '../schema/formats.ts';
import type { Comparable } from './compare.ts';
import { fault } from './fault.ts';
import { functionsOf } from './functions.ts';

const NANO = 9;
const MAX = (1n << 63n) - 1n;

/** A quantity. `whole` says that Kubernetes can make an integer of it, which depends on how it is written. */
class Quantity implements Comparable {
  readonly nanos: bigint;
  readonly whole: boolean;

  constructor(nanos: bigint, whole: boolean) {
    this.nanos = nanos;
    this.whole = whole;
  }

  equals(other: unknown): boolean {
    return other instanceof Quantity && other.nanos === this.nanos;
  }
}

const GRAMMAR = /^([+-]?)(\d*)(?:\.(\d*))?([numkMGTPE]|[KMGTPE]i|[eE][+-]?\d+)?$/;

const DECIMAL = 'num kMGTPE';
const BINARY = 'KMGTPE';

/** Powers of ten, and of two, that a suffix stands for. */
function scaleOf(suffix: string): { readonly ten: number; readonly two: number } {
  if (suffix === '') return { ten: 0, two: 0 };
  if (suffix.endsWith('i')) return { ten: 0, two: (BINARY.indexOf(suffix.slice(0, 1)) + 1) * 10 };
  if (/^[eE]./.test(suffix)) return { ten: Number(suffix.slice(1)), two: 0 };
  return { ten: (DECIMAL.indexOf(suffix) - 3) * 3, two: 0 };
}

/** What is less than a billionth is rounded away from zero. */
function toNanos(digits: bigint, exponent: number): bigint {
  if (exponent >= 0) return digits * 10n ** BigInt(exponent);
  const divisor = 10n ** BigInt(-exponent);
  return (digits + divisor - 1n) / divisor;
}

function parse(text: string): Quantity | undefined {
  const [, sign, whole = '', fraction = '', suffix = ''] = GRAMMAR.exec(text) ?? [];
  if (sign === undefined || text.trim() !== text || !isQuantity(text)) return undefined;
  const { ten, two } = scaleOf(suffix);
  if (Math.abs(ten) > 1000) return undefined;
  const digits = BigInt(`${whole}${fraction}`) << BigInt(two);
  const exponent = ten - fraction.length;
  const size = toNanos(digits, exponent + NANO);
  const most = MAX * 10n ** BigInt(NANO);
  const capped = two > 0 && size > most ? most : size;
  const integer = capped % 10n ** BigInt(NANO) === 0n && capped / 10n ** BigInt(NANO) <= MAX;
  return new Quantity(sign === '-' ? -capped : capped, digits === 0n || (integer && isFast(text, exponent, two)));
}

/** Whether Kubernetes keeps the quantity as an integer: others it does not turn into one, whatever their value. */
function isFast(text: string, exponent: number, two: number): boolean {
  const digits = text.replace(/^[+-]?0*|[A-Za-z].*$|\./g, '').length;
  return two > 0 ? exponent === 0 && 14 - digits - Math.trunc((two * 3) / 10) >= 0 : exponent >= 0 && digits <= 18;
}

function quantity(text: string): Quantity {
  const parsed = parse(text);
  if (parsed === undefined) throw fault(`not a quantity: "${text}"`);
  return parsed;
}

const whole = (value: bigint): Quantity => new Quantity(value * 10n ** BigInt(NANO), true);
const plus = (one: Quantity, other: Quantity, sign: bigint): Quantity =>
  new Quantity(one.nanos + sign * other.nanos, one.whole && other.whole);
const order = (one: Quantity, other: Quantity): bigint =>
  one.nanos === other.nanos ? 0n : one.nanos < other.nanos ? -1n : 1n;

function asInteger(value: Quantity): bigint {
  if (!value.whole) throw fault('cannot convert value to integer');
  return value.nanos / 10n ** BigInt(NANO);
}

/** Adds quantities. */
export function addQuantities(environment: Environment): void {
  const add = functionsOf(environment);
  const type = 'kubernetes.Quantity';
  environment.registerType(type, Quantity);
  environment.registerOperator(`${type} == ${type}`, (one: Quantity, other: Quantity) => one.equals(other));
  add(`quantity(string): ${type}`, quantity);
  add('isQuantity(string): bool', (text: string) => parse(text) !== undefined);
  add(`sign(${type}): int`, ({ nanos }: Quantity) => (nanos === 0n ? 0n : nanos < 0n ? -1n : 1n));
  add(`${type}.isInteger(): bool`, (value: Quantity) => value.whole);
  add(`${type}.asInteger(): int`, asInteger);
  add(`${type}.asApproximateFloat(): double`, ({ nanos }: Quantity) => Number(nanos) / 10 ** NANO);
  add(`${type}.add(${type}): ${type}`, (one: Quantity, other: Quantity) => plus(one, other, 1n));
  add(`${type}.add(int): ${type}`, (one: Quantity, other: bigint) => plus(one, whole(other), 1n));
  add(`${type}.sub(${type}): ${type}`, (one: Quantity, other: Quantity) => plus(one, other, -1n));
  add(`${type}.sub(int): ${type}`, (one: Quantity, other: bigint) => plus(one, whole(other), -1n));
  add(`${type}.compareTo(${type}): int`, order);
  add(`${type}.isGreaterThan(${type}): bool`, (one: Quantity, other: Quantity) => order(one, other) === 1n);
  add(`${type}.isLessThan(${type}): bool`, (one: Quantity, other: Quantity) => order(one, other) === -1n);
}

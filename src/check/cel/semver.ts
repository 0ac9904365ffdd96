/** Semantic versions. */
import type { Environment } from '@marcbachmann/cel-js';
import type { Comparable } from './compare.ts';
import { fault } from './fault.ts';
import { functionsOf } from './functions.ts';

/** A version; what it was built from does not count. */
class Semver implements Comparable {
  readonly numbers: readonly [bigint, bigint, bigint];
  readonly stage: readonly string[];

  constructor(numbers: readonly [bigint, bigint, bigint], stage: readonly string[]) {
    this.numbers = numbers;
    this.stage = stage;
  }

  equals(other: unknown): boolean {
    return other instanceof Semver && order(this, other) === 0n;
  }
}

const NUMBER = '(0|[1-9]\\d*)';
const GRAMMAR = new RegExp(
  `^${NUMBER}\\.${NUMBER}\\.${NUMBER}(?:-([0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*))?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?$`,
);

const isNumber = (part: string): boolean => /^\d+$/.test(part);

function parse(text: string): Semver | undefined {
  const [whole, major = '', minor = '', patch = '', stage] = GRAMMAR.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const parts = stage === undefined ? [] : stage.split('.');
  const numbers = [BigInt(major), BigInt(minor), BigInt(patch)] as const;
  const tooBig = [...numbers, ...parts.filter(isNumber).map(BigInt)].some((number) => number >= 1n << 64n);
  return tooBig || parts.some((part) => /^0\d+$/.test(part)) ? undefined : new Semver(numbers, parts);
}

/** Takes a leading `v` and leading zeros away, and adds the numbers that are missing. */
function normal(text: string): string {
  const [major = '', minor = '', ...rest] = text.replace(/^v/, '').split('.');
  const given = [major, minor, rest.join('.')].slice(0, Math.min(3, text.split('.').length));
  const trimmed = given.map((part) => (part.length > 1 ? part.replace(/^0+/, '').replace(/^(?!\d)/, '0') : part));
  if (trimmed.length < 3 && /[+-]/.test(trimmed.at(-1) ?? '')) return '';
  while (trimmed.length < 3) trimmed.push('0');
  return trimmed.join('.');
}

function semver(text: string, normalize = false): Semver {
  const parsed = parse(normalize ? normal(text) : text);
  if (parsed === undefined) throw fault(`not a semantic version: "${text}"`);
  return parsed;
}

function partOrder(one: string, other: string): bigint {
  if (one === other) return 0n;
  if (isNumber(one) && isNumber(other)) return BigInt(one) < BigInt(other) ? -1n : 1n;
  if (isNumber(one) !== isNumber(other)) return isNumber(one) ? -1n : 1n;
  return one < other ? -1n : 1n;
}

/** A stage (`alpha.1`) comes before the version itself. */
function order(one: Semver, other: Semver): bigint {
  for (const [index, number] of one.numbers.entries()) {
    const against = other.numbers[index] ?? 0n;
    if (number !== against) return number < against ? -1n : 1n;
  }
  const [a, b] = [one.stage, other.stage];
  if (a.length === 0 || b.length === 0) return a.length === b.length ? 0n : a.length === 0 ? 1n : -1n;
  for (const [index, part] of a.entries()) {
    const against = b[index];
    if (against === undefined) return 1n;
    const found = partOrder(part, against);
    if (found !== 0n) return found;
  }
  return a.length < b.length ? -1n : 0n;
}

/** Adds semantic versions. */
export function addSemver(environment: Environment): void {
  const add = functionsOf(environment);
  const type = 'kubernetes.Semver';
  environment.registerType(type, Semver);
  environment.registerOperator(`${type} == ${type}`, (one: Semver, other: Semver) => one.equals(other));
  add(`semver(string): ${type}`, (text: string) => semver(text));
  add(`semver(string, bool): ${type}`, semver);
  add('isSemver(string): bool', (text: string) => parse(text) !== undefined);
  add('isSemver(string, bool): bool', (text: string, lax: boolean) => parse(lax ? normal(text) : text) !== undefined);
  add(`${type}.major(): int`, ({ numbers }: Semver) => numbers[0]);
  add(`${type}.minor(): int`, ({ numbers }: Semver) => numbers[1]);
  add(`${type}.patch(): int`, ({ numbers }: Semver) => numbers[2]);
  add(`${type}.compareTo(${type}): int`, order);
  add(`${type}.isGreaterThan(${type}): bool`, (one: Semver, other: Semver) => order(one, other) === 1n);
  add(`${type}.isLessThan(${type}): bool`, (one: Semver, other: Semver) => order(one, other) === -1n);
}

/** Points in time, durations, and integers read from text. */
import type { Environment } from '@marcbachmann/cel-js';
import { Duration } from '@marcbachmann/cel-js/evaluator';
import { nanosOf } from './compare.ts';
import { fault } from './fault.ts';
import { functionsOf } from './functions.ts';
import { own } from './source.ts';

const SECOND = 1_000_000_000n;

const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1000n,
  µs: 1000n,
  μs: 1000n,
  ms: 1_000_000n,
  s: SECOND,
  m: 60n * SECOND,
  h: 3600n * SECOND,
  d: 86_400n * SECOND,
  w: 604_800n * SECOND,
};

const DURATION = /^([-+]?)((?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/;
const PART = /(\d*)\.?(\d*)([a-zµμ]+)/g;

/** A duration of so many nanoseconds. */
export function durationOf(nanos: bigint): Duration {
  return new Duration(nanos / SECOND, Number(nanos % SECOND));
}

function partOf(whole: string, fraction: string, unit: string): bigint {
  const nanos = UNITS[unit] ?? 0n;
  return BigInt(whole || 0) * nanos + (BigInt(fraction || 0) * nanos) / 10n ** BigInt(fraction.length);
}

/** As Go's time.ParseDuration. */
function parseDuration(text: string): Duration {
  if (/^[-+]?0$/.test(text)) return durationOf(0n);
  const [, sign, parts = ''] = DURATION.exec(text) ?? [];
  if (sign === undefined) throw fault(`invalid duration: "${text}"`);
  let nanos = 0n;
  for (const [, whole = '', fraction = '', unit = ''] of parts.matchAll(PART)) nanos += partOf(whole, fraction, unit);
  if (nanos >= 1n << 63n) throw fault(`invalid duration: "${text}"`);
  return durationOf(sign === '-' ? -nanos : nanos);
}

/** The duration in a field of the format `duration`, undefined where its writing is not Go's. */
export function durationIn(text: string): Duration | undefined {
  return /^[-+]?0$/.test(text) || DURATION.test(text) ? parseDuration(text) : undefined;
}

const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;

function parseTime(text: string): Date {
  const time = RFC3339.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) throw fault(`invalid timestamp: "${text}"`);
  return new Date(time);
}

function parseInteger(text: string): bigint {
  const value = /^[+-]?\d+$/.test(text) ? BigInt(text) : undefined;
  if (value === undefined || BigInt.asIntN(64, value) !== value) throw fault(`not an integer: "${text}"`);
  return value;
}

function truncate(value: number): bigint {
  if (!(value > -(2 ** 63) && value < 2 ** 63)) throw fault('integer overflow');
  return BigInt(Math.trunc(value));
}

/** `90.5s`: seconds, as CEL writes a duration. */
export function durationText(duration: Duration): string {
  const nanos = nanosOf(duration);
  const size = nanos < 0n ? -nanos : nanos;
  const fraction = (size % SECOND).toString().padStart(9, '0').replace(/0+$/, '');
  return `${nanos < 0n ? '-' : ''}${size / SECOND}${fraction === '' ? '' : `.${fraction}`}s`;
}

/** `2024-01-31T12:00:00Z`. */
export function timeText(time: Date): string {
  return time.toISOString().replace(/\.?0*Z$/, 'Z');
}

const TIME = 'google.protobuf.Timestamp';
const DURATION_TYPE = 'google.protobuf.Duration';

/** Adds `duration`, `timestamp` and `int` as Go reads text, and the text of both. */
export function addTime(environment: Environment): void {
  const add = functionsOf(environment);
  add(`${own('duration')}(string): ${DURATION_TYPE}`, parseDuration);
  add(`${own('duration')}(${DURATION_TYPE}): ${DURATION_TYPE}`, (value: Duration) => value);
  add(`${own('timestamp')}(string): ${TIME}`, parseTime);
  add(`${own('timestamp')}(int): ${TIME}`, (seconds: bigint) => new Date(Number(seconds) * 1000));
  add(`${own('timestamp')}(${TIME}): ${TIME}`, (value: Date) => value);
  add(`${own('int')}(int): int`, (value: bigint) => value);
  add(`${own('int')}(uint): int`, (value: { readonly value: bigint }) => parseInteger(value.value.toString()));
  add(`${own('int')}(double): int`, truncate);
  add(`${own('int')}(string): int`, parseInteger);
  add(`${own('int')}(${TIME}): int`, (time: Date) => BigInt(Math.floor(time.getTime() / 1000)));
  add(`string(${TIME}): string`, timeText);
  add(`string(${DURATION_TYPE}): string`, durationText);
}

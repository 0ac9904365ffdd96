/** Text, counted in characters (not in UTF-16 units), and text made of values. */
import type { Environment } from '@marcbachmann/cel-js';
import { Duration } from '@marcbachmann/cel-js/evaluator';
import { elements, entries } from './compare.ts';
import { fault, unsupported } from './fault.ts';
import { functionsOf } from './functions.ts';
import { own } from './source.ts';
import { durationText, timeText } from './time.ts';

const characters = (text: string): readonly string[] => Array.from(text);

/** The position in characters of a position in UTF-16 units. */
const counted = (text: string, unit: number): bigint =>
  unit === -1 ? -1n : BigInt(characters(text.slice(0, unit)).length);

function indexOf(text: string, part: string, from: bigint): bigint {
  if (from < 0n) throw fault(`index out of range: ${from}`);
  const all = characters(text);
  if (part === '') return from;
  if (from >= BigInt(all.length)) return -1n;
  return counted(text, text.indexOf(part, all.slice(0, Number(from)).join('').length));
}

function lastIndexOf(text: string, part: string, from: bigint): bigint {
  if (from < 0n) throw fault(`index out of range: ${from}`);
  const all = characters(text);
  if (part === '') return from;
  if (from >= BigInt(all.length)) return -1n;
  return counted(text, text.lastIndexOf(part, all.slice(0, Number(from)).join('').length));
}

function substring(text: string, start: bigint, end?: bigint): string {
  const all = characters(text);
  const until = end ?? BigInt(all.length);
  if (start < 0n || until < start || until > BigInt(all.length)) throw fault(`index out of range: ${start}`);
  return all.slice(Number(start), Number(until)).join('');
}

function charAt(text: string, at: bigint): string {
  const all = characters(text);
  if (at < 0n || at > BigInt(all.length)) throw fault(`index out of range: ${at}`);
  return all[Number(at)] ?? '';
}

function replace(text: string, part: string, by: string, limit: bigint): string {
  if (limit < 0n) return text.replaceAll(part, () => by);
  let left = limit;
  return text.replaceAll(part, () => (left-- > 0n ? by : part));
}

function split(text: string, by: string, limit: bigint): readonly string[] {
  if (limit === 0n) return [];
  const parts = by === '' ? characters(text) : text.split(by);
  const most = Number(limit);
  return most < 0 || parts.length <= most ? parts : [...parts.slice(0, most - 1), parts.slice(most - 1).join(by)];
}

function join(list: unknown, by: string): string {
  const items = elements(list);
  if (!items.every((item) => typeof item === 'string')) throw unsupported('join of what is no text');
  return items.join(by);
}

/** A value as `%s` writes it. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Date) return timeText(value);
  if (value instanceof Duration) return durationText(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString();
  if (Array.isArray(value) || value instanceof Set) return `[${elements(value).map(textOf).join(', ')}]`;
  if (value instanceof Map || (value !== null && Object.getPrototypeOf(value) === Object.prototype)) {
    const pairs = entries(value).map(([key, item]) => `${textOf(key)}: ${textOf(item)}`);
    return `{${pairs.sort().join(', ')}}`;
  }
  return String(value);
}

function hex(value: unknown): string {
  if (typeof value === 'bigint') return value.toString(16);
  return Buffer.from(typeof value === 'string' ? value : textOf(value)).toString('hex');
}

function clause(kind: string, precision: number | undefined, value: unknown): string {
  if (kind === 's') return textOf(value);
  if (kind === 'f' && typeof value !== 'string') return Number(value).toFixed(precision ?? 6);
  if (kind === 'x') return hex(value);
  if (kind === 'X') return hex(value).toUpperCase();
  if (typeof value === 'boolean' && kind === 'b') return value ? '1' : '0';
  if (typeof value === 'number' && kind === 'd') return String(value);
  if (typeof value !== 'bigint') throw fault(`could not format with %${kind}`);
  return value.toString({ d: 10, b: 2, o: 8 }[kind] ?? 10);
}

function format(template: string, list: unknown): string {
  const values = [...elements(list)];
  return template.replace(
    /%(?:(%)|(?:\.(\d+))?([a-zA-Z])|)/g,
    (_, percent?: string, digits?: string, kind?: string) => {
      if (percent !== undefined) return '%';
      if (kind === undefined || !'sdfxXbo'.includes(kind)) throw unsupported(`a format with ${template}`);
      if (values.length === 0) throw fault('index 0 out of range');
      return clause(kind, digits === undefined ? undefined : Number(digits), values.shift());
    },
  );
}

class StringsNamespace {}

/** Adds what works on text. */
export function addStrings(environment: Environment): void {
  const add = functionsOf(environment);
  const index = own('indexOf');
  const last = own('lastIndexOf');
  add(`string.${index}(string): int`, (text: string, part: string) => counted(text, text.indexOf(part)));
  add(`string.${index}(string, int): int`, indexOf);
  add(`string.${last}(string): int`, (text: string, part: string) => counted(text, text.lastIndexOf(part)));
  add(`string.${last}(string, int): int`, lastIndexOf);
  add(`string.${own('substring')}(int): string`, substring);
  add(`string.${own('substring')}(int, int): string`, substring);
  add('string.charAt(int): string', charAt);
  add('string.replace(string, string): string', (text: string, part: string, by: string) =>
    replace(text, part, by, -1n),
  );
  add('string.replace(string, string, int): string', replace);
  add(`string.${own('split')}(string): list<string>`, (text: string, by: string) => split(text, by, -1n));
  add(`string.${own('split')}(string, int): list<string>`, split);
  add(`list.${own('join')}(): string`, (list: unknown) => join(list, ''));
  add(`list.${own('join')}(string): string`, join);
  add(`string.${own('lowerAscii')}(): string`, (text: string) => text.replace(/[A-Z]+/g, (it) => it.toLowerCase()));
  add(`string.${own('upperAscii')}(): string`, (text: string) => text.replace(/[a-z]+/g, (it) => it.toUpperCase()));
  add(`string.${own('trim')}(): string`, (text: string) => text.replace(/^[\s\u0085]+|[\s\u0085]+$/g, ''));
  add('string.reverse(): string', (text: string) => characters(text).toReversed().join(''));
  add('string.format(list): string', format);
  environment.registerType('StringsNamespace', StringsNamespace);
  environment.registerConstant('strings', 'StringsNamespace', new StringsNamespace());
  add('StringsNamespace.quote(string): string', (_: unknown, text: string) => quote(text));
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  '"': '\\"',
};

function quote(text: string): string {
  return `"${characters(text)
    .map((character) => ESCAPES[character] ?? character)
    .join('')}"`;
}

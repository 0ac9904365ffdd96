/** Regular expressions, in the syntax of RE2. */
import type { Environment } from '@marcbachmann/cel-js';
import { compilePattern } from '../schema/pattern.ts';
import { fault, unsupported } from './fault.ts';
import { functionsOf } from './functions.ts';
import { own } from './source.ts';

function regexOf(pattern: string): RegExp {
  const regex = compilePattern(pattern);
  if (regex === 'invalid') throw unsupported(`not a regular expression: ${pattern}`);
  if (regex === 'foreign') throw unsupported(`a regular expression of RE2 only: ${pattern}`);
  return regex;
}

function findAll(text: string, pattern: string, limit: bigint): readonly string[] {
  const { source, flags } = regexOf(pattern);
  const found = Array.from(text.matchAll(new RegExp(source, `${flags}g`)), ([match]) => match);
  if (limit < -(2n ** 31n)) throw fault('findAll: limit is out of range');
  return limit < 0n ? found : found.slice(0, Number(limit));
}

/** Adds `matches`, `find` and `findAll`. */
export function addRegex(environment: Environment): void {
  const add = functionsOf(environment);
  const matches = (text: string, pattern: string): boolean => regexOf(pattern).test(text);
  add(`string.${own('matches')}(string): bool`, matches);
  add('matches(string, string): bool', matches);
  add('string.find(string): string', (text: string, pattern: string) => regexOf(pattern).exec(text)?.[0] ?? '');
  add('string.findAll(string): list<string>', (text: string, pattern: string) => findAll(text, pattern, -1n));
  add('string.findAll(string, int): list<string>', findAll);
}

/** Expressions become programs, each once. */
import { Optional, ParseError } from '@marcbachmann/cel-js';
import { environment } from './environment.ts';
import { faultOf } from './fault.ts';
import { readSource } from './source.ts';

/** What an expression comes to. `fault`: the API server has this error too. `unknown`: it cannot be told here. */
export type Answer =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'fault'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

/** An expression that can be evaluated. */
export interface Program {
  readonly kind: 'program';
  readonly usesOldSelf: boolean;
  /** `oldSelf` is an empty optional: what is checked is a new object. */
  readonly run: (self: unknown) => Answer;
}

/** An expression that cannot: `wrong` for everybody, or `unsupported` here. */
export interface NoProgram {
  readonly kind: 'wrong' | 'unsupported';
  readonly reason: string;
}

const known = new Map<string, Program | NoProgram>();

/** The program of an expression. */
export function programOf(expression: string): Program | NoProgram {
  const before = known.get(expression);
  if (before !== undefined) return before;
  const made = compile(expression);
  known.set(expression, made);
  return made;
}

/** Grammar of CEL that the parser does not know: optional elements, names in backticks, leading dots, messages. */
const BEYOND_PARSER = /`|[[{,]\s*\?|(?:^|[^\w)\]"}\s?])\s*\.\s*[A-Za-z_]|[\w`]\s*\{|__proto__|prototype/;

/** Names that Kubernetes may know and the environment does not. */
const PERHAPS_KNOWN = /^(?:net|kubernetes|optional_type|math|base64|authorizer|request|object|google|null_type)$/;

function reasonOf(error: unknown): string {
  if (error instanceof Error) return 'summary' in error ? String(error.summary) : error.message;
  return String(error);
}

function compile(expression: string): Program | NoProgram {
  const { text, bare, usesOldSelf } = readSource(expression);
  try {
    const parsed = environment().parse(text);
    const { valid, error } = parsed.check();
    if (valid) return { kind: 'program', usesOldSelf, run: (self) => answer(() => parsed({ self, oldSelf: NONE })) };
    const [, name] = /^Unknown variable: (\S+)$/.exec(reasonOf(error)) ?? [];
    const wrong = name !== undefined && !PERHAPS_KNOWN.test(name);
    return wrong
      ? { kind: 'wrong', reason: `"${name}" is not defined` }
      : { kind: 'unsupported', reason: reasonOf(error) };
  } catch (error) {
    return { kind: isSure(error, bare) ? 'wrong' : 'unsupported', reason: reasonOf(error) };
  }
}

/** Whether everybody's parser stumbles. */
function isSure(error: unknown, bare: string): boolean {
  return error instanceof ParseError && error.code !== 'limit_exceeded' && !BEYOND_PARSER.test(bare);
}

/** Why a text is no expression, whatever its names may mean; undefined where it is one, or where that is not sure. */
export function grammarProblem(expression: string): string | undefined {
  const { text, bare } = readSource(expression);
  try {
    environment().parse(text);
    return undefined;
  } catch (error) {
    return isSure(error, bare) ? reasonOf(error).split('\n', 1)[0] : undefined;
  }
}

const NONE = Optional.none();

function answer(evaluate: () => unknown): Answer {
  try {
    return { kind: 'value', value: evaluate() };
  } catch (error) {
    const reason = faultOf(error);
    return reason === undefined ? { kind: 'unknown', reason: reasonOf(error) } : { kind: 'fault', reason };
  }
}

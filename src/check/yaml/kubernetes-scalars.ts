/**
 * What a scalar means to those who read Kubernetes' YAML: kubectl and the API machinery (sigs.k8s.io/yaml, a YAML 1.1
 * reader with a mind of its own) and kustomize, which Flux uses (go-yaml 3). Checked against the programs themselves.
 */
import { rewrittenTimestamp } from './timestamp.ts';

/** Whole numbers that a JavaScript number cannot hold exactly are bigints. */
export type Scalar = string | number | bigint | boolean | null;

/** A scalar as it is written. `tag` in its short form: `!!int`, `!own`, `!`. */
export interface WrittenScalar {
  readonly text: string;
  readonly plain: boolean;
  readonly tag: string | undefined;
}

/** Whose eyes to read with. */
export type Reader = 'kubectl' | 'kustomize';

type Kind = 'str' | 'bool' | 'int' | 'float' | 'null' | 'timestamp';

interface Resolved {
  readonly kind: Kind;
  readonly value: Scalar;
}

const words = (value: Scalar, kind: Kind, spelled: readonly string[]): [string, Resolved][] =>
  spelled.map((word) => [word, { kind, value }]);

/** Words that kustomize knows too. */
const WORDS: ReadonlyMap<string, Resolved> = new Map([
  ...words(true, 'bool', ['true', 'True', 'TRUE']),
  ...words(false, 'bool', ['false', 'False', 'FALSE']),
  ...words(null, 'null', ['', '~', 'null', 'Null', 'NULL']),
  ...words(Number.NaN, 'float', ['.nan', '.NaN', '.NAN']),
  ...words(Number.POSITIVE_INFINITY, 'float', ['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF']),
  ...words(Number.NEGATIVE_INFINITY, 'float', ['-.inf', '-.Inf', '-.INF']),
]);

/** Booleans of YAML 1.1, which only kubectl reads as such. */
const OLD_BOOLEANS: ReadonlyMap<string, Resolved> = new Map([
  ...words(true, 'bool', ['y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON']),
  ...words(false, 'bool', ['n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF']),
]);

/** Whether a scalar is a word that is a boolean for kubectl, and a string for kustomize. */
export const isOldBoolean = ({ tag, plain, text }: WrittenScalar): boolean =>
  tag === undefined && plain && OLD_BOOLEANS.has(text);

const LONGEST_WORD = 5;
const BEGINS_WORD = /^[yYnNtTfFoO~.+-]/;
const BEGINS_NUMBER = /^[0-9.+-]/;
const INTEGER = /^([+-]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|0[0-7]*|[1-9][0-9]*)$/;
/** Most numbers there are, found without big ones. */
const SMALL = /^[1-9][0-9]{0,14}$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);
const UINT64_MAX = 2n ** 64n - 1n;

/** The value of a scalar; undefined where the reader refuses it, because its tag and its text do not fit. */
export function readScalar(scalar: WrittenScalar, reader: Reader): Scalar | undefined {
  if (scalar.tag === undefined) return scalar.plain ? resolve(scalar.text, reader).value : scalar.text;
  return readTagged(scalar, scalar.tag, reader);
}

function readTagged({ text, plain }: WrittenScalar, tag: string, reader: Reader): Scalar | undefined {
  switch (tag) {
    case '!':
      return plain && reader === 'kustomize' ? resolve(text, reader).value : text;
    case '!!binary':
      return decoded(text);
    case '!!null':
    case '!!bool':
    case '!!int':
    case '!!float':
    case '!!timestamp':
      return converted(timestampOr(text, tag, reader), tag.slice(2));
    default:
      return text;
  }
}

/** For kubectl a timestamp is one only by name: its value stays the text. */
function timestampOr(text: string, tag: string, reader: Reader): Resolved {
  if (tag === '!!timestamp' && rewrittenTimestamp(text) !== undefined) {
    return { kind: 'timestamp', value: reader === 'kubectl' ? text : (rewrittenTimestamp(text) ?? text) };
  }
  return resolve(text, reader);
}

function converted({ kind, value }: Resolved, wanted: string): Scalar | undefined {
  if (kind === wanted) return value;
  return wanted === 'float' && kind === 'int' ? Number(value) : undefined;
}

function decoded(text: string): string | undefined {
  const base64 = text.replace(/[\r\n]/g, '');
  return BASE64.test(base64) ? Buffer.from(base64, 'base64').toString('utf8') : undefined;
}

function resolve(text: string, reader: Reader): Resolved {
  if (text.length <= LONGEST_WORD && (text === '' || BEGINS_WORD.test(text))) {
    const word = WORDS.get(text) ?? (reader === 'kubectl' ? OLD_BOOLEANS.get(text) : undefined);
    if (word !== undefined) return word;
  }
  if (!BEGINS_NUMBER.test(text)) return { kind: 'str', value: text };
  const timestamp = reader === 'kustomize' ? rewrittenTimestamp(text) : undefined;
  if (timestamp !== undefined) return { kind: 'timestamp', value: timestamp };
  return numberIn(text, reader) ?? { kind: 'str', value: text };
}

function numberIn(text: string, reader: Reader): Resolved | undefined {
  // Underscores may stand anywhere; in a number that begins with its decimal point, only between digits.
  const digits = text.startsWith('.') ? text.replace(/(?<=\d)_(?=\d)/g, '') : text.replaceAll('_', '');
  const integer = integerIn(digits, reader);
  if (integer !== undefined) return { kind: 'int', value: integer };
  if (!FLOAT.test(digits)) return undefined;
  const value = Number(digits);
  // Out of range is text; and there is no negative zero in JSON as Kubernetes reads it.
  return Number.isFinite(value) ? { kind: 'float', value: value === 0 ? 0 : value } : undefined;
}

/** Whole numbers as Go reads them: a leading zero means octal, at most 64 bits. */
function integerIn(digits: string, reader: Reader): number | bigint | undefined {
  if (SMALL.test(digits)) return Number(digits);
  const match = INTEGER.exec(digits);
  if (match === null) return undefined;
  const [, sign = '', magnitude = ''] = match;
  const exact = BigInt(/^0[0-7]/.test(magnitude) ? `0o${magnitude.slice(1)}` : magnitude);
  const value = sign === '-' ? -exact : exact;
  if (value >= INT64_MIN && value <= INT64_MAX) return narrowed(value);
  if (sign !== '' || value > UINT64_MAX) return undefined;
  // Above 63 bits kubectl goes on with a floating-point number.
  return reader === 'kubectl' ? Number(value) : value;
}

function narrowed(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

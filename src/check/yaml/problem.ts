import { YAMLException } from 'js-yaml';
import { MAX_DEPTH } from '../../yaml/events.ts';

/** The rules of reading YAML, with how severe a breach is. */
export const YAML_RULES = {
  'yaml/syntax': 'error',
  'yaml/tab': 'error',
  'yaml/depth': 'error',
  'yaml/alias-bomb': 'error',
  'yaml/duplicate-key': 'error',
  'yaml/key-type': 'error',
  'yaml/merge-order': 'warn',
  'yaml/ambiguous-scalar': 'warn',
  'yaml/folded-text': 'warn',
} as const;

/** A rule of reading YAML. */
export type YamlRule = keyof typeof YAML_RULES;

/** A breach of a rule. Messages never repeat a value: it may be a secret. */
export interface YamlProblem {
  readonly rule: YamlRule;
  /** Where it is, in UTF-16 code units from the document's beginning. */
  readonly offset: number;
  readonly message: string;
  readonly hint: string;
  /** Where the other half of the problem is, for example the first of two equal keys. */
  readonly earlier?: number;
}

/** Ends the reading of a document that has no meaning. */
export class UnreadableYaml extends Error {
  readonly problem: YamlProblem;

  constructor(problem: YamlProblem) {
    super(problem.message);
    this.problem = problem;
  }
}

interface Translation {
  readonly reason: RegExp;
  readonly message: string;
  readonly hint: string;
}

const ALIGN = 'begin keys of the same mapping, and items of the same list, in the same column';

/** What the parser says and what its reader needs to know. The first that fits counts. */
const TRANSLATIONS: readonly Translation[] = [
  { reason: /^bad indentation of a mapping|^deficient indentation/, message: 'Wrong indentation', hint: ALIGN },
  { reason: /^bad indentation of a sequence/, message: 'A list item is indented wrongly', hint: ALIGN },
  {
    reason: /^can not read a block mapping entry|^expected ':'/,
    message: 'A key without ":"',
    hint: 'write "key: value", with a space after the colon; text over several lines needs "|" or quotes',
  },
  {
    reason: /^unexpected end of the (?:stream|document) within a (?:single|double) quoted/,
    message: 'A quoted string has no end',
    hint: 'close the quote; a quote inside of single quotes is doubled, inside of double quotes it is \\"',
  },
  {
    reason: /within a flow collection|^missed comma|^expected the node content/,
    message: 'A [list] or {mapping} is broken',
    hint: 'close every bracket, separate entries by commas, quote template braces: "{{ value }}"',
  },
  {
    reason: /^end of the stream or a document separator/,
    message: 'Text that belongs to nothing above it',
    hint: 'correct the indentation; a value that begins with @, `, % or a quote and goes on after it must be quoted whole',
  },
  {
    reason: /^directives end mark/,
    message: 'A line that begins with % is a YAML directive',
    hint: 'remove the directive: Kubernetes reads it as a document of its own; quote text that begins with %',
  },
  {
    reason: /non-printable|null byte|valid JSON character/,
    message: 'A control character',
    hint: 'remove it, or write it as an escape in double quotes; is the file UTF-8 text?',
  },
  { reason: /escape|hexadecimal/, message: 'An unknown escape', hint: 'double the backslash, or use single quotes' },
  { reason: /tag/, message: 'A tag that is not valid', hint: 'quote text that begins with "!"' },
  {
    reason: /alias|anchor/,
    message: 'An anchor or alias without a proper name',
    hint: 'quote text that begins with & or *',
  },
];

const OTHER = { message: 'Not valid YAML', hint: 'correct the YAML there' };

/** The problem behind what the parser threw. */
export function problemOf(thrown: unknown, text: string): YamlProblem {
  if (thrown instanceof UnreadableYaml) return thrown.problem;
  if (!(thrown instanceof YAMLException)) throw thrown;
  const offset = Math.min(thrown.mark?.position ?? 0, text.length);
  const tab = tabInIndentation(text, offset);
  if (tab !== undefined) return tabProblem(tab);
  if (thrown.reason.startsWith('nesting exceeded')) return depthProblem(offset);
  const { message, hint } =
    unquoted(text, offset, thrown.reason) ?? TRANSLATIONS.find(({ reason }) => reason.test(thrown.reason)) ?? OTHER;
  return { rule: 'yaml/syntax', offset, message, hint };
}

/** The parser calls it wrong indentation when a value on the line of its key should be quoted. */
function unquoted(text: string, offset: number, reason: string): Pick<Translation, 'message' | 'hint'> | undefined {
  if (!reason.startsWith('bad indentation of a mapping')) return undefined;
  const before = /:[ \t]+(.*)$/.exec(text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset))?.[1];
  const at = text[offset] ?? '';
  if (before === '' && '@`%'.includes(at)) {
    return { message: `A value that begins with ${at} is not quoted`, hint: 'put the value in quotes' };
  }
  if (before === undefined || before === '') return undefined;
  if (at === ':') return { message: 'A value with a colon in it is not quoted', hint: 'put the whole value in quotes' };
  return { message: 'Text follows a value that has ended', hint: 'put the whole value in quotes, or remove the text' };
}

/** The problem of a tab where YAML wants spaces. */
export const tabProblem = (offset: number): YamlProblem => ({
  rule: 'yaml/tab',
  offset,
  message: 'A tab indents this line',
  hint: 'replace it by spaces: kubectl and kustomize refuse the file',
});

/** The problem of a file in another encoding. */
export const encodingProblem = (offset: number): YamlProblem => ({
  rule: 'yaml/syntax',
  offset,
  message: 'The file is not UTF-8 text',
  hint: 'save it as UTF-8, which is what kubectl reads',
});

/** The problem of nesting that no reader should follow. */
export const depthProblem = (offset: number): YamlProblem => ({
  rule: 'yaml/depth',
  offset,
  message: `Nested deeper than ${MAX_DEPTH} levels`,
  hint: 'no Kubernetes object is nested that deep: flatten it, or put it in a string',
});

/** The parser complains about a tab in different words, and one line late when that line holds nothing else. */
function tabInIndentation(text: string, offset: number): number | undefined {
  const line = text.lastIndexOf('\n', offset - 1) + 1;
  const start = text.slice(0, line).search(/^[^\S\n]*\t[^\S\n]*\n\s*$(?![\s\S])/m);
  const from = start === -1 ? line : start;
  const indentation = /^(?:[ \t]|[-?:](?=[ \t]))*/.exec(text.slice(from))?.[0] ?? '';
  const tab = indentation.indexOf('\t');
  return tab === -1 ? undefined : from + tab;
}

/** Values as YAML to look at. It is not what was written: comments and the form are gone. */

/** The lines of a value. */
export function yamlLines(value: unknown): readonly string[] {
  return isContainer(value) ? block(value) : [scalar(value)];
}

const isContainer = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && Object.keys(value).length > 0;

function block(value: object): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(item);
  return Object.entries(value).flatMap(([key, inner]) => field(WORD.test(key) ? key : JSON.stringify(key), inner));
}

function item(value: unknown): readonly string[] {
  const [first = '', ...rest] = isContainer(value) ? block(value) : text(value);
  return [`- ${first}`, ...indented(rest)];
}

function field(key: string, value: unknown): readonly string[] {
  if (isContainer(value)) return [`${key}:`, ...(Array.isArray(value) ? block(value) : indented(block(value)))];
  const [first = '', ...rest] = text(value);
  return [`${key}: ${first}`, ...indented(rest)];
}

const indented = (lines: readonly string[]): readonly string[] => lines.map((line) => (line === '' ? '' : `  ${line}`));

/** Text of several lines below its key, when nothing of it would get lost there. */
function text(value: unknown): readonly string[] {
  const isBlock = typeof value === 'string' && /^[^\s\p{Cc}][^\r\p{Cf}]*\n./su.test(value) && !CONTROL.test(value);
  if (!isBlock) return [scalar(value)];
  const ends = value.endsWith('\n');
  if (value.endsWith('\n\n')) return [scalar(value)];
  return [ends ? '|' : '|-', ...(ends ? value.slice(0, -1) : value).split('\n')];
}

/** Controls other than line feeds and tabs. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029]/;
const WORD = /^[A-Za-z_/][\w./-]*$/;
/** Words and names of images, which need no quotes. */
const PLAIN = /^[A-Za-z_/](?:[\w./@-]|:(?=\w))*$/;
const LITERAL = /^(?:null|true|false|yes|no|on|off|y|n)$/i;

function scalar(value: unknown): string {
  if (typeof value === 'string') return PLAIN.test(value) && !LITERAL.test(value) ? value : JSON.stringify(value);
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? '[]' : '{}';
  return String(value);
}

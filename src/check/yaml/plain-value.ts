/** Words of the fast reader. */
import { isPlainText } from './ambiguity.ts';
import { readScalar, type Scalar } from './kubernetes-scalars.ts';

/** What a word means, which may be quoted without escapes. */
export const unquoted = (text: string): Scalar | undefined =>
  text.startsWith('"') || text.startsWith("'") ? text.slice(1, -1) : plainValue(text);

/** What plain text means, if it means the same to everybody. */
export function plainValue(text: string): Scalar | undefined {
  const scalar = { text, plain: true, tag: undefined };
  if (isPlainText(scalar)) return text;
  const value = readScalar(scalar, 'kubectl');
  if (typeof value === 'number' && !Number.isFinite(value)) return undefined;
  return Object.is(value, readScalar(scalar, 'kustomize')) ? value : undefined;
}

/** A block of text without the line breaks at its end that its header does not want. */
export function chomped(text: string, indicator: string | undefined): string {
  if (indicator === '+') return text;
  let end = text.length;
  while (text[end - 1] === '\n') end--;
  return indicator === '-' ? text.slice(0, end) : text.slice(0, end + 1);
}

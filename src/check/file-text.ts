/** Files of artifacts as text. */
import { isUtf8 } from 'node:buffer';
import type { SourceFile } from '../model.ts';

/** A file's text, without a byte order mark: readers of Kubernetes skip it. What is not UTF-8 becomes U+FFFD. */
export function textOfFile({ bytes }: SourceFile): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

/** Whether a file is text as YAML wants it. */
export const isUtf8File = ({ bytes }: SourceFile): boolean => isUtf8(bytes);

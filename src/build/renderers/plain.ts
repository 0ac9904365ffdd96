import { isUtf8 } from 'node:buffer';
import { basename } from 'node:path';
import { SlipwayError } from '../../errors.ts';
import type { ArtifactPlan, Loaded, SourceFile } from '../../model.ts';
import { countObjects } from '../count.ts';
import { originsOfParts, type Part } from '../origins/joined.ts';
import { KUSTOMIZATION_FILES } from '../origins/kustomization.ts';
import { sourceName } from '../origins/place.ts';
import { type Output, RENDERED_FILE, type RenderOptions } from './renderer.ts';

const BYTE_ORDER_MARK = Buffer.from('\ufeff');
const SEPARATOR = Buffer.from('---\n');
const NEWLINE = Buffer.from('\n');

/** Whether a file is read as YAML, by its name: the endings that Flux reads. */
export function hasYamlName(path: string): boolean {
  return path.endsWith('.yaml') || path.endsWith('.yml');
}

/**
 * `render: plain`: the documents of all `.yaml` and `.yml` files, byte for byte and in path order, as one file. Added are
 * only a separator between two files where the second does not begin with one, and a missing newline at a file's end; a
 * byte order mark is left out. Other files are ignored. Throws `INVALID` for what is not UTF-8 and for what needs kustomize
 * to mean anything.
 */
export async function renderPlain({ artifact, files }: Loaded, { read }: RenderOptions): Promise<Output> {
  const kustomization = files.find((file) => KUSTOMIZATION_FILES.includes(basename(file.path)));
  if (kustomization !== undefined) throw needsKustomize(artifact, kustomization.path, 'it is a kustomization');
  let resources = 0;
  let lines = 0;
  const bytes: Uint8Array[] = [];
  const parts: Part[] = [];
  const add = (piece: Uint8Array): void => {
    bytes.push(piece);
    lines += linesIn(piece);
  };
  for (const file of files) {
    if (!hasYamlName(file.path)) continue;
    const content = withoutMark(file.bytes);
    if (content.length === 0) continue;
    const text = textOf(artifact, { path: file.path, bytes: content });
    resources += countObjects(text, read);
    if (parts.length > 0 && !text.startsWith('---')) add(SEPARATOR);
    parts.push({ path: file.path, line: lines + 1, separated: /^---[^\S\n]*(?:#.*)?(?:\n|$)/.test(text) });
    add(content);
    if (content.at(-1) !== 0x0a) add(NEWLINE);
  }
  const joined = { path: RENDERED_FILE, bytes: Buffer.concat(bytes) };
  return { files: [joined], resources, origins: originsOfParts(artifact, parts) };
}

function linesIn(bytes: Uint8Array): number {
  let lines = 0;
  for (let at = bytes.indexOf(0x0a); at !== -1; at = bytes.indexOf(0x0a, at + 1)) lines += 1;
  return lines;
}

function withoutMark(bytes: Uint8Array): Uint8Array {
  const marked = Buffer.compare(bytes.subarray(0, BYTE_ORDER_MARK.length), BYTE_ORDER_MARK) === 0;
  return marked ? bytes.subarray(BYTE_ORDER_MARK.length) : bytes;
}

function textOf(artifact: ArtifactPlan, file: SourceFile): string {
  if (!isUtf8(file.bytes)) {
    throw new SlipwayError(
      'INVALID',
      `Invalid file in artifact "${artifact.name}": ${shown(artifact, file.path)} is not UTF-8`,
      {
        hint: 'save it as UTF-8, or leave it out in ".sourceignore"',
      },
    );
  }
  const text = Buffer.from(file.bytes.buffer, file.bytes.byteOffset, file.bytes.length).toString();
  if (/^%/m.test(text)) throw needsKustomize(artifact, file.path, 'it holds a YAML directive');
  return text;
}

function needsKustomize(artifact: ArtifactPlan, path: string, state: string): SlipwayError {
  return new SlipwayError('INVALID', `Cannot join ${shown(artifact, path)} of artifact "${artifact.name}": ${state}`, {
    hint: 'use `render: kustomize`, or leave the file out in ".sourceignore"',
  });
}

/** A file as the user would name it, in quotes. */
function shown(artifact: ArtifactPlan, path: string): string {
  return `"${sourceName(artifact, path)}"`;
}

import { isUtf8 } from 'node:buffer';
import { basename } from 'node:path';
import { SlipwayError } from '../../errors.ts';
import type { ArtifactPlan, Loaded, SourceFile } from '../../model.ts';
import { countObjects, type DocumentOrigin } from '../documents.ts';
import { type Output, RENDERED_FILE, type RenderOptions } from './renderer.ts';

const KUSTOMIZATION = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];
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
 * byte order mark is left out. Other files are ignored. Throws `INVALID` for what is not YAML or no Kubernetes object,
 * and for what needs kustomize to mean anything.
 */
export async function renderPlain({ artifact, files }: Loaded, options: RenderOptions): Promise<Output> {
  const kustomization = files.find((file) => KUSTOMIZATION.includes(basename(file.path)));
  if (kustomization !== undefined) throw needsKustomize(artifact, kustomization.path, 'it is a kustomization');
  let resources = 0;
  const parts: Uint8Array[] = [];
  for (const file of files) {
    if (!hasYamlName(file.path)) continue;
    const bytes = withoutMark(file.bytes);
    if (bytes.length === 0) continue;
    resources += countObjects(
      textOf(artifact, { path: file.path, bytes }),
      originOf(artifact, file.path),
      options.documents,
    );
    if (parts.length > 0 && !startsWith(bytes, SEPARATOR.subarray(0, 3))) parts.push(SEPARATOR);
    parts.push(bytes);
    if (bytes.at(-1) !== 0x0a) parts.push(NEWLINE);
  }
  return { files: [{ path: RENDERED_FILE, bytes: Buffer.concat(parts) }], resources };
}

function withoutMark(bytes: Uint8Array): Uint8Array {
  return startsWith(bytes, BYTE_ORDER_MARK) ? bytes.subarray(BYTE_ORDER_MARK.length) : bytes;
}

function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  return Buffer.compare(bytes.subarray(0, start.length), start) === 0;
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

function originOf(artifact: ArtifactPlan, path: string): DocumentOrigin {
  const file = shown(artifact, path);
  return {
    artifact: artifact.name,
    locate: ({ line, column }) => `${file.slice(1, -1)}:${line}:${column ?? 1}`,
  };
}

/** A file as the user would name it. A single file is the artifact's path itself. */
function shown(artifact: ArtifactPlan, path: string): string {
  const isSingle = basename(artifact.root) === path && basename(artifact.shown) === path;
  return `"${isSingle ? artifact.shown : `${artifact.shown}/${path}`}"`;
}

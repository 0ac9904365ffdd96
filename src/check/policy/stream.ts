import { textOfFile } from '../file-text.ts';
import { roleOf } from '../flux/roles.ts';
import type { ArtifactView, FilePlace } from '../view.ts';

/** An artifact's manifests as one stream of documents. */
export interface Stream {
  readonly text: string;
  /** Where a line of the stream is from; both count from 1. Undefined behind its end. */
  readonly placeOf: (line: number) => (FilePlace & { readonly line: number }) | undefined;
}

/** Joins the manifests of an artifact. A rendered one has a single file, which stays as it is. */
export function streamOf({ artifact, files }: ArtifactView): Stream {
  const role = roleOf(artifact, files);
  const parts: { readonly file: string; readonly line: number }[] = [];
  const texts: string[] = [];
  let line = 1;
  const add = (text: string): void => {
    texts.push(text);
    line += text.split('\n').length - 1;
  };
  for (const file of files.filter(({ path }) => role(path) === 'manifests')) {
    const text = textOfFile(file);
    if (texts.length > 0 && !text.startsWith('---')) add('---\n');
    parts.push({ file: file.path, line });
    add(text.endsWith('\n') ? text : `${text}\n`);
  }
  const [first] = parts;
  return {
    text: texts.join(''),
    placeOf: (at) => {
      if (at >= line) return undefined;
      const part = parts.findLast((each) => each.line <= at) ?? first;
      return { file: part?.file ?? '', line: Math.max(1, at - (part?.line ?? 1) + 1) };
    },
  };
}

/** Joined files, back to each of them. */
import type { ArtifactPlan, Origins } from '../../model.ts';
import { renderedPlace, sourceName } from './place.ts';

/** A file in what was joined: `bytes` begin in line `line` there, from 1. */
export interface Part {
  readonly path: string;
  readonly line: number;
  /** Its first line is a separator and nothing else. */
  readonly separated: boolean;
}

/**
 * Origins of files that were joined, in their order. A line between two files, added or not, is the end of the first: what
 * is found there was left open above.
 */
export function originsOfParts(artifact: ArtifactPlan, parts: readonly Part[]): Origins {
  return (place) => {
    const { line, column } = place;
    const part = parts.findLast((each, index) => each.line + (each.separated && index > 0 ? 1 : 0) <= line);
    if (part === undefined) return renderedPlace(artifact, place);
    return { file: sourceName(artifact, part.path), line: line - part.line + 1, column };
  };
}

/** Invisible characters that end a line for YAML 1.1, and so for Kubernetes' readers, and do not for YAML 1.2. */
import { EVENT_ID, type Event, SCALAR_STYLE, type ScalarEvent } from 'js-yaml';
import type { YamlProblem } from './problem.ts';

const SEPARATOR = /[\u0085\u2028\u2029]/g;

/** A problem for each line separator that is no line break. */
export function lineSeparatorsIn(text: string, events: readonly Event[]): readonly YamlProblem[] {
  const found = [...text.matchAll(SEPARATOR)];
  if (found.length === 0) return [];
  const quoted = events.filter((event) => event.type === EVENT_ID.SCALAR).filter(isQuoted);
  let next = 0;
  return found.map(({ index, 0: character }) => {
    while ((quoted[next]?.valueEnd ?? Number.POSITIVE_INFINITY) <= index) next++;
    return problemAt(index, character, (quoted[next]?.valueStart ?? Number.POSITIVE_INFINITY) <= index);
  });
}

const isQuoted = ({ style }: ScalarEvent): boolean =>
  style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED;

function problemAt(offset: number, character: string, quoted: boolean): YamlProblem {
  const code = `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  const hint = `remove it, or write ${code} in double quotes`;
  const message = `An invisible character (${code}) ends the line for kubectl, kustomize and Flux`;
  return { rule: quoted ? 'yaml/ambiguous-scalar' : 'yaml/syntax', offset, message, hint };
}

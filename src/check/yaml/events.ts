import { type Event, getScalarValue, type ScalarEvent } from 'js-yaml';
import { parseAsKubernetes } from '../../yaml/events.ts';

/** A text's events; `decode` decodes a scalar among them. */
export interface Parsed {
  readonly events: readonly Event[];
  readonly decode: (event: ScalarEvent) => string;
}

/** Throws the parser's exception. Offsets are those of the text as it is. */
export function parse(text: string): Parsed {
  return { events: parseAsKubernetes(text), decode: (event) => getScalarValue(text, event) };
}

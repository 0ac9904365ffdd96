/** YAML with positions: values for the schema, and for every value where it stands in the text. */
import { constructFromEvents, EVENT_ID, type Event, getScalarValue, YAMLException } from 'js-yaml';
import { parseAsKubernetes } from '../yaml/events.ts';

/** Keys and indices from the document's root to a value. */
export type Path = readonly (string | number)[];

/** Offsets in the text, in UTF-16 code units. `key` is where the value's own key begins, if it has one. */
interface Position {
  readonly key: number;
  readonly value: number;
}

/** A parsed document. `value` is undefined when the text holds no document. */
export interface Located {
  readonly value: unknown;
  /** Where the key (default) or the value at `path` begins; for an absent path, where its nearest ancestor does. */
  readonly offsetOf: (path: Path, part?: 'key' | 'value') => number;
}

/** What is wrong with the text as YAML. `offset` is in UTF-16 code units. */
export interface YamlProblem {
  readonly offset: number;
  readonly reason: string;
}

const idOf = (path: Path): string => JSON.stringify(path);

/** Where a node begins, in front of its anchor and tag. */
function startOf(event: Event | undefined): number {
  if (event === undefined || event.type === EVENT_ID.POP || event.type === EVENT_ID.DOCUMENT) return -1;
  if (event.type === EVENT_ID.ALIAS) return event.anchorStart - 1;
  return event.type === EVENT_ID.SCALAR ? event.valueStart : event.start;
}

/** Walks one document's events and notes where each value stands. */
function positionsOf(events: readonly Event[], text: string): ReadonlyMap<string, Position> {
  const found = new Map<string, Position>();
  let next = 1;
  const visit = (path: Path, key: number): void => {
    const event = events[next++];
    const value = startOf(event);
    found.set(idOf(path), { key: key === -1 ? value : key, value: value === -1 ? key : value });
    if (event?.type === EVENT_ID.MAPPING) visitPairs(path);
    if (event?.type === EVENT_ID.SEQUENCE) {
      for (let index = 0; events[next]?.type !== EVENT_ID.POP; index++) visit([...path, index], -1);
      next++;
    }
  };
  const visitPairs = (path: Path): void => {
    while (events[next]?.type !== EVENT_ID.POP) {
      const key = events[next];
      const start = startOf(key);
      if (key?.type === EVENT_ID.SCALAR) {
        next++;
        visit([...path, getScalarValue(text, key)], start);
      } else {
        // The constructor refuses lists and mappings as keys; an alias as a key is not worth a position.
        visit([...path, '?'], start);
        visit([...path, '?'], start);
      }
    }
    next++;
  };
  visit([], -1);
  return found;
}

/** js-yaml reports a tab at the start of a line as something else, depending on what comes before it. */
function problemOf(thrown: unknown, text: string): YamlProblem {
  if (!(thrown instanceof YAMLException)) return { offset: 0, reason: 'it is not YAML' };
  const offset = Math.min(thrown.mark?.position ?? 0, text.length);
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  const indent = /^[ \t]*/.exec(text.slice(lineStart))?.[0] ?? '';
  if (indent.includes('\t')) return { offset: lineStart + indent.indexOf('\t'), reason: 'tabs cannot indent YAML' };
  if (thrown.reason.startsWith('duplicated mapping key')) return { offset, reason: 'this key appears twice' };
  return { offset, reason: thrown.reason };
}

/** Parses one YAML 1.2 document (core schema, no merge keys). Never throws: problems are data. */
export function parseYaml(text: string): Located | YamlProblem {
  try {
    const events = parseAsKubernetes(text);
    const second = events.findIndex((event, index) => index > 0 && event.type === EVENT_ID.DOCUMENT);
    if (second !== -1) return { offset: startOf(events[second + 1]), reason: 'the file holds more than one document' };
    if (events.length === 0) return { value: undefined, offsetOf: () => 0 };
    const [value] = constructFromEvents(events, { source: text, maxAliases: 1000 });
    const positions = positionsOf(events, text);
    const offsetOf = (path: Path, part: 'key' | 'value' = 'key'): number => {
      const position = positions.get(idOf(path));
      if (position !== undefined) return Math.max(0, position[part]);
      return path.length === 0 ? 0 : offsetOf(path.slice(0, -1), part);
    };
    return { value, offsetOf };
  } catch (thrown) {
    return problemOf(thrown, text);
  }
}

/** Tabs that YAML 1.2 lets pass and that Kubernetes' readers (YAML 1.1) refuse. */
import { COLLECTION_STYLE, EVENT_ID, type Event, SCALAR_STYLE, type ScalarEvent } from 'js-yaml';
import { tabProblem, type YamlProblem } from './problem.ts';

/** Nothing but spaces, and the signs of list items and complex keys, in front of a tab. */
const INDENTING_TAB = /^(?: |[-?](?=[ \t]))*\t/gm;

interface Zone {
  readonly start: number;
  readonly end: number;
  /** Tabs are allowed from this column on, from 0. */
  readonly from: number;
}

/** The first tab that indents something, if there is one. */
export function tabIn(text: string, events: readonly Event[]): YamlProblem | undefined {
  if (!text.includes('\t')) return undefined;
  const zones = zonesOf(text, events);
  let next = 0;
  for (const { index, 0: indentation } of text.matchAll(INDENTING_TAB)) {
    while ((zones[next]?.end ?? Number.POSITIVE_INFINITY) <= index) next++;
    const zone = zones[next];
    const column = indentation.length - 1;
    if (zone === undefined || index < zone.start || column < zone.from) return tabProblem(index + column);
  }
  return undefined;
}

/** Where tabs may stand at the beginning of a line: in flow collections, and inside of scalars. In their order. */
function zonesOf(text: string, events: readonly Event[]): readonly Zone[] {
  const zones: Zone[] = [];
  /** For all that is open the column that it begins in, or undefined for a flow collection. */
  const open: (number | undefined)[] = [];
  let flowStart = 0;
  let last = 0;
  for (const event of events) {
    const inFlow = open.length > 0 && open.at(-1) === undefined;
    if (event.type === EVENT_ID.POP) {
      open.pop();
      if (inFlow && open.at(-1) !== undefined) zones.push({ start: flowStart, end: flowEnd(text, last), from: 0 });
      continue;
    }
    if (event.type === EVENT_ID.DOCUMENT) {
      open.push(-1);
      continue;
    }
    last = Math.max(last, endOf(event));
    if (event.type === EVENT_ID.SCALAR && !inFlow) zones.push(scalarZone(text, event, open.at(-1) ?? -1));
    if (event.type !== EVENT_ID.SEQUENCE && event.type !== EVENT_ID.MAPPING) continue;
    const isFlow = event.style === COLLECTION_STYLE.FLOW;
    if (isFlow && !inFlow) flowStart = event.start;
    open.push(isFlow ? undefined : columnOf(text, event.start));
  }
  return zones;
}

type NodeEvent = Exclude<Event, { type: typeof EVENT_ID.POP | typeof EVENT_ID.DOCUMENT }>;

/** As far as an event alone tells. */
function endOf(event: NodeEvent): number {
  if (event.type === EVENT_ID.ALIAS) return event.anchorEnd;
  const end = event.type === EVENT_ID.SCALAR ? event.valueEnd : event.start + 1;
  return Math.max(end, event.anchorEnd, event.tagEnd);
}

/** Where a flow collection ends whose last scalar ended at an offset. */
function flowEnd(text: string, offset: number): number {
  const rest = /(?:[\s,:?"'[\]{}]|#[^\n]*)*/y;
  rest.lastIndex = offset;
  rest.test(text);
  return Math.max(text.lastIndexOf(']', rest.lastIndex), text.lastIndexOf('}', rest.lastIndex)) + 1;
}

function scalarZone(text: string, { style, valueStart, valueEnd, indent }: ScalarEvent, parent: number): Zone {
  if (style === SCALAR_STYLE.PLAIN) {
    const rest = /\s*/y;
    rest.lastIndex = valueEnd;
    rest.test(text);
    // White space belongs to a plain scalar that could go on there.
    return { start: valueStart, end: valueStart === -1 ? -1 : rest.lastIndex, from: parent + 1 };
  }
  if (style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED) {
    return { start: valueStart, end: valueEnd, from: 0 };
  }
  return { start: valueStart, end: valueEnd, from: indent < 0 ? Number.POSITIVE_INFINITY : indent };
}

const columnOf = (text: string, offset: number): number => offset - text.lastIndexOf('\n', offset - 1) - 1;

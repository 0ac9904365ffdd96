/** YAML as a tree of what is written where: nothing is interpreted yet, aliases point at what they stand for. */
import {
  type AliasEvent,
  EVENT_ID,
  type Event,
  type MappingEvent,
  SCALAR_STYLE,
  type ScalarEvent,
  type ScalarStyle,
  type SequenceEvent,
} from 'js-yaml';
import { MAX_DEPTH } from '../../yaml/events.ts';
import { type Parsed, parse } from './events.ts';
import type { WrittenScalar } from './kubernetes-scalars.ts';
import { depthProblem, UnreadableYaml, type YamlProblem } from './problem.ts';

/** What all nodes have. */
interface Extent {
  /** Where the node begins, in UTF-16 code units: its anchor or tag if it has one. */
  readonly start: number;
  /** How many nodes it is, with its aliases written out. */
  readonly size: number;
  /** How deep collections are nested in it, with its aliases written out. */
  readonly depth: number;
}

/** A string, number or the like. */
export interface ScalarNode extends Extent, WrittenScalar {
  readonly kind: 'scalar';
  /** Text in lines of its own, after `|` or `>`. */
  readonly block: 'literal' | 'folded' | undefined;
}

/** A list. */
export interface SequenceNode extends Extent {
  readonly kind: 'sequence';
  readonly items: readonly Node[];
}

/** A mapping; its pairs in the order they are written in, nothing merged. */
export interface MappingNode extends Extent {
  readonly kind: 'mapping';
  readonly pairs: readonly Pair[];
}

/** `*name`. */
export interface AliasNode extends Extent {
  readonly kind: 'alias';
  readonly target: Node;
}

/** A value as it is written. */
export type Node = ScalarNode | SequenceNode | MappingNode | AliasNode;

/** A key with its value. */
export interface Pair {
  readonly key: Node;
  readonly value: Node;
}

/** A document, and the parser's events that it was made of. */
export interface Tree {
  readonly root: Node;
  readonly events: readonly Event[];
}

const MAX_ALIASES = 1_000;
/** Values that aliases may stand for; an object of that size has no room in a cluster. */
const MAX_EXPANDED = 100_000;

/** The only document of a text, undefined if it holds none. Throws `UnreadableYaml`, or the parser's exception. */
export function treeOf(text: string): Tree | undefined {
  const parsed = parse(text);
  if (parsed.events.length === 0) return undefined;
  const builder = new TreeBuilder(text, parsed);
  const root = builder.node();
  builder.end();
  return { root, events: parsed.events };
}

const CORE_TAG = '!<tag:yaml.org,2002:';

const BLOCKS: Readonly<Partial<Record<ScalarStyle, ScalarNode['block']>>> = {
  [SCALAR_STYLE.LITERAL_BLOCK]: 'literal',
  [SCALAR_STYLE.FOLDED_BLOCK]: 'folded',
};

type NodeEvent = ScalarEvent | SequenceEvent | MappingEvent;

class TreeBuilder {
  private readonly text: string;
  private readonly events: readonly Event[];
  private readonly decode: Parsed['decode'];
  /** The first event opens the document. */
  private next = 1;
  /** Where the last node began: a value that is not written has no place of its own. */
  private place = 0;
  private aliases = 0;
  private expanded = 0;
  /** Undefined while the node of that name is still open. */
  private readonly anchors = new Map<string, Node | undefined>();

  constructor(text: string, { events, decode }: Parsed) {
    this.text = text;
    this.events = events;
    this.decode = decode;
  }

  node(): Node {
    const event = this.events[this.next++];
    if (event === undefined || event.type === EVENT_ID.POP || event.type === EVENT_ID.DOCUMENT) {
      throw new Error('The parser closed a collection between a key and its value');
    }
    if (event.type === EVENT_ID.ALIAS) return this.alias(event);
    this.place = this.startOf(event);
    if (event.anchorStart === -1) return this.written(event);
    const name = this.text.slice(event.anchorStart, event.anchorEnd);
    this.anchors.set(name, undefined);
    const node = this.written(event);
    this.anchors.set(name, node);
    return node;
  }

  /** Kubernetes reads one document up to a line that begins with `---`, and stops where that ends early. */
  end(): void {
    if (this.events[this.next + 1] === undefined) return;
    this.next += 2;
    throw new UnreadableYaml({
      rule: 'yaml/syntax',
      offset: this.node().start,
      message: 'What follows here is lost: the document has ended',
      hint: 'separate documents by a line "---"; a line "..." ends the reading',
    });
  }

  private written(event: NodeEvent): Node {
    if (event.type === EVENT_ID.SCALAR) return this.scalar(event);
    return event.type === EVENT_ID.SEQUENCE ? this.sequence() : this.mapping();
  }

  private scalar(event: ScalarEvent): ScalarNode {
    const text = this.decode(event);
    const plain = event.style === SCALAR_STYLE.PLAIN;
    return {
      kind: 'scalar',
      start: this.place,
      size: 1,
      depth: 0,
      text,
      plain,
      block: BLOCKS[event.style],
      tag: this.tagOf(event),
    };
  }

  private sequence(): SequenceNode {
    const start = this.place;
    const items: Node[] = [];
    let size = 1;
    let depth = 0;
    while (this.events[this.next]?.type !== EVENT_ID.POP) {
      const item = this.node();
      items.push(item);
      size += item.size;
      depth = Math.max(depth, item.depth);
    }
    this.next++;
    return this.bounded({ kind: 'sequence', start, size, depth: depth + 1, items });
  }

  private mapping(): MappingNode {
    const start = this.place;
    const pairs: Pair[] = [];
    let size = 1;
    let depth = 0;
    while (this.events[this.next]?.type !== EVENT_ID.POP) {
      const key = this.node();
      const value = this.node();
      pairs.push({ key, value });
      size += key.size + value.size;
      depth = Math.max(depth, key.depth, value.depth);
    }
    this.next++;
    return this.bounded({ kind: 'mapping', start, size, depth: depth + 1, pairs });
  }

  private alias(event: AliasEvent): AliasNode {
    const start = event.anchorStart - 1;
    this.place = start;
    const name = this.text.slice(event.anchorStart, event.anchorEnd);
    const target = this.anchors.get(name);
    if (target === undefined) throw new UnreadableYaml(this.aliasProblem(start, this.anchors.has(name)));
    this.aliases += 1;
    this.expanded += target.size;
    if (this.aliases > MAX_ALIASES || this.expanded > MAX_EXPANDED) throw new UnreadableYaml(bomb(start));
    return { kind: 'alias', start, size: target.size, depth: target.depth, target };
  }

  private aliasProblem(offset: number, open: boolean): YamlProblem {
    const rule = 'yaml/syntax';
    return open
      ? { rule, offset, message: 'This alias stands for a value that contains it', hint: 'write the value out' }
      : { rule, offset, message: 'This alias has no anchor above it', hint: 'quote text that begins with "*"' };
  }

  /** The parser has bounded what is written; aliases add to it. */
  private bounded<Collection extends SequenceNode | MappingNode>(node: Collection): Collection {
    if (node.depth <= MAX_DEPTH) return node;
    throw new UnreadableYaml(depthProblem(node.start));
  }

  private startOf(event: NodeEvent): number {
    if (event.anchorStart !== -1 && event.tagStart !== -1) return Math.min(event.anchorStart - 1, event.tagStart);
    if (event.anchorStart !== -1) return event.anchorStart - 1;
    if (event.tagStart !== -1) return event.tagStart;
    if (event.type !== EVENT_ID.SCALAR) return event.start;
    return event.valueStart === -1 ? this.place : this.openingOf(event);
  }

  /** Where a scalar's quote or block indicator is. */
  private openingOf({ style, valueStart }: ScalarEvent): number {
    if (style === SCALAR_STYLE.PLAIN) return valueStart;
    if (style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED) return valueStart - 1;
    return Math.max(0, this.text.lastIndexOf(style === SCALAR_STYLE.LITERAL_BLOCK ? '|' : '>', valueStart - 1));
  }

  private tagOf({ tagStart, tagEnd }: ScalarEvent): string | undefined {
    if (tagStart === -1) return undefined;
    const tag = this.text.slice(tagStart, tagEnd);
    return tag.startsWith(CORE_TAG) ? `!!${tag.slice(CORE_TAG.length, -1)}` : tag;
  }
}

const bomb = (offset: number): YamlProblem => ({
  rule: 'yaml/alias-bomb',
  offset,
  message: `Aliases stand for more than can be written out (${MAX_ALIASES} aliases, ${MAX_EXPANDED} values)`,
  hint: 'write the values out, or split the document',
});

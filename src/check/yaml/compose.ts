/** A tree of what is written becomes the value that clusters get, with a note of all that its readers stumble over. */
import { ambiguity, keyAmbiguity } from './ambiguity.ts';
import { blockProblem } from './block-text.ts';
import { isOldBoolean, readScalar, type Scalar } from './kubernetes-scalars.ts';
import { UnreadableYaml, type YamlProblem } from './problem.ts';
import type { MappingNode, Node, Pair, ScalarNode } from './tree.ts';

/** What a document says. */
export interface Composed {
  readonly value: unknown;
  readonly problems: readonly YamlProblem[];
}

type Mapping = Record<string, unknown>;

/** How clusters get it: from `kubectl`, or from `flux`, for which `yes`, `off` and the like are strings. */
export type Way = 'kubectl' | 'flux';

/** The value of a tree. Throws `UnreadableYaml` where kubectl would refuse. */
export function compose(root: Node, way: Way = 'flux'): Composed {
  const composer = new Composer(way);
  const value = composer.value(root);
  return { value, problems: composer.problems };
}

/** The node that a chain of aliases ends at. */
export function resolved(node: Node): Exclude<Node, { kind: 'alias' }> {
  let found = node;
  while (found.kind === 'alias') found = found.target;
  return found;
}

/** `<<`, which takes over the pairs of other mappings. */
export const isMerge = ({ key }: Pair): boolean =>
  key.kind === 'scalar' && key.text === '<<' && (key.tag === '!!merge' || (key.tag === undefined && key.plain));

/** How a key is called in JSON; undefined for what cannot be a key. */
export function keyName(key: ScalarNode, way: Way = 'flux'): string | undefined {
  if (way === 'flux' && isOldBoolean(key)) return key.text;
  const value = readScalar(key, 'kubectl');
  return value === undefined || value === null ? undefined : String(value);
}

class Composer {
  readonly problems: YamlProblem[] = [];
  /** What anchors stand for: an alias is the same value, found without composing it again. */
  private readonly aliased = new Map<Node, unknown>();
  private readonly way: Way;

  constructor(way: Way) {
    this.way = way;
  }

  value(node: Node): unknown {
    switch (node.kind) {
      case 'scalar':
        return this.scalar(node);
      case 'sequence':
        return node.items.map((item) => this.value(item));
      case 'mapping':
        return this.mapping(node);
      default:
        return this.alias(resolved(node));
    }
  }

  private alias(target: Node): unknown {
    if (!this.aliased.has(target)) this.aliased.set(target, compose(target, this.way).value);
    return this.aliased.get(target);
  }

  private scalar(node: ScalarNode): Scalar {
    const value = readScalar(node, 'kubectl');
    if (value === undefined)
      throw refusal(node, 'The tag does not fit the value', 'remove the tag, or correct the value');
    if (typeof value === 'number' && !Number.isFinite(value)) {
      throw refusal(node, 'JSON has no such number', 'quote it if it is text; infinity and not-a-number are refused');
    }
    const problem = node.block === undefined ? ambiguity(node, value) : blockProblem(node);
    if (problem === undefined) return value;
    this.problems.push(problem);
    return this.way === 'flux' && isOldBoolean(node) ? node.text : value;
  }

  private mapping(node: MappingNode): Mapping {
    const result: Mapping = {};
    const written = new Map<string, number>();
    let merged: Pair | undefined;
    for (const pair of node.pairs) {
      if (isMerge(pair)) {
        if (merged !== undefined) this.problems.push(duplicate('<<', pair.key, merged.key));
        merged = pair;
        this.merge(result, written, pair);
      } else {
        this.add(result, written, pair);
      }
    }
    return result;
  }

  private add(result: Mapping, written: Map<string, number>, { key, value }: Pair): void {
    const name = this.key(key);
    const earlier = written.get(name);
    if (earlier !== undefined) this.problems.push(duplicate(name, key, { start: earlier }));
    written.set(name, key.start);
    put(result, name, this.value(value));
  }

  private key(written: Node): string {
    const key = resolved(written);
    if (key.kind !== 'scalar') {
      throw refusal(written, 'A list or mapping cannot be a key', 'quote template braces: "{{ value }}"');
    }
    const name = keyName(key, this.way);
    if (name === undefined)
      throw refusal(written, 'A key is missing in front of ":"', 'name it, or quote it', 'yaml/key-type');
    const problem = keyAmbiguity(key, keyName(key, 'kubectl') ?? name);
    if (problem !== undefined) this.problems.push({ ...problem, offset: written.start });
    return name;
  }

  /** kubectl lets a merge win over what is written above it, others let the written key win. */
  private merge(result: Mapping, written: ReadonlyMap<string, number>, { key, value }: Pair): void {
    for (const source of mergeSources(key, value)) {
      for (const [name, merged] of Object.entries(this.alias(source) as Mapping)) {
        const earlier = written.get(name);
        if (earlier !== undefined) this.problems.push(mergeOrder(name, key, earlier));
        put(result, name, merged);
      }
    }
  }
}

/** In the order of their application: of several the first has the last word. */
function mergeSources(key: Node, value: Node): readonly MappingNode[] {
  const target = resolved(value);
  // A list of mappings may not come through an alias.
  const nodes = value.kind === 'sequence' ? [...value.items].reverse().map(resolved) : [target];
  return nodes.map((node) => {
    if (node.kind === 'mapping') return node;
    throw refusal(key, '"<<" can only merge mappings', 'give it a mapping, an alias of one, or a list of such');
  });
}

/** Like an assignment, also for the one name that has a meaning of its own in JavaScript. */
function put(mapping: Mapping, name: string, value: unknown): void {
  if (name !== '__proto__') mapping[name] = value;
  else Object.defineProperty(mapping, name, { value, writable: true, enumerable: true, configurable: true });
}

function refusal(node: Node, message: string, hint: string, rule: YamlProblem['rule'] = 'yaml/syntax'): UnreadableYaml {
  return new UnreadableYaml({ rule, offset: node.start, message, hint });
}

const duplicate = (name: string, key: Node, earlier: { readonly start: number }): YamlProblem => ({
  rule: 'yaml/duplicate-key',
  offset: key.start,
  earlier: earlier.start,
  message: `Key "${shortened(name)}" is written twice`,
  hint: 'keep one of them: kubectl takes the last, kustomize and Flux refuse both',
});

const mergeOrder = (name: string, key: Node, earlier: number): YamlProblem => ({
  rule: 'yaml/merge-order',
  offset: key.start,
  earlier,
  message: `"<<" below key "${shortened(name)}": kubectl takes the merged value, kustomize and Flux the written one`,
  hint: 'move "<<" to the top of its mapping, where all agree',
});

const shortened = (name: string): string => (name.length > 63 ? `${name.slice(0, 60)}...` : name);

/** Cycles in graphs. Nothing here is recursive: chains may be long. */
import { groupedBy } from '../../grouped.ts';

/** Who depends on whom. Names that are no key depend on nobody. */
export type Graph<Node> = ReadonlyMap<Node, readonly Node[]>;

/** In larger groups a shortest cycle through one of this many nodes is good enough. */
const MAX_TRIED = 200;

/** A shortest cycle of every group of nodes that depend on each other. None is found exactly when there is none. */
export function cyclesOf<Node>(graph: Graph<Node>): readonly (readonly Node[])[] {
  return groupsOf(graph).flatMap((group) => {
    const members = new Set(group);
    let shortest: readonly Node[] = [];
    for (const node of group.slice(0, MAX_TRIED)) {
      const cycle = shortestThrough(node, (at) => (graph.get(at) ?? []).filter((next) => members.has(next)));
      if (shortest.length === 0 || (cycle.length > 0 && cycle.length < shortest.length)) shortest = cycle;
    }
    return shortest.length === 0 ? [] : [shortest];
  });
}

/** The shortest way from a node back to itself, empty where there is none. */
function shortestThrough<Node>(start: Node, needsOf: (node: Node) => readonly Node[]): readonly Node[] {
  const before = new Map<Node, Node>();
  const queue: Node[] = [start];
  for (const node of queue) {
    for (const next of needsOf(node)) {
      if (next === start) {
        const way = [node];
        for (let at = before.get(node); at !== undefined; at = before.get(at)) way.push(at);
        return way.reverse();
      }
      if (before.has(next)) continue;
      before.set(next, node);
      queue.push(next);
    }
  }
  return [];
}

/** The strongly connected components, after Kosaraju, with their nodes in the graph's order. */
function groupsOf<Node>(graph: Graph<Node>): readonly (readonly Node[])[] {
  const reversed = new Map<Node, Node[]>([...graph.keys()].map((node) => [node, []]));
  for (const [node, needs] of graph) for (const need of needs) reversed.get(need)?.push(node);
  const groupOf = new Map<Node, Node>();
  for (const root of finished(graph).reverse()) {
    if (groupOf.has(root)) continue;
    groupOf.set(root, root);
    const queue: Node[] = [root];
    for (const node of queue) {
      for (const dependent of reversed.get(node) ?? []) {
        if (groupOf.has(dependent)) continue;
        groupOf.set(dependent, root);
        queue.push(dependent);
      }
    }
  }
  return [...groupedBy(graph.keys(), (node) => groupOf.get(node)).values()];
}

/** The nodes in the order in which a search depth first leaves them. */
function finished<Node>(graph: Graph<Node>): Node[] {
  const seen = new Set<Node>();
  const left: Node[] = [];
  for (const root of graph.keys()) {
    const stack: { readonly node: Node; readonly rest: Iterator<Node> }[] = [];
    const enter = (node: Node): void => {
      if (seen.has(node) || !graph.has(node)) return;
      seen.add(node);
      stack.push({ node, rest: (graph.get(node) ?? [])[Symbol.iterator]() });
    };
    enter(root);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const next = top.rest.next();
      if (next.done !== true) enter(next.value);
      else left.push((stack.pop() ?? top).node);
    }
  }
  return left;
}

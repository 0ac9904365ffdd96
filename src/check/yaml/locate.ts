import { isMerge, keyName, resolved } from './compose.ts';
import type { MappingNode, Node, Pair } from './tree.ts';

/** Keys and indices from a document's root to a field. */
export type Path = readonly (string | number)[];

/** Where a field is written, also behind aliases and merges; for a missing one, the last that exists on the way to it. */
export function offsetOf(root: Node, path: Path): number {
  let offset = root.start;
  let node: Node | undefined = root;
  for (const segment of path) {
    const step: Step | undefined = stepInto(resolved(node), segment);
    if (step === undefined) break;
    ({ offset, node } = step);
  }
  return offset;
}

interface Step {
  readonly offset: number;
  readonly node: Node;
}

function stepInto(node: Node, segment: string | number): Step | undefined {
  if (node.kind === 'sequence') {
    const item = node.items[Number(segment)];
    return item === undefined ? undefined : { offset: item.start, node: item };
  }
  const pair = node.kind === 'mapping' ? pairOf(node, String(segment)) : undefined;
  return pair === undefined ? undefined : { offset: pair.key.start, node: pair.value };
}

/** The pair that counts: of several the last. */
function pairOf(node: MappingNode, name: string): Pair | undefined {
  return node.pairs.reduceRight<Pair | undefined>((found, pair) => found ?? matching(pair, name), undefined);
}

function matching(pair: Pair, name: string): Pair | undefined {
  if (isMerge(pair)) {
    const source = resolved(pair.value);
    const mappings = source.kind === 'sequence' ? source.items.map(resolved) : [source];
    return mappings.reduce<Pair | undefined>(
      (found, mapping) => found ?? (mapping.kind === 'mapping' ? pairOf(mapping, name) : undefined),
      undefined,
    );
  }
  const key = resolved(pair.key);
  return key.kind === 'scalar' && keyName(key) === name ? pair : undefined;
}

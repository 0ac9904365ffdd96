import type { FieldPath } from '../../model.ts';
import { keyName, resolved } from './compose.ts';
import { type Node, type Tree, treeOf } from './tree.ts';

/** The path to the field that a line of a document belongs to: the last that begins in it or above it. */
export function pathAtLine(text: string, line: number): FieldPath {
  const end = offsetAfter(text, line);
  const path: (string | number)[] = [];
  let node: Node | undefined = read(text)?.root;
  while (node !== undefined) {
    const step: Step | undefined = stepTo(node, end);
    if (step !== undefined) path.push(step.key);
    node = step?.node;
  }
  return path;
}

function read(text: string): Tree | undefined {
  try {
    return treeOf(text);
  } catch {
    return undefined;
  }
}

/** Where the line behind a line begins. */
function offsetAfter(text: string, line: number): number {
  let offset = 0;
  for (let left = line; left > 0 && offset !== -1; left -= 1) offset = text.indexOf('\n', offset) + 1 || -1;
  return offset === -1 ? text.length + 1 : offset;
}

interface Step {
  readonly key: string | number;
  readonly node: Node;
}

function stepTo(node: Node, end: number): Step | undefined {
  if (node.kind === 'sequence') {
    const index = node.items.findLastIndex(({ start }) => start < end);
    const item = node.items[index];
    return item === undefined ? undefined : { key: index, node: item };
  }
  const pair = node.kind === 'mapping' ? node.pairs.findLast(({ key }) => key.start < end) : undefined;
  const key = pair === undefined ? undefined : resolved(pair.key);
  const name = key?.kind === 'scalar' ? keyName(key) : undefined;
  return pair === undefined || name === undefined ? undefined : { key: name, node: pair.value };
}

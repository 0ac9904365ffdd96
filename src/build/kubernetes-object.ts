/**
 * How many Kubernetes objects a parsed document is: 1, or for a list (`kind: …List` with `items`) the number of its items.
 * When it is none, what it lacks, as a message.
 */
export function objectsIn(value: unknown): number | string {
  if (!isMapping(value)) return `it is ${nameOf(value)} and no mapping`;
  const { apiVersion, kind, metadata, items } = value;
  const problem = textProblem('apiVersion', apiVersion) ?? textProblem('kind', kind);
  if (problem !== undefined) return problem;
  if (String(kind).endsWith('List') && Array.isArray(items)) return countItems(items);
  if (!isMapping(metadata)) return '"metadata" is missing';
  return textProblem('metadata.name', metadata.name) ?? 1;
}

function countItems(items: readonly unknown[]): number | string {
  let count = 0;
  for (const [index, item] of items.entries()) {
    const found = objectsIn(item);
    if (typeof found === 'string') return `item ${index + 1} of the list: ${found}`;
    count += found;
  }
  return count;
}

function textProblem(key: string, value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return `"${key}" is missing`;
  return typeof value === 'string' ? undefined : `"${key}" is ${nameOf(value)}: put it in quotes`;
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function nameOf(value: unknown): string {
  if (Array.isArray(value)) return 'a sequence';
  if (value === null) return 'null';
  return typeof value === 'object' ? 'a mapping' : `a ${typeof value}`;
}

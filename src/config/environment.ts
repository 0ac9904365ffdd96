/** `env://NAME` references: a value that comes from the environment instead of the file. */
import type { Problem } from './problem.ts';
import type { Path } from './yaml.ts';

/** Variables by name, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * A copy of a document with every text of the form `env://NAME` replaced, but where `stays` says that the reference itself
 * is the value. A variable that is missing or empty becomes a problem that names it; values are never shown.
 */
export function withEnvironment(
  value: unknown,
  env: Environment,
  stays: (path: Path) => boolean = () => false,
): { readonly value: unknown; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const visit = (node: unknown, path: Path): unknown => {
    if (Array.isArray(node)) return node.map((item, index) => visit(item, [...path, index]));
    if (typeof node === 'object' && node !== null) {
      return Object.fromEntries(Object.entries(node).map(([key, item]) => [key, visit(item, [...path, key])]));
    }
    if (typeof node !== 'string' || !node.startsWith('env://') || stays(path)) return node;
    const name = node.slice('env://'.length);
    const found = /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? env[name] : undefined;
    if (found !== undefined && found !== '') return found;
    problems.push({
      path,
      part: 'value',
      message: `environment variable "${name}" is not set`,
      hint: `set ${name}, or write the value here`,
    });
    return node;
  };
  return { value: visit(value, []), problems };
}

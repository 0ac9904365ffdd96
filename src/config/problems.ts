/** Turns what the schema found into messages that a person can act on, each with its path. */
import * as v from 'valibot';
import type { ConfigFile } from './file.ts';
import type { Problem } from './problem.ts';
import { configSchema } from './schema.ts';
import type { Path } from './yaml.ts';

/** What a value is called in messages; never the value itself. */
function kindOf(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  return typeof value === 'string' ? 'a text' : `a ${typeof value === 'boolean' ? 'true or false' : typeof value}`;
}

const pathOf = (issue: v.BaseIssue<unknown>): Path => (issue.path ?? []).map(({ key }) => key as string | number);

/** Where on the path a list stands for a mapping: valibot takes it for an object whose keys are its positions. */
const listAt = ({ path }: v.BaseIssue<unknown>): number =>
  (path ?? []).findIndex(({ key, input }) => typeof key === 'string' && Array.isArray(input));

const isAboutList = (issue: v.BaseIssue<unknown>): boolean => listAt(issue) >= 0;

/** Of a union's branches the one that got furthest into the value knows best what is wrong. */
function deepest(issue: v.BaseIssue<unknown>): readonly v.BaseIssue<unknown>[] {
  if (issue.type !== 'union') return [issue];
  return (issue.issues ?? []).filter((inner) => inner.path !== undefined && !isAboutList(inner)).flatMap(deepest);
}

function problemOf(issue: v.BaseIssue<unknown>, base: Path): Problem {
  const path = [...base, ...pathOf(issue)];
  const list = listAt(issue);
  if (list >= 0)
    return { path: path.slice(0, base.length + list), part: 'value', message: 'expected a mapping, found a list' };
  if (!issue.message.startsWith('expected ')) return { path, part: 'key', message: issue.message };
  return { path, part: 'value', message: `${issue.message}, found ${kindOf(issue.input)}` };
}

/** Every issue as a problem, each once, nested ones of unions included. */
export function problemsOf(issues: readonly v.BaseIssue<unknown>[]): Problem[] {
  const found = issues.flatMap((issue) => {
    const inner = deepest(issue);
    if (isAboutList(issue) || issue.type !== 'union' || inner.length === 0) return [problemOf(issue, [])];
    return inner.map((nested) => problemOf(nested, pathOf(issue)));
  });
  return [...new Map(found.map((problem) => [JSON.stringify([problem.path, problem.message]), problem])).values()];
}

/** Valibot may call a position in a list by its text. */
function without(value: unknown, [key, ...rest]: Path): unknown {
  if (typeof value !== 'object' || value === null || key === undefined) return value;
  if (Array.isArray(value))
    return value.map((item, index) => (String(index) === String(key) ? without(item, rest) : item));
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, item]) => {
      if (name !== key) return [[name, item]];
      return rest.length === 0 ? [] : [[name, without(item, rest)]];
    }),
  );
}

/** Checks a document against the config's schema. The config is there when there are no problems. */
export function validate(document: unknown): { readonly config?: ConfigFile; readonly problems: readonly Problem[] } {
  const unknown: Problem[] = [];
  // Valibot names one unknown key of an object; the next ones show when that is gone.
  for (let value = document; ; ) {
    const result = v.safeParse(configSchema, value);
    const problems = problemsOf(result.issues ?? []);
    const keys = problems.filter(({ message }) => message.startsWith('unknown key '));
    if (keys.length === 0) {
      const all = [...unknown, ...problems];
      return { problems: all, ...(result.success && all.length === 0 ? { config: result.output } : {}) };
    }
    unknown.push(...keys);
    for (const { path } of keys) value = without(value, path);
  }
}

/** Artifact names made of paths: `{dir}`, `{parent}` and `{path}`. */
import { basename, dirname } from 'node:path';
import { artifactNameProblem } from './names.ts';
import { didYouMean } from './suggest.ts';

const PLACEHOLDERS: readonly string[] = ['dir', 'parent', 'path'];

/** What is wrong with a template, whatever it is filled with; undefined when it can make good names. */
export function templateProblem(template: string): { readonly message: string; readonly hint?: string } | undefined {
  for (const [, placeholder = ''] of template.matchAll(/\{([^{}]*)\}/g)) {
    if (PLACEHOLDERS.includes(placeholder)) continue;
    const hint = didYouMean(placeholder, PLACEHOLDERS);
    return { message: 'a placeholder is unknown', ...(hint === undefined ? {} : { hint }) };
  }
  const problem = artifactNameProblem(template.replace(/\{(?:dir|parent|path)\}/g, 'x'));
  return problem === undefined ? undefined : { message: `artifact name is not valid: ${problem}` };
}

/**
 * Fills a template. `root` is the artifact's absolute path, for `{dir}` (its last segment) and `{parent}` (the one before);
 * `shown` is the path as configured, for `{path}` (all its segments joined with `-`).
 */
export function fillTemplate(
  template: string,
  { root, shown }: { readonly root: string; readonly shown: string },
): string {
  const path = shown
    .split('/')
    .filter((segment) => segment !== '' && segment !== '.')
    .join('-');
  const values: Readonly<Record<string, string>> = {
    dir: basename(root),
    parent: basename(dirname(root)),
    path: path === '' ? basename(root) : path,
  };
  return template.replace(/\{(dir|parent|path)\}/g, (_, placeholder: string) => values[placeholder] ?? '');
}

/** Which artifacts there are: `path` globs expanded, names filled in and checked. */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { SlipwayError } from '../errors.ts';
import type { ArtifactPlan } from '../model.ts';
import { fillTemplate } from './artifact-name.ts';
import { expandGlob, isGlob } from './glob.ts';
import { artifactNameProblem } from './names.ts';
import type { ArtifactRule } from './read.ts';
import { didYouMean } from './suggest.ts';

/** An artifact with the place of the rule that made it, for messages. */
interface Found {
  readonly plan: ArtifactPlan;
  readonly place: string;
}

const withoutSlash = (path: string): string => path.replace(/(?<=.)\/+$/, '');

async function pathsOf({ path, place }: ArtifactRule, dir: string): Promise<readonly string[]> {
  if (isGlob(path)) {
    const found = await expandGlob(path, dir);
    if (found.length > 0) return found;
    const hint = path.includes('{')
      ? 'braces are not wildcards; list one artifact for each'
      : `looked for folders in "${dir}"`;
    throw new SlipwayError('SOURCE', `${place}: Cannot find artifacts: no folder matches "${path}"`, { hint });
  }
  await checkPath(resolve(dir, path), { shown: path, prefix: `${place}: ` });
  return [withoutSlash(path)];
}

/** Throws `SOURCE` when nothing is at the absolute path, naming it as `shown` behind `prefix`. */
export async function checkPath(
  root: string,
  { shown, prefix }: { readonly shown: string; readonly prefix: string },
): Promise<void> {
  try {
    await stat(root);
  } catch (cause) {
    const state =
      (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file or folder' : 'it cannot be opened';
    throw new SlipwayError('SOURCE', `${prefix}Cannot read "${shown}": ${state}`, {
      hint: `looked for "${root}"`,
      cause,
    });
  }
}

async function expand(rule: ArtifactRule, dir: string): Promise<readonly Found[]> {
  const paths = await pathsOf(rule, dir);
  return paths.map((shown) => {
    const root = resolve(dir, shown);
    const name = fillTemplate(rule.name, { root, shown });
    const problem = artifactNameProblem(name);
    if (problem !== undefined) {
      throw new SlipwayError('CONFIG', `${rule.place}: Cannot name artifact "${shown}" as "${name}": ${problem}`, {
        hint: rule.name === name ? 'write another name' : `the name comes from "${rule.name}"; write another one`,
      });
    }
    return { plan: { name, root, shown, render: rule.render(name) }, place: rule.place };
  });
}

/**
 * The artifacts of a config, in its order, those of one glob in byte order of their paths. `dir` is the absolute folder
 * that paths start from. Throws `SOURCE` for a missing path and a glob without match, `CONFIG` for a bad or repeated name.
 */
export async function expandArtifacts(rules: readonly ArtifactRule[], dir: string): Promise<readonly ArtifactPlan[]> {
  const found: Found[] = [];
  for (const rule of rules) found.push(...(await expand(rule, dir)));
  const byName = new Map<string, Found>();
  for (const artifact of found) {
    const { plan, place } = artifact;
    const other = byName.get(plan.name);
    if (other !== undefined) {
      throw new SlipwayError(
        'CONFIG',
        `${place}: Cannot name two artifacts "${plan.name}": "${other.plan.shown}" and "${plan.shown}"`,
        {
          hint: 'tell them apart with {parent} or {path} in the name',
        },
      );
    }
    byName.set(plan.name, artifact);
  }
  return found.map(({ plan }) => plan);
}

/** The artifacts of these names, in config order; all without names. Throws `USAGE` for an unknown name. */
export function selectArtifacts(artifacts: readonly ArtifactPlan[], names: readonly string[]): readonly ArtifactPlan[] {
  const known = artifacts.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new SlipwayError('USAGE', `Cannot select artifact "${unknown}": the config has no such artifact`, {
      hint: didYouMean(unknown, known),
    });
  }
  return names.length === 0 ? artifacts : artifacts.filter(({ name }) => names.includes(name));
}

/** `check:` as written, and the flags above it → the settings of the checks. */
import { resolve } from 'node:path';
import { RULES } from '../check/engine/registry.ts';
import { SlipwayError } from '../errors.ts';
import type { CheckSettings, Tenant } from '../model.ts';
import type { CheckFile } from './file.ts';
import type { Problem } from './problem.ts';
import { closest } from './suggest.ts';

/** How long a policy command may take where the config does not say. */
const TIMEOUT_SECONDS = 60;

type Setting = CheckSettings['rules'][string];

/** What is wrong with naming a rule in order to set it. */
function ruleProblem(id: string): { readonly message: string; readonly hint: string } | undefined {
  const rule = RULES.find((candidate) => candidate.id === id);
  if (rule?.firm) return { message: `rule "${id}" cannot be set`, hint: `it is always at "${rule.setting}"` };
  if (rule !== undefined) return undefined;
  const near = closest(
    id,
    RULES.map((candidate) => candidate.id),
  );
  const hint = near === undefined ? 'slipway check --list-rules shows all' : `did you mean "${near}"`;
  return { message: `unknown rule "${id}"`, hint };
}

/** What a schema cannot say about `check:`: rules that exist, files that are none, names that are taken. */
export function checkProblems({ rules = {}, crds = [], commands = [] }: CheckFile): readonly Problem[] {
  const ofRules = Object.keys(rules).flatMap((id): Problem[] => {
    const problem = ruleProblem(id);
    if (problem === undefined) return [];
    const { message, hint } = problem;
    return [{ path: ['check', 'rules', id], part: 'key', message, hint }];
  });
  const ofCrds = crds.flatMap((crd, index): Problem[] => {
    if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(crd)) return [];
    const [path, hint] = [['check', 'crds', index], 'download it, and name the file: checks need no network'];
    return [{ path, part: 'value', message: 'a URL is neither a file nor a folder', hint }];
  });
  const names = commands.map(({ name }) => name);
  const ofCommands = names.flatMap((name, index): Problem[] => {
    if (names.indexOf(name) === index) return [];
    return [
      { path: ['check', 'commands', index, 'name'], part: 'value', message: `another command is called "${name}"` },
    ];
  });
  return [...ofRules, ...ofCrds, ...ofCommands];
}

/** The settings of a config. Paths start from the absolute folder `dir`. */
export function checkSettings(
  { kubernetes, flux, crds = [], rules = {}, commands = [], images }: CheckFile,
  tenants: readonly Tenant[],
  dir: string,
): CheckSettings {
  return {
    root: dir,
    ...(kubernetes !== undefined && { kubernetes }),
    ...(flux !== undefined && { flux }),
    crds: crds.map((shown) => ({ path: resolve(dir, shown), shown })),
    rules,
    commands: commands.map(({ name, run, timeout = TIMEOUT_SECONDS }) => ({ name, run, timeoutSeconds: timeout })),
    tenants,
    ...(images !== undefined && { images }),
  };
}

/** Options that say how to check. */
export interface CheckFlags {
  readonly kubernetes?: string | undefined;
  readonly flux?: string | undefined;
  /** `ID=SETTING`. */
  readonly rule?: readonly string[] | undefined;
}

function ruleFlag(flag: string): readonly [string, Setting] {
  const [id = '', setting = ''] = flag.split('=');
  const problem = ruleProblem(id);
  if (problem !== undefined) {
    throw new SlipwayError('USAGE', `Cannot use --rule "${flag}": ${problem.message}`, { hint: problem.hint });
  }
  if (setting === 'off' || setting === 'warn' || setting === 'error') return [id, setting];
  throw new SlipwayError('USAGE', `Cannot use --rule "${flag}": it sets the rule to nothing known`, {
    hint: `write ${id}=off, ${id}=warn or ${id}=error`,
  });
}

/** Flags win over the config. Throws `USAGE` for rules that do not exist or cannot be set. */
export function withFlags(settings: CheckSettings, { kubernetes, flux, rule = [] }: CheckFlags): CheckSettings {
  return {
    ...settings,
    ...(kubernetes !== undefined && { kubernetes }),
    ...(flux !== undefined && { flux }),
    rules: { ...settings.rules, ...Object.fromEntries(rule.map(ruleFlag)) },
  };
}

/** `render:` as written → the plan of a renderer. */
import { resolve } from 'node:path';
import type { RenderPlan } from '../model.ts';
import type { RenderFile } from './file.ts';

/** The plan for an artifact's name: a chart that names no release gets the artifact's name. */
export type RenderRule = (artifact: string) => RenderPlan;

const listOf = (names: string | readonly string[] | undefined): readonly string[] =>
  names === undefined ? [] : typeof names === 'string' ? [names] : names;

/** A bare word is short for `{ kind: WORD }`. */
function spelledOut(written: RenderFile): Exclude<RenderFile, string> {
  return typeof written === 'string' ? { kind: written } : written;
}

/** Makes a render plan. Value files become absolute, starting from `dir`. */
export function renderRule(written: RenderFile, dir: string): RenderRule {
  const plan = spelledOut(written);
  if (plan.kind === 'command') return () => ({ kind: 'command', run: plan.run, env: plan.env ?? {} });
  if (plan.kind !== 'helm') return () => plan;
  const { release, namespace, values, kubeVersion, apiVersions } = plan;
  return (artifact) => ({
    kind: 'helm',
    release: release ?? artifact,
    ...(namespace === undefined ? {} : { namespace }),
    values: listOf(values).map((file) => resolve(dir, file)),
    ...(kubeVersion === undefined ? {} : { kubeVersion }),
    apiVersions: apiVersions ?? [],
  });
}

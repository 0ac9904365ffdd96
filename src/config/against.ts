/** `slipway check --against REF`: what is published of each artifact already. */
import { type PullSource, parseReference } from './reference.ts';
import { usage } from './usage.ts';

/** What an artifact is compared with. */
export interface AgainstSettings {
  /** Name of the artifact that is checked. */
  readonly artifact: string;
  readonly reference: string;
  readonly from: PullSource;
}

const PLACEHOLDER = '{artifact}';

/**
 * The references that a template means, one for each artifact. Throws `USAGE` for a template that means one thing for
 * several artifacts, and as {@link parseReference} does.
 */
export function resolveAgainst(
  template: string,
  artifacts: readonly string[],
  cwd: string,
): readonly AgainstSettings[] {
  const unknown = [...template.matchAll(/\{[^{}]*\}/g)].map(([found]) => found).find((found) => found !== PLACEHOLDER);
  if (unknown !== undefined)
    throw usage(`Cannot use --against: placeholder "${unknown}" is unknown`, `write ${PLACEHOLDER}`);
  if (artifacts.length > 1 && !template.includes(PLACEHOLDER)) {
    throw usage(
      `Cannot use --against for ${artifacts.length} artifacts: the reference is the same for all`,
      `write ${PLACEHOLDER} where it has the name of the artifact, or select one with --artifact NAME`,
    );
  }
  return artifacts.map((artifact) => {
    const reference = template.replaceAll(PLACEHOLDER, () => artifact);
    return { artifact, reference, from: parseReference(reference, cwd) };
  });
}

/** What a reference is compared with. Throws `USAGE` for a template: a reference has no artifact's name. */
export function againstReference(template: string, reference: string, cwd: string): readonly AgainstSettings[] {
  if (template.includes(PLACEHOLDER))
    throw usage(
      `Cannot use ${PLACEHOLDER} in --against: what is published already has no name but its reference`,
      'write the reference in full',
    );
  return resolveAgainst(template, [reference], cwd);
}

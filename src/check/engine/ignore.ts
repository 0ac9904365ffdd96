/** `slipway.dev/ignore: image/latest, object/cron` on an object: these rules say nothing about it. */
import { closest } from '../../config/suggest.ts';
import type { KubernetesObject } from '../object.ts';
import type { Breach } from '../rule.ts';
import { RULES } from './registry.ts';

/** The annotation. */
export const IGNORE = 'slipway.dev/ignore';

const FIELD = ['metadata', 'annotations', IGNORE];
const known: ReadonlyMap<string, boolean> = new Map(RULES.map(({ id, firm }) => [id, firm === true]));

function named({ annotations }: KubernetesObject): readonly string[] {
  const text = annotations[IGNORE];
  return typeof text === 'string' ? text.split(/[\s,]+/).filter((word) => word !== '') : [];
}

/** The rules that an object's annotation switches off. */
export function ignoredRules(object: KubernetesObject): readonly string[] {
  return named(object).filter((rule) => known.get(rule) === false);
}

/** What the annotation names in vain. */
export function unknownIgnored(object: KubernetesObject): readonly Breach[] {
  return named(object).flatMap((rule) => {
    const firm = known.get(rule);
    if (firm === false) return [];
    if (firm === true) {
      return [{ rule: 'check/ignore', field: FIELD, message: `Rule "${rule}" cannot be ignored by an annotation` }];
    }
    const near = closest(rule, known.keys());
    const hint =
      near === undefined ? 'name rules one by one: slipway check --list-rules shows all' : `did you mean "${near}"`;
    const message = `The annotation ignores rule "${rule}", which does not exist`;
    return [{ rule: 'check/ignore', field: FIELD, message, hint }];
  });
}

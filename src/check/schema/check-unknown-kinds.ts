/** Kinds that nothing describes. */
import type { CheckContext, PlacedObject, ReleaseCheck } from '../view.ts';
import { openCatalog } from './catalog.ts';
import { isBuiltIn, isUnreadable } from './check-lifecycle.ts';

const RULE = 'schema/unknown-kind';

/** Of files that kustomize reads and no cluster ever sees. */
const LOCAL = /^(?:builtin$|kustomize\.config\.k8s\.io\/|config\.kubernetes\.io\/)/;

interface Sighting<View> {
  readonly view: View;
  readonly first: PlacedObject;
  count: number;
}

const nameOf = ({ facts }: PlacedObject): string => `${facts.apiVersion} ${facts.kind}`;

function isUnknown({ facts }: PlacedObject): boolean {
  if (facts.namespaced !== undefined || facts.ignored.includes(RULE)) return false;
  return !LOCAL.test(facts.apiVersion) && !isBuiltIn(facts.apiVersion) && !isUnreadable(facts);
}

/** Says once per kind that its objects cannot be checked. What the target's versions explain has been said elsewhere. */
export const checkUnknownKinds: ReleaseCheck = (views, context, report) => {
  const seen = new Map<string, Sighting<(typeof views)[number]>>();
  for (const view of views) {
    for (const object of view.objects) {
      if (!isUnknown(object)) continue;
      const sighting = seen.get(nameOf(object));
      if (sighting === undefined) seen.set(nameOf(object), { view, first: object, count: 1 });
      else sighting.count += 1;
    }
  }
  if (seen.size === 0) return;
  const explained = explainer(context);
  for (const { view, first, count } of seen.values()) {
    if (explained(first)) continue;
    const { apiVersion, kind } = first.facts;
    const objects = count === 1 ? 'one object' : `${count} objects`;
    report(
      view,
      {
        rule: RULE,
        field: ['kind'],
        message: `No schema for ${kind} of "${apiVersion}": the fields of ${objects} were not checked`,
        hint: hintFor(apiVersion),
      },
      first,
    );
  }
};

/** Of Flux all is built in but this group, which takes being told. */
function hintFor(apiVersion: string): string {
  const hint = 'add its CustomResourceDefinition to check.crds';
  return apiVersion.startsWith('image.toolkit.fluxcd.io/')
    ? `${hint}: those of Flux's image automation are not built in`
    : hint;
}

function explainer({ targets }: CheckContext): (object: PlacedObject) => boolean {
  const catalog = openCatalog(targets);
  return ({ facts }) => catalog.lifecycle(facts.apiVersion, facts.kind) !== undefined;
}

/** Variables in manifests that the Kustomization which builds them does not set. */
import type { FieldPath } from '../../model.ts';
import { isMapping, valueAt } from '../object.ts';
import type { Breach } from '../rule.ts';
import type { Targets } from '../schema/catalog.ts';
import type { PlacedObject, ReleaseReport } from '../view.ts';
import { readDocuments } from '../yaml/documents.ts';
import { type Consumer, filesBuilt } from './consumers.ts';
import { isAtLeast } from './kinds.ts';
import { variablesIn } from './variables.ts';

/** A variable, and the field that it is in. */
interface Found {
  readonly field: FieldPath;
  readonly name: string | undefined;
  readonly written: string;
}

/** Looks at the objects that a Kustomization with variables builds. Without variables Flux replaces nothing. */
export function checkVariables(consumer: Consumer, { flux }: Targets, report: ReleaseReport): void {
  const { sync, object: by, target } = consumer;
  if (sync.variables === undefined || sync.changesObjects) return;
  const known = new Set(sync.variables);
  const files = filesBuilt(consumer);
  for (const object of target.objects) {
    const { document, facts } = object;
    if (!document.text.includes('${') || facts.flux?.literal === true || !files.has(document.file)) continue;
    const told = new Set<string>();
    for (const found of foundIn(valueIn(object), [])) {
      const needed = found.name === undefined || !(sync.variablesFromCluster || known.has(found.name));
      if (!needed || told.has(found.name ?? found.written)) continue;
      told.add(found.name ?? found.written);
      const breach =
        found.name === undefined ? unreadable(found, object) : unset(found, object, isAtLeast(flux, '2.9'));
      report(
        target,
        { ...breach, message: `${breach.message} (Kustomization "${by.facts.name}" replaces variables here)` },
        object,
      );
    }
  }
}

/** The value of an object, read once more: only objects with variables are. */
function valueIn({ document, at }: PlacedObject): unknown {
  const { documents } = readDocuments(document.text, { artifact: '', file: document.file });
  return valueAt(documents[0]?.value, at);
}

function* foundIn(value: unknown, field: FieldPath): Generator<Found> {
  if (typeof value === 'string') {
    if (value.includes('${')) for (const use of variablesIn(value)) yield { ...use, field };
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* foundIn(item, [...field, index]);
  } else if (isMapping(value)) {
    for (const [key, item] of Object.entries(value)) yield* foundIn(item, [...field, key]);
  }
}

const ESCAPE =
  'to keep it as it is, write $${ for ${, or annotate the object with kustomize.toolkit.fluxcd.io/substitute: disabled';

function unreadable({ field, written }: Found, { facts }: PlacedObject): Breach {
  const what = facts.kind === 'Secret' ? 'A text with "${"' : `"${written}"`;
  const message = `${what} is no variable that Flux can read`;
  return { rule: 'flux/variable-syntax', field, message, hint: ESCAPE };
}

function unset({ field, written }: Found, { facts }: PlacedObject, fails: boolean): Breach {
  // A name may be a part of a password that only looks like a variable.
  const what = facts.kind === 'Secret' ? 'A variable' : `"${written}"`;
  const message = `${what} has no value and no default, ${fails ? 'and the build fails' : 'and Flux puts nothing in its place'}`;
  return { rule: 'flux/variable-unset', field, message, hint: `set it in "postBuild.substitute"; ${ESCAPE}` };
}

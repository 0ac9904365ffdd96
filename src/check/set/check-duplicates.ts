/** Finds objects that are in an artifact twice. */
import { groupOf } from '../object.ts';
import type { Breach } from '../rule.ts';
import type { ArtifactCheck, ArtifactView, PlacedObject } from '../view.ts';
import { buildsOf, type Member } from './builds.ts';
import { namespaceOf } from './holdings.ts';

/** What tells objects apart. kustomize takes an object without namespace for one in `default`. */
function keyOf({ object: { facts }, name, namespace }: Member): string {
  const where = facts.namespaced === false ? '' : namespace || 'default';
  const own = name === facts.name ? facts.set.key : `${groupOf(facts.apiVersion)} ${facts.kind} ${name}`;
  return `${where} ${own}`;
}

/** Looks for the same object twice among those that are applied together. */
export const checkDuplicates: ArtifactCheck = (view, _context, report) => {
  const told = new Set<PlacedObject>();
  for (const { members, file } of buildsOf(view)) {
    const first = new Map<string, PlacedObject>();
    for (const member of members) {
      const { object } = member;
      // What has a generated name is a new object each time.
      if (object.facts.name === '') continue;
      const key = keyOf(member);
      const earlier = first.get(key);
      if (earlier === undefined) first.set(key, object);
      if (earlier === undefined || told.has(object)) continue;
      told.add(object);
      const what = nameOf(object);
      if (earlier !== object)
        report(twice(`${what} is in the artifact twice: first ${placeOf(view, earlier)}`), object);
      else if (file !== undefined)
        report(twice(`${what} is loaded twice, by two resources of this kustomization`), { file });
    }
  }
};

function nameOf({ facts }: PlacedObject): string {
  const namespace = namespaceOf(facts);
  return `${facts.kind} "${namespace === '' ? '' : `${namespace}/`}${facts.name}"`;
}

function twice(message: string): Breach {
  return {
    rule: 'set/duplicate',
    message,
    expected: 'each object once',
    hint: 'remove one of the two, or give it another name or namespace',
  };
}

/** Where an object is written, for people. */
function placeOf({ rendered }: ArtifactView, { facts, document }: PlacedObject): string {
  const { kind, name, namespace } = facts;
  const { file, line } = rendered.origins({
    file: document.file,
    line: document.line,
    column: 1,
    documentLine: document.line,
    object: { kind, name, ...(namespace !== undefined && { namespace }) },
  });
  return line === undefined ? `in ${file}` : `in ${file}:${line}`;
}

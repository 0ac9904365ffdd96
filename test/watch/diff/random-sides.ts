import fc from 'fast-check';
import type { Located } from '../../../src/watch/diff/apply.ts';
import type { ArtifactFiles, ReadYaml } from '../../../src/watch/diff/read.ts';

/** Few values, so that two sides often have the same in other places. */
const scalar = fc.constantFrom<unknown>(null, true, false, 0, 1, 2.5, '', 'a', 'b', '1', '__proto__', 'ENC[x]');
const key = fc.constantFrom('a', 'b', 'name', 'data', 'kind', 'constructor', '__proto__', 'toString', 'x/y.z');

const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    scalar,
    fc.array(tie('tree'), { maxLength: 5 }),
    fc.array(fc.tuple(key, tie('tree')), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
    fc
      .uniqueArray(fc.tuple(fc.constantFrom('x', 'y', 'z', 'w'), tie('tree')), { selector: ([name]) => name })
      .map((items) => items.map(([name, rest]) => ({ name, rest }))),
  ),
}));

const hash = fc.constantFrom('', '-2456789bcd', '-fghkmtg222');

const value = fc
  .record({
    type: fc.constantFrom(
      ['v1', 'ConfigMap'],
      ['v1', 'Secret'],
      ['apps/v1', 'Deployment'],
      ['apps/v1beta1', 'Deployment'],
    ),
    name: fc.constantFrom('one', 'two', 'three'),
    hash,
    namespace: fc.constantFrom(undefined, 'here', 'there'),
    spec: tree,
    data: tree,
  })
  .map(({ type: [apiVersion, kind], name, hash: end, namespace, spec, data }) => ({
    ...{ apiVersion, kind, spec, data },
    metadata: { name: `${name}${end}`, ...(namespace !== undefined && { namespace }) },
  }));

const located: fc.Arbitrary<Located> = fc.record({
  artifact: fc.constantFrom('apps', 'infra', 'web'),
  file: fc.constantFrom('a.yaml', 'b.yaml'),
  value,
});

/** The same tree with something else deep inside. */
function altered(before: unknown, at: readonly number[], other: unknown): unknown {
  const [next, ...rest] = at;
  if (next === undefined || typeof before !== 'object' || before === null) return other;
  if (Array.isArray(before)) {
    const index = next % (before.length + 1);
    // Something goes, comes or changes.
    if (rest.length === 0) return before.toSpliced(index, next % 2, ...(next % 3 === 0 ? [] : [other]));
    return before.map((item, position) => (position === index ? altered(item, rest, other) : item));
  }
  const keys = Object.keys(before);
  const chosen = keys[next % (keys.length + 1)] ?? 'new';
  return Object.fromEntries([
    ...Object.entries(before).filter(([name]) => name !== chosen || next % 5 !== 0),
    ...(next % 5 === 0 ? [] : [[chosen, altered(Reflect.get(before, chosen), rest, other)]]),
  ]);
}

const path = fc.array(fc.nat({ max: 11 }), { minLength: 1, maxLength: 6 });

/** What is done to an object: nothing, something deep inside, a move, or that it goes. */
const fate = fc.oneof(
  fc.constant((object: Located): readonly Located[] => [object]),
  fc.constant((): readonly Located[] => []),
  fc.tuple(path, tree).map(([at, other]) => (object: Located): readonly Located[] => [
    { ...object, value: { ...object.value, spec: altered(object.value.spec, at, other) } },
  ]),
  fc.constantFrom('apps', 'infra', 'web').map((artifact) => (object: Located): readonly Located[] => [
    { ...object, artifact },
  ]),
);

/** Objects before and after: some went, came, changed or moved. */
export const twoSides: fc.Arbitrary<{ readonly before: readonly Located[]; readonly after: readonly Located[] }> = fc
  .record({
    before: fc.array(located, { maxLength: 6 }),
    fates: fc.array(fate, { minLength: 6, maxLength: 6 }),
    added: fc.array(located, { maxLength: 3 }),
  })
  .map(({ before, fates, added }) => ({
    before,
    after: [...before.flatMap((object, index) => fates[index]?.(object) ?? []), ...added],
  }));

/** Two trees, of which one is often the other with something else inside. */
export const twoTrees: fc.Arbitrary<readonly [unknown, unknown]> = fc.oneof(
  fc.tuple(tree, tree),
  fc.tuple(tree, path, tree).map(([before, at, other]) => [before, altered(before, at, other)] as const),
);

/** Objects in files, written as JSON. */
export function written(objects: readonly Located[]): readonly ArtifactFiles[] {
  const artifacts = [...new Set(objects.map(({ artifact }) => artifact))];
  return artifacts.map((name) => {
    const own = objects.filter(({ artifact }) => artifact === name);
    const paths = [...new Set(own.map(({ file }) => file))].sort();
    const textOf = (path: string): string =>
      own
        .filter(({ file }) => file === path)
        .map((object) => JSON.stringify(object.value))
        .join('\n---\n');
    return { name, files: paths.map((path) => ({ path, bytes: Buffer.from(textOf(path)) })) };
  });
}

/** Reads what {@link written} has written. */
export const readJson: ReadYaml = (text) => [{ value: JSON.parse(text) }];

/** Whole sides of a release as real YAML: several documents a file, lists, comments, and objects that go elsewhere. */
import fc from 'fast-check';
import { yamlLines } from '../../../src/report/difference/yaml-text.ts';
import type { Located } from '../../../src/watch/diff/apply.ts';
import type { ArtifactFiles } from '../../../src/watch/diff/read.ts';

const HASHES = ['2456789bcd', 'fghkmtg222', 'kk55tt66mm'] as const;
const ARTIFACTS = ['eu-1', 'eu-2', 'us-1'] as const;
const FILES = ['a.yaml', 'apps/b.yml', 'c.yaml'] as const;

const text = fc.oneof(
  fc.constantFrom(
    '',
    'yes',
    'null',
    '1',
    '1e3',
    '0x1F',
    '~',
    '- a',
    'a: b',
    '#',
    '---',
    '...',
    'two\nlines\n',
    ' x',
    'é\u00a0',
  ),
  fc.string({ maxLength: 8 }),
);
const scalar: fc.Arbitrary<unknown> = fc.oneof(
  text,
  fc.integer({ min: -99, max: 99 }),
  fc.boolean(),
  fc.constant(null),
);
const container = fc.record({
  name: fc.constantFrom('app', 'proxy', 'log'),
  image: text,
  ports: fc.array(scalar, { maxLength: 2 }),
});
const containers = fc.uniqueArray(container, { selector: ({ name }) => name, maxLength: 3 });

const workload = fc
  .record({
    name: fc.constantFrom('web', 'api', 'db'),
    namespace: fc.constantFrom(undefined, 'pay', 'shop'),
    containers,
    extra: scalar,
  })
  .map(({ name, namespace, containers: items, extra }) => ({
    ...{ apiVersion: 'apps/v1', kind: 'Deployment' },
    metadata: { name, ...(namespace !== undefined && { namespace }) },
    spec: {
      template: { spec: { containers: items, volumes: [{ name: 'c', configMap: { name: 'settings-2456789bcd' } }] } },
      extra,
    },
  }));

const generated = fc
  .record({
    kind: fc.constantFrom('ConfigMap', 'Secret'),
    stem: fc.constantFrom('settings', 'keys'),
    hash: fc.constantFrom(...HASHES),
    value: text,
  })
  .map(({ kind, stem, hash, value }) => ({
    ...{ apiVersion: 'v1', kind },
    ...{ metadata: { name: `${stem}-${hash}`, namespace: 'pay' }, data: { value } },
  }));

const located: fc.Arbitrary<Located> = fc.record({
  artifact: fc.constantFrom(...ARTIFACTS),
  file: fc.constantFrom(...FILES),
  value: fc.oneof<fc.Arbitrary<Located['value']>[]>(workload, generated),
});

type Fate = (one: Located) => readonly Located[];

const withName = (one: Located, name: string): Located => {
  const metadata = one.value.metadata as Record<string, unknown>;
  return { ...one, value: { ...one.value, metadata: { ...metadata, name } } };
};

/** What becomes of an object: it stays, goes, moves to another file, artifact or namespace, changes, or gets another hash. */
const fate: fc.Arbitrary<Fate> = fc.oneof(
  fc.constant<Fate>((one) => [one]),
  fc.constant<Fate>(() => []),
  fc.constantFrom(...FILES).map(
    (file): Fate =>
      (one) => [{ ...one, file }],
  ),
  fc.constantFrom(...ARTIFACTS).map(
    (artifact): Fate =>
      (one) => [{ ...one, artifact }],
  ),
  fc.tuple(text, containers).map(
    ([value, items]): Fate =>
      (one) => [
        {
          ...one,
          value: {
            ...one.value,
            ...(one.value.kind === 'Deployment'
              ? { spec: { template: { spec: { containers: items } } } }
              : { data: { value } }),
          },
        },
      ],
  ),
  fc.constantFrom(...HASHES).map(
    (hash): Fate =>
      (one) => {
        const { name } = one.value.metadata as { readonly name: string };
        return [withName(one, name.replace(/-[2-9b-t]{10}$/, `-${hash}`))];
      },
  ),
);

/** Two whole sides. An artifact may have an object twice. */
export const wholeSides: fc.Arbitrary<{ readonly before: readonly Located[]; readonly after: readonly Located[] }> = fc
  .record({
    before: fc.array(located, { minLength: 1, maxLength: 10 }),
    fates: fc.array(fate, { minLength: 10, maxLength: 10 }),
    added: fc.array(located, { maxLength: 3 }),
  })
  .map(({ before, fates, added }) => ({
    before,
    after: [...before.flatMap((one, index) => fates[index]?.(one) ?? []), ...added],
  }));

/** How documents of a file are put together. */
export interface Style {
  readonly separator: string;
  readonly lists: boolean;
  readonly comment: string;
  readonly json: boolean;
}

/** Styles that mean the same. */
export const style: fc.Arbitrary<Style> = fc.record({
  separator: fc.constantFrom('---\n', '--- # next\n', '---\n---\n', '---\n# nothing\n---\n'),
  lists: fc.boolean(),
  comment: fc.constantFrom('', '# said\n'),
  json: fc.boolean(),
});

const documentOf = (value: unknown, { json, comment }: Style): string =>
  `${comment}${json ? `${JSON.stringify(value)}\n` : `${yamlLines(value).join('\n')}\n`}`;

/** Objects in the files of their artifacts. With `lists` those of a file are the items of one. */
export function filesOf(objects: readonly Located[], how: Style): readonly ArtifactFiles[] {
  const names = [...new Set(objects.map(({ artifact }) => artifact))];
  return names.map((name) => {
    const own = objects.filter(({ artifact }) => artifact === name);
    const paths = [...new Set(own.map(({ file }) => file))].sort();
    return {
      name,
      files: paths.map((path) => {
        const values = own.filter(({ file }) => file === path).map(({ value }) => value);
        const documents = how.lists ? [{ apiVersion: 'v1', kind: 'List', items: values }] : values;
        return { path, bytes: Buffer.from(documents.map((value) => documentOf(value, how)).join(how.separator)) };
      }),
    };
  });
}

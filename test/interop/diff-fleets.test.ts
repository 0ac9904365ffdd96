import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { diff } from '../../src/index.ts';
import type { DifferenceDocument, ObjectChange } from '../../src/model.ts';
import { copyFleet } from './data.ts';
import { folder } from './folder.ts';
import { run } from './peer.ts';
import { toolPath } from './servers.ts';
import { pathWith } from './toolbox.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A folder before and after, and how many objects are not the same in them. */
type Pair = readonly [fleet: string, render: 'kustomize' | 'source', before: string, after: string, objects: number];

const infra = (part: string, objects: number): Pair => overlays('d2-infra', `components/${part}`, objects);

/** Pairs of overlays: what a promotion would change. */
const PAIRS: readonly Pair[] = [
  overlays('d2-apps', 'components/backend', 2),
  overlays('d2-apps', 'components/frontend', 1),
  infra('cert-manager/configs', 1),
  infra('cert-manager/controllers', 0),
  infra('monitoring/configs', 0),
  infra('monitoring/controllers', 1),
  overlays('kustomize-helm-example', 'apps', 1),
  ['d2-apps', 'kustomize', 'components/backend/base', 'components/backend/production', 2],
  [
    'd2-infra',
    'kustomize',
    'components/monitoring/controllers/base',
    'components/monitoring/controllers/production',
    1,
  ],
  ['d2-infra', 'kustomize', 'components/monitoring/configs/base', 'components/cert-manager/configs/base', 5],
  ['kustomize-helm-example', 'source', 'clusters/staging', 'clusters/production', 3],
  ['d2-fleet', 'source', 'clusters/staging', 'clusters/prod-eu', 2],
  ['d2-fleet', 'source', 'clusters/prod-eu', 'clusters/prod-us', 2],
];

function overlays(fleet: string, part: string, objects: number): Pair {
  return [fleet, 'kustomize', `${part}/staging`, `${part}/production`, objects];
}

/** What kubectl reads in a text of manifests, by group, kind, namespace and name. */
async function objectsIn(text: string, cwd: string): Promise<ReadonlyMap<string, Fields>> {
  const label = ['label', '--local', '--dry-run=client', '--output=json', '--filename=-', 'asked=here'];
  const { stdout } = await run(toolPath('kubectl'), label, { cwd, input: text });
  const objects = stdout
    .trim()
    .split(/(?<=^\})\n(?=\{$)/m)
    .map((json) => withoutLabel(JSON.parse(json) as Fields));
  const keyed = objects.map((object): [string, Fields] => {
    const { name, namespace = '' } = object.metadata as { readonly name: string; readonly namespace?: string };
    return [keyOf(String(object.apiVersion), String(object.kind), namespace, name), object];
  });
  expect(new Set(keyed.map(([key]) => key)).size).toBe(keyed.length);
  return new Map(keyed);
}

/** The question is no part of the answer. */
function withoutLabel(object: Fields): Fields {
  const { labels, ...metadata } = object.metadata as Fields;
  const { asked: _, ...own } = labels as Fields;
  return { ...object, metadata: { ...metadata, ...(Object.keys(own).length > 0 && { labels: own }) } };
}

const keyOf = (apiVersion: string, kind: string, namespace: string, name: string): string =>
  [apiVersion.includes('/') ? apiVersion.split('/')[0] : '', kind, namespace, name].join(' ');

/** The text that a folder's consumer reads: what kustomize prints, or its manifests one after the other. */
async function textOf(render: 'kustomize' | 'source', path: string): Promise<string> {
  if (render === 'kustomize') return (await run(toolPath('kustomize'), ['build', '.'], { cwd: path })).stdout;
  const all = (await readdir(path, { recursive: true })).filter((name) => /\.ya?ml$/.test(name));
  const manifests = all.filter((name) => !name.endsWith('kustomization.yaml')).sort();
  const texts = await Promise.all(manifests.map((name) => readFile(join(path, name), 'utf8')));
  // A file may hold nothing but comments.
  return texts.filter((text) => /^kind:/m.test(text)).join('\n---\n');
}

/** Where two values differ: down to the first list, which is a place as a whole. */
function differing(before: unknown, after: unknown, path: readonly string[] = []): readonly string[] {
  if (JSON.stringify(sorted(before)) === JSON.stringify(sorted(after))) return [];
  if (!isMapping(before) || !isMapping(after)) return [path.join('.')];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys.flatMap((key) => differing(before[key], after[key], [...path, key]));
}

const isMapping = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isMapping(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
}

/** A path of ours, key by key; `[name=app]` and `[0]` are items of lists. */
function stepsOf(path: string): readonly { readonly key?: string; readonly item?: string }[] {
  const steps = path.matchAll(/\.?([\w$-]+)|\["((?:\\.|[^"\\])*)"\]|\[([^\]]*)\]/g);
  return [...steps].map(([, word, quoted, item]) =>
    item === undefined ? { key: word ?? (JSON.parse(`"${quoted}"`) as string) } : { item },
  );
}

/** The same path as the peer has it. */
function untilList(path: string): string {
  const steps = stepsOf(path);
  const end = steps.findIndex(({ key }) => key === undefined);
  return steps
    .slice(0, end === -1 ? undefined : end)
    .map(({ key }) => key)
    .join('.');
}

/** What lies at a path of ours in what kubectl has read. */
function lookUp(object: unknown, path: string): unknown {
  return stepsOf(path).reduce<unknown>((at, { key, item = '' }) => {
    if (key !== undefined) return (at as Fields | undefined)?.[key];
    const [, by, value] = /^([^=]+)=(.*)$/s.exec(item) ?? [];
    const list = (at ?? []) as readonly Fields[];
    return by === undefined ? list[Number(item)] : list.find((one) => String(one[by]) === value);
  }, object);
}

interface Told {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: Readonly<Record<string, readonly string[]>>;
}

const nameOf = ({ object: { apiVersion, kind, namespace = '', name } }: ObjectChange): string =>
  keyOf(apiVersion, kind, namespace, name);

/** What we tell, in the peer's words. What only stands in another file has not changed. */
function toldBy({ sets }: DifferenceDocument): Told {
  const changes = sets.flatMap((set) => set.changes);
  const of = (kind: ObjectChange['change']): readonly string[] =>
    changes
      .filter(({ change }) => change === kind)
      .map(nameOf)
      .sort();
  const changed = changes.filter(
    ({ change, fields }) => (change === 'changed' || change === 'moved') && fields.length > 0,
  );
  expect(changes.filter(({ change }) => change === 'renamed')).toEqual([]);
  return {
    added: of('added'),
    removed: of('removed'),
    changed: Object.fromEntries(
      changed.map((change) => [nameOf(change), [...new Set(change.fields.map(({ path }) => untilList(path)))].sort()]),
    ),
  };
}

type Objects = ReadonlyMap<string, Fields>;

function expected(before: Objects, after: Objects): Told {
  const both = [...before.keys()].filter((key) => after.has(key));
  const changed = both
    .map((key): [string, readonly string[]] => [key, [...differing(before.get(key), after.get(key))].sort()])
    .filter(([, paths]) => paths.length > 0);
  return {
    added: [...after.keys()].filter((key) => !before.has(key)).sort(),
    removed: [...before.keys()].filter((key) => !after.has(key)).sort(),
    changed: Object.fromEntries(changed),
  };
}

/** Every value that we tell is what kubectl has read there; answers how many these are. */
function checkValues(document: DifferenceDocument, before: Objects, after: Objects): number {
  let values = 0;
  for (const change of document.sets.flatMap((set) => set.changes)) {
    for (const field of change.fields) {
      const sides = [
        ['before', before],
        ['after', after],
      ] as const;
      for (const [side, objects] of sides) {
        // The position of an item without a name is that of the new list.
        if (!(side in field) || (side === 'before' && /\[\d+\]/.test(field.path))) continue;
        expect(field[side], `${side} ${field.path}`).toEqual(lookUp(objects.get(nameOf(change)), field.path));
        values += 1;
      }
    }
  }
  return values;
}

test.each(PAIRS)('%s under %s: from %s to %s exactly what kubectl reads otherwise is told', async (...pair) => {
  const [fleet, render, from, to, objects] = pair;
  const work = await folder();
  onTestFinished(() => work.remove());
  const cwd = join(work.path, 'fleet');
  await copyFleet(fleet, cwd);
  const env = await pathWith(work.path, 'kustomize');
  const document = await diff({ sides: [`./${from}`, `./${to}`], render }, { cwd, env });
  const before = await objectsIn(await textOf(render, join(cwd, from)), work.path);
  const after = await objectsIn(await textOf(render, join(cwd, to)), work.path);
  const peer = expected(before, after);
  const told = toldBy(document);
  expect(told).toEqual(peer);

  const values = checkValues(document, before, after);
  expect(values >= Object.keys(told.changed).length).toBe(true);
  expect(Object.keys(told.changed).length + told.added.length + told.removed.length).toBe(objects);
});

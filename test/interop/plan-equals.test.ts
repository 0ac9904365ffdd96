/** What a plan tells is what the publish does: over 200 random edits, with stores of every kind, some of which lag. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PlanDocument, Receipt } from '../../src/model.ts';
import { slipway } from '../flow/fleet.ts';
import { type SourceTree, sourceTree } from '../flow/source-tree.ts';
import { type Stage, startStage } from '../flow/stage.ts';

const WORLDS = 10;
const EDITS = 20;

const STORES: Readonly<Record<string, string>> = {
  eu: '"env://EU"',
  us: '"env://US"',
  layout: '"file:.slipway/layout"',
  object: '"file:.slipway/object?layout=object"',
  tarball: '"file:.slipway/tarball?layout=tarball"',
  tree: '{ url: "file:.slipway/tree", layout: tree, consumer: { bucket: fleet, endpoint: minio.example.com } }',
};
const NAMES = ['north', 'south', 'east', 'west'];

type Edit =
  | { readonly kind: 'write'; readonly artifact: string; readonly object: string; readonly letter: string }
  | { readonly kind: 'remove'; readonly artifact: string; readonly object?: string }
  | { readonly kind: 'nothing' | 'version' }
  | { readonly kind: 'select'; readonly artifact: string; readonly letter: string }
  | { readonly kind: 'stores'; readonly without: string }
  | { readonly kind: 'lag'; readonly store: string; readonly artifact: string };

const artifact = fc.constantFrom(...NAMES);
const object = fc.constantFrom('a', 'b', 'c');
const letter = fc.constantFrom('x', 'y', 'z');
const edit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('write' as const), artifact, object, letter }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove' as const), artifact, object }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), artifact }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('nothing' as const, 'version' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('select' as const), artifact, letter }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('stores' as const),
      without: fc.constantFrom('', 'layout', 'tree', 'eu'),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('lag' as const),
      store: fc.constantFrom(...Object.keys(STORES)),
      artifact,
    }),
  },
);

interface World {
  readonly tree: SourceTree;
  readonly stage: Stage;
  /** Text by path of what the artifacts have. */
  readonly files: Map<string, string>;
  without: string;
  versions: number;
}

const config = (without: string): string => `version: 1
artifacts:
  - { path: clusters/*, render: plain }
stores: { ${Object.entries(STORES)
  .filter(([name]) => name !== without)
  .map(([name, url]) => `${name}: ${url}`)
  .join(', ')} }
primary: us
channel: prod
`;

const yaml = (name: string, value: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n  namespace: web\ndata:\n  value: ${value}\n`;

/** Takes a name of an artifact away from a store, or all of the store. */
async function lag({ tree, stage }: World, store: string, name: string): Promise<void> {
  if (store === 'eu') {
    stage.registry.repositories.get(`fleet/${name}`)?.tags.delete('prod');
  } else if (store === 'us') {
    stage.bucket.objects.delete(`gitops/channels/prod/${name}/manifests.yaml`);
  } else {
    const place = store === 'layout' ? name : name === 'north' ? '' : `channels/prod/${name}`;
    await rm(join(tree.dir, '.slipway', store, place), { recursive: true, force: true });
  }
}

/** Applies an edit, and answers what publishing is told besides. */
async function apply(world: World, step: Edit): Promise<readonly string[]> {
  const { files } = world;
  const path = (name: string, one: string): string => `clusters/${name}/${one}.yaml`;
  if (step.kind === 'write') files.set(path(step.artifact, step.object), yaml(step.object, step.letter));
  if (step.kind === 'select') files.set(path(step.artifact, 'a'), yaml('a', step.letter));
  if (step.kind === 'remove') {
    const gone = [...files.keys()].filter((file) =>
      step.object === undefined
        ? file.startsWith(`clusters/${step.artifact}/`)
        : file === path(step.artifact, step.object),
    );
    // One artifact with one object is always there.
    for (const file of gone.filter((one) => one !== path('north', 'a'))) {
      files.delete(file);
      await rm(join(world.tree.dir, file));
    }
    const folder = `clusters/${step.artifact}`;
    const isLeft = [...files.keys()].some((file) => file.startsWith(`${folder}/`));
    if (!isLeft) await rm(join(world.tree.dir, folder), { recursive: true, force: true });
  }
  if (step.kind === 'stores') world.without = step.without;
  if (step.kind === 'lag') await lag(world, step.store, step.artifact);
  await world.tree.commit({ 'slipway.yaml': config(world.without), ...Object.fromEntries(files) });
  world.versions += step.kind === 'version' ? 1 : 0;
  if (step.kind === 'version') return ['--version', `1.0.${world.versions}`];
  return step.kind === 'select' ? ['--artifact', step.artifact] : [];
}

const requestsOf = ({ requests }: Receipt): unknown =>
  Object.fromEntries(Object.entries(requests).map(([name, { reads, writes }]) => [name, { reads, writes }]));

/** What the receipts of a plan and of its publish must agree on. */
const comparable = (receipt: Receipt): unknown => ({
  artifacts: receipt.artifacts,
  requests: requestsOf(receipt),
  stores: receipt.stores,
  generation: receipt.generation,
  kind: receipt.kind,
});

/** What every name shows: revisions by artifact and store. */
const revisionsOf = ({ artifacts }: Receipt): ReadonlyMap<string, string> =>
  new Map(
    artifacts.flatMap(({ name, stores }) =>
      Object.entries(stores).map(([store, { fluxRevision }]) => [`${name} ${store}`, fluxRevision] as const),
    ),
  );

test.each(Array.from({ length: WORLDS }, (_, world) => ({ world })))(
  'Plans tell digests, revisions, names and requests of the publishes that follow: world $world',
  async ({ world: number }) => {
    const [tree, stage] = await Promise.all([sourceTree(), startStage()]);
    const world: World = {
      tree,
      stage,
      files: new Map([['clusters/north/a.yaml', yaml('a', 'x')]]),
      without: '',
      versions: 0,
    };
    await tree.write({ '.gitignore': '.slipway/\nplan.json\n/built/\n' });
    const run = async (...argv: readonly string[]) => {
      const ended = await slipway([...argv, '--output', 'json', '--quiet'], { cwd: tree.dir, env: stage.env });
      return { ...ended, answer: JSON.parse(ended.stdout) };
    };
    let shown: ReadonlyMap<string, string> = new Map();
    try {
      for (const [index, step] of fc.sample(edit, { numRuns: EDITS, seed: 100 + number }).entries()) {
        const args = await apply(world, step);
        const written = stage.writes().length;
        const made = await run('plan', '--out', 'plan.json', '--built', 'built', ...args);
        const plan: PlanDocument = made.answer;
        const about = `edit ${index}: ${JSON.stringify(step)} ${made.stderr}${made.stdout.slice(0, 300)}`;
        expect([made.code, plan.receipt?.outcome], about).toEqual([0, 'planned']);
        expect(stage.writes().length, about).toBe(written);
        const allow = plan.allow.flatMap((phrase) => ['--allow', phrase]);
        const way = [
          [...args, ...allow],
          ['--plan', 'plan.json', ...allow],
          ['--plan', 'plan.json', '--built', 'built', ...allow],
        ];
        const done = await run('publish', ...(way[index % way.length] ?? []));
        expect(done.code, about + done.stdout + done.stderr).toBe(0);
        const receipt: Receipt = done.answer;
        expect(comparable({ ...receipt }), about).toEqual(comparable({ ...plan.receipt }));
        expect(plan.work?.expected.outcome, about).toBe(receipt.outcome);
        const now = revisionsOf(receipt);
        if (step.kind !== 'lag' && step.kind !== 'stores') {
          const moved = [...now].filter(([name, revision]) => shown.get(name) !== revision).map(([name]) => name);
          const told = plan.names.filter(({ reconciles }) => reconciles === 'yes');
          expect(told.map(({ artifact: name, store }) => `${name} ${store}`).sort(), about).toEqual(moved.sort());
        }
        // What a store without a place in the config shows stays there.
        shown = new Map([...shown, ...now]);
      }
    } finally {
      await Promise.all([tree.remove(), stage.stop()]);
    }
  },
);

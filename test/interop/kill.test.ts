/** SIGKILL before and after every write of a publish to two stores: readers never see a mixture, a rerun completes. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eachLimit } from '../../src/concurrency.ts';
import type { Receipt } from '../../src/model.ts';
import { type Bundle, bundle, type Running, start } from '../cli/bundle.ts';
import {
  bucketRecords,
  instantly,
  overHttp,
  type RecordShown,
  readObject,
  readTag,
  registryRecords,
  type Shown,
} from '../flow/reader.ts';
import { type SourceTree, sourceTree } from '../flow/source-tree.ts';
import { type Boundary, type Contents, type Stage, type StoreName, startStage, TRIED } from '../flow/stage.ts';

const CONFIG = `version: 1
artifacts:
  - { path: clusters/*, render: plain }
stores: { eu: "env://EU", us: "env://US" }
primary: env://PRIMARY
channel: prod
`;
const ARTIFACTS = ['north', 'south'] as const;
const yaml = (artifact: string, version: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${artifact}\ndata:\n  version: ${version}\n`;
const filesOf = (version: string): Record<string, string> =>
  Object.fromEntries(ARTIFACTS.map((artifact) => [`clusters/${artifact}/cm.yaml`, yaml(artifact, version)]));

let built: Bundle;
let tree: SourceTree;
let compiled = '';

beforeAll(async () => {
  [built, tree] = await Promise.all([bundle(), sourceTree()]);
  compiled = await mkdtemp(join(tmpdir(), 'slipway-compiled-'));
});
afterAll(() => Promise.all([built.remove(), tree.remove(), rm(compiled, { recursive: true, force: true })]));

function publish(stage: Stage, primary: StoreName): Running {
  const env = { ...stage.env, PRIMARY: primary, NODE_COMPILE_CACHE: compiled };
  return start(join(built.root, 'dist/cli.js'), ['publish', '--output', 'json', '--quiet'], { cwd: tree.dir, env });
}

/** What may stand under the names: texts by version, `none` where a name may still be absent. */
type Allowed = readonly ('none' | 'one' | 'two')[];

const isListed = (records: readonly RecordShown[], artifact: string, shown: Shown): boolean =>
  records
    .flatMap(({ artifacts }) => artifacts)
    .some((e) => e.name === artifact && [e.manifest, e.views.object?.digest].includes(shown.digest));

/** Throws when a reader would see anything but one of the allowed artifacts, whole, and listed by a record there. */
async function look(contents: Contents, allowed: Allowed): Promise<void> {
  for (const artifact of ARTIFACTS) {
    const views = [
      { store: 'eu', shown: await readTag(instantly(contents), `fleet/${artifact}`, 'prod'), read: registryRecords },
      {
        store: 'us',
        shown: readObject(contents, `gitops/channels/prod/${artifact}/manifests.yaml`),
        read: bucketRecords,
      },
    ];
    for (const { store, shown, read } of views) {
      const version = shown === undefined ? 'none' : allowed.find((v) => shown.text === yaml(artifact, v));
      if (version === undefined || !allowed.includes(version))
        throw new Error(`${store} shows of ${artifact}: ${shown?.text ?? 'nothing'}`);
      if (shown !== undefined && !isListed(read(contents, 'prod'), artifact, shown))
        throw new Error(`${store} shows of ${artifact} what no record lists`);
    }
  }
}

/** Where a publisher dies: at the n-th write (from 1) of a store. */
interface Point extends Pick<Boundary, 'store' | 'when'> {
  readonly write: number;
}

/** Publishes with a reader at every request boundary, and a SIGKILL at the point. Answers how many writes there were. */
async function watched(
  stage: Stage,
  options: { readonly primary: StoreName; readonly allowed: Allowed; readonly point?: Point },
): Promise<{
  readonly code: number | null;
  readonly stdout: string;
  readonly writes: Readonly<Record<StoreName, number>>;
}> {
  const { primary, allowed, point } = options;
  const writes = { eu: 0, us: 0 };
  const numbers = new Map<string, number>();
  const torn: unknown[] = [];
  const child = publish(stage, primary);
  stage.watch(async ({ store, when, index, write }) => {
    const request = `${store} ${index}`;
    if (write && when === 'before') {
      writes[store] += 1;
      numbers.set(request, writes[store]);
    }
    await look(stage.live, allowed).catch((thrown) => torn.push(thrown));
    const hit = point?.store === store && point.when === when && point.write === numbers.get(request);
    if (!hit) return 'serve';
    child.kill('SIGKILL');
    await child.ended;
    return 'reset';
  });
  const { code, stdout, stderr } = await child.ended;
  await look(stage.live, allowed);
  if (torn.length > 0) throw torn[0];
  if (code !== null && code !== 0) throw new Error(`exit code ${code}: ${stderr}`);
  return { code, stdout, writes };
}

/** Everything that must hold when a run is through: one record in both stores, and the names are what it lists. */
async function assertComplete(stage: Stage, stdout: string): Promise<void> {
  const receipt = JSON.parse(stdout) as Receipt;
  const states = Object.values(receipt.stores).map(({ state }) => state);
  expect({ outcome: receipt.outcome, states }).toEqual({
    outcome: expect.stringMatching(/^(published|healed|unchanged)$/),
    states: ['current', 'current'],
  });
  for (const { stores } of receipt.artifacts)
    for (const { state } of Object.values(stores)) expect(['current', 'unchanged', 'repaired']).toContain(state);
  const contents = stage.live;
  const [newest] = bucketRecords(contents, 'prod');
  expect(registryRecords(contents, 'prod')[0]).toEqual(newest);
  expect(newest?.artifacts.map(({ name }) => name)).toEqual(ARTIFACTS);
  for (const { name, manifest, views } of newest?.artifacts ?? []) {
    const text = yaml(name, 'two');
    expect(await readTag(overHttp(stage.registry.url), `fleet/${name}`, 'prod')).toEqual({ digest: manifest, text });
    const object = readObject(contents, `gitops/channels/prod/${name}/manifests.yaml`);
    expect(object).toEqual({ digest: views.object?.digest, text });
  }
}

async function onStage<T>(from: Contents, work: (stage: Stage) => Promise<T>): Promise<T> {
  const stage = await startStage({ from, registry: { forgetsUntagged: true } });
  try {
    return await work(stage);
  } finally {
    await stage.stop();
  }
}

/** What the stores hold after version one was published. */
async function afterOne(primary: StoreName): Promise<Contents> {
  await tree.commit({ 'slipway.yaml': CONFIG, ...filesOf('one') });
  return onStage(TRIED, async (stage) => {
    const { stdout } = await watched(stage, { primary, allowed: ['none', 'one'] });
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'published', generation: 1 });
    return stage.contents();
  });
}

interface Deaths {
  readonly from: Contents;
  readonly primary: StoreName;
  /** What the names show before. */
  readonly shown: 'none' | 'one';
  readonly moments: readonly Point['when'][];
}

/** Kills a publish of version two at every write, and runs it again each time. Answers how many points there were. */
async function killEverywhere({ from, primary, shown, moments }: Deaths): Promise<number> {
  const allowed: Allowed = [shown, 'two'];
  const { writes } = await onStage(from, async (stage) => {
    const dry = await watched(stage, { primary, allowed });
    await assertComplete(stage, dry.stdout);
    return dry;
  });
  const points = (['eu', 'us'] as const).flatMap((store) =>
    Array.from({ length: writes[store] }, (_, i) => i + 1).flatMap((write) =>
      moments.map((when): Point => ({ store, write, when })),
    ),
  );
  await eachLimit(points, 2, (point) =>
    onStage(from, async (stage) => {
      try {
        const killed = await watched(stage, { primary, allowed, point });
        expect(killed.code).toBeNull();
        const again = await watched(stage, { primary, allowed });
        await assertComplete(stage, again.stdout);
      } catch (cause) {
        throw new Error(`killed ${point.when} write ${point.write} of ${point.store}: ${String(cause)}`, { cause });
      }
    }),
  );
  return points.length;
}

const minutes = { timeout: 120_000 };

test(
  'a publisher that dies before or after any write leaves whole artifacts, and a rerun completes',
  minutes,
  async () => {
    const from = await afterOne('us');
    await tree.commit(filesOf('two'));
    const points = await killEverywhere({ from, primary: 'us', shown: 'one', moments: ['before', 'after'] });
    expect(points).toBeGreaterThan(40);
  },
);

// Before a write is, for each store alone, the same as after the write in front of it.
test('the same holds where a registry orders the releases', minutes, async () => {
  const from = await afterOne('eu');
  await tree.commit(filesOf('two'));
  const points = await killEverywhere({ from, primary: 'eu', shown: 'one', moments: ['after'] });
  expect(points).toBeGreaterThan(20);
});

test(
  'a first publisher that dies at any write leaves whole artifacts or none, and a rerun completes',
  minutes,
  async () => {
    await tree.commit({ 'slipway.yaml': CONFIG, ...filesOf('two') });
    const points = await killEverywhere({ from: TRIED, primary: 'us', shown: 'none', moments: ['after'] });
    expect(points).toBeGreaterThan(20);
  },
);

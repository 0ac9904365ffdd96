/** Trees from publish to pull and verify, in a bucket and in a folder. */
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Receipt, Verification } from '../../src/model.ts';
import type { Ended } from '../cli/bundle.ts';
import { slipway } from './fleet.ts';
import { type SourceTree, sourceTree } from './source-tree.ts';
import { type Contents, type Stage, startStage } from './stage.ts';
import { hidden, pair } from './verify-fleet.ts';

const CONFIG = `version: 1
channel: prod
artifacts:
  - { path: clusters/*, render: source }
  - { path: apps/*, render: plain }
consumer: { secretRef: minio, endpoint: s3.example.com }
stores:
  us: env://US
  lab: { url: "file:.slipway/bucket", layout: tree, consumer: { bucket: fleet, endpoint: minio.example.com } }
sign: { key: env://KEY }
`;
const FILES = {
  'clusters/north/app.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: app, namespace: web }\n',
  'clusters/north/base/db.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: db, namespace: web }\n',
  'apps/web/cm.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: web, namespace: web }\n',
};
const OWN = pair();

interface Scene {
  readonly tree: SourceTree;
  readonly contents: Contents;
  readonly receipt: Receipt;
}

let published: Scene | undefined;

beforeAll(async () => {
  const [tree, stage] = await Promise.all([sourceTree(), startStage()]);
  await tree.commit({ 'slipway.yaml': CONFIG, '.gitignore': '.slipway/\n', ...FILES });
  const ended = await slipway(['publish', '--output', 'json'], { cwd: tree.dir, env: envOf(stage) });
  if (ended.code !== 0) throw new Error(ended.stdout + ended.stderr);
  published = { tree, contents: stage.contents(), receipt: JSON.parse(ended.stdout) };
  await stage.stop();
  return tree.remove;
});

const envOf = (stage: Stage): Readonly<Record<string, string>> => ({
  ...stage.env,
  US: `${stage.env.US}&layout=tree`,
  KEY: OWN.key,
});

interface Opened extends Scene {
  readonly stage: Stage;
  run(...args: readonly string[]): Promise<Ended>;
  verify(
    ...args: readonly string[]
  ): Promise<{ readonly code: number | null; readonly said: readonly string[]; readonly answer: Verification }>;
  /** References of `north` in both stores. */
  readonly refs: { readonly us: string; readonly lab: string };
}

/** The stores as they were published, for one test to change. */
async function open(): Promise<Opened> {
  if (published === undefined) throw new Error('nothing was published');
  const stage = await startStage({ from: published.contents });
  const folder = join(published.tree.dir, '.slipway');
  await cp(join(folder, 'bucket'), join(folder, 'before'), { recursive: true });
  onTestFinished(async () => {
    await stage.stop();
    await rm(join(folder, 'bucket'), { recursive: true });
    await cp(join(folder, 'before'), join(folder, 'bucket'), { recursive: true });
  });
  const run: Opened['run'] = (...args) =>
    slipway(args, { cwd: folder.slice(0, -'/.slipway'.length), env: envOf(stage) });
  return {
    ...{ ...published, stage, run },
    refs: {
      us: `s3://fleet/gitops/channels/prod/north/root.yaml?region=us-east-1&endpoint=${stage.bucket.endpoint}`,
      lab: 'file:.slipway/bucket/channels/prod/north/root.yaml',
    },
    async verify(...args) {
      const { code, stdout } = await run('verify', ...args, '--output', 'json');
      const answer = JSON.parse(stdout) as Verification;
      const said = answer.references.flatMap(({ artifacts }) =>
        artifacts.map(({ artifact, verdict, error }) =>
          hidden([artifact, verdict, error?.message ?? ''].join(' ').trim()),
        ),
      );
      return { code, said, answer };
    },
  };
}

/** Changes the root of `north` in the folder. */
async function changeRoot({ tree }: Opened, change: (text: string) => string): Promise<void> {
  const path = join(tree.dir, '.slipway/bucket/channels/prod/north/root.yaml');
  const text = await readFile(path, 'utf8');
  expect(change(text)).not.toBe(text);
  await writeFile(path, change(text));
}

test('a release is proved, and said again by references that the receipt told', async () => {
  const opened = await open();
  const references = opened.receipt.artifacts.map(({ name, stores }) => [
    name,
    stores.us?.reference,
    stores.lab?.reference,
  ]);
  const names = references.map(([, us, lab]) => `${us?.replace(/\?.*$/s, '')} ${lab}`);
  expect(names).toEqual([
    's3://fleet/gitops/channels/prod/north/root.yaml file:.slipway/bucket/channels/prod/north/root.yaml',
    's3://fleet/gitops/channels/prod/web/root.yaml file:.slipway/bucket/channels/prod/web/root.yaml',
  ]);
  expect(opened.receipt.outcome).toBe('published');
  const all = await opened.verify('prod', opened.refs.us, opened.refs.lab);
  expect(all.said).toEqual([
    'north trusted',
    'web trusted',
    'north trusted',
    'web trusted',
    'north trusted',
    'north trusted',
  ]);
  const notes = all.answer.references.flatMap(({ artifacts }) =>
    artifacts.flatMap(({ evidence }) => evidence?.notes ?? []),
  );
  expect(notes.filter((note) => note.includes('clusters'))).toEqual([]);
  expect(all.code).toBe(0);
});

test('every file is pulled from where clusters read it', async () => {
  const opened = await open();
  const north = { 'app.yaml': FILES['clusters/north/app.yaml'], 'base/db.yaml': FILES['clusters/north/base/db.yaml'] };
  for (const [name, reference] of Object.entries(opened.refs)) {
    const out = `.slipway/out-${name}`;
    const { code, stderr } = await opened.run('pull', reference, '-o', out);
    expect(code, stderr).toBe(0);
    for (const [path, text] of Object.entries(north)) {
      expect(await readFile(join(opened.tree.dir, out, path), 'utf8')).toBe(text);
    }
  }
});

test('a reference is verified without the config, and told where it sends clusters', async () => {
  const opened = await open();
  const { tree, stage, refs } = opened;
  const elsewhere = await sourceTree();
  onTestFinished(elsewhere.remove);
  await elsewhere.commit({ 'own.pub': OWN.pub });
  const verify = async (reference: string): Promise<string> => {
    const args = ['verify', reference, '--key', 'own.pub'];
    const ended = await slipway(args, { cwd: elsewhere.dir, env: envOf(stage) });
    return `${ended.code} ${hidden(ended.stdout + ended.stderr)}`;
  };
  const lab = `file:${join(tree.dir, '.slipway/bucket')}/channels/prod/north/root.yaml`;
  const said = await verify(lab);
  expect(said).toMatch(/^0 /);
  expect(said).toContain(
    'warning   it sends clusters to bucket "fleet" at "minio.example.com", provider "generic", Secret "minio", namespace "flux-system", which no config confirmed',
  );
  const elsewhereSent = await verify(refs.us);
  expect(elsewhereSent).toMatch(/^5 /);
  expect(elsewhereSent).toContain(
    'it sends clusters to bucket "fleet" at "s3.example.com", provider "generic", Secret "minio", namespace "flux-system", which is not the bucket that it lies in',
  );
  expect(elsewhereSent).toContain('run it with the config that says how clusters reach the bucket (--config)');
});

const OTHERS = 'is not what this config writes: it is written for other consumers:';
test.each<[string, (text: string) => string, string]>([
  ['another bucket', (text) => text.replace('"fleet"', '"other"'), `${OTHERS} bucket "other", here "fleet"`],
  [
    'another endpoint',
    (text) => text.replace('minio.example.com', 'evil.example.com'),
    `${OTHERS} endpoint "evil.example.com", here "minio.example.com"`,
  ],
  [
    'no TLS',
    (text) => text.replace('  interval: "1h"', '  insecure: true\n  interval: "1h"'),
    `${OTHERS} insecure true, here false`,
  ],
  [
    'another object',
    (text) => `${text}---\napiVersion: v1\nkind: Namespace\nmetadata: { name: x }\n`,
    'is "sha256:…", and generation 1 of channel "prod" says "sha256:…"',
  ],
])('a root with %s is not trusted', async (_, change, state) => {
  const opened = await open();
  await changeRoot(opened, change);
  const wrong = `Cannot trust "north": "channels/prod/north/root.yaml" ${state}`;
  expect(await opened.verify('prod')).toMatchObject({
    code: 5,
    said: ['north trusted', 'web trusted', `north untrusted ${wrong}`, 'web trusted'],
  });
  expect(await opened.verify(opened.refs.lab)).toMatchObject({ code: 5, said: [`north untrusted ${wrong}`] });
});

test('a root that was written for consumers of before the config changed is trusted, with a warning', async () => {
  const opened = await open();
  await changeRoot(opened, (text) =>
    text.replace('name: "minio"', 'name: "old"').replaceAll('namespace: "flux-system"', 'namespace: "apps"'),
  );
  const { code, said, answer } = await opened.verify(opened.refs.lab);
  expect([code, said]).toEqual([0, ['north trusted']]);
  expect(answer.references[0]?.artifacts[0]?.evidence?.warnings).toEqual([
    'it is written for other consumers: secretRef "old", here "minio"; namespace "apps", here "flux-system"',
  ]);
});

test('heal tells whom a root was written for, and writes a lost one again', async () => {
  const opened = await open();
  await changeRoot(opened, (text) => text.replace('name: "minio"', 'name: "old"'));
  await rm(join(opened.tree.dir, '.slipway/bucket/channels/prod/web/root.yaml'));
  const healed = await opened.run('heal', 'prod', '--output', 'json');
  const { warnings, outcome } = JSON.parse(healed.stdout).channels[0] as Receipt;
  expect([healed.code, outcome]).toEqual([0, 'healed']);
  expect(warnings).toContain(
    'Store "lab": "north" is written for others, until the newest commit is published: secretRef "old", here "minio"',
  );
  expect((await opened.verify(opened.refs.lab.replace('north', 'web'))).said).toEqual(['web trusted']);
});

test.each([['heal'], ['prune'], ['verify', 'prod']])('%s needs to know how clusters reach a tree', async (...args) => {
  const opened = await open();
  const config = join(opened.tree.dir, '.slipway', 'unknown.yaml');
  await writeFile(config, CONFIG.replace(/, consumer: \{ bucket.*?\}/, '').replace(/^consumer:.*\n/m, ''));
  await rm(join(opened.tree.dir, '.slipway/bucket/channels/prod/web/root.yaml'));
  const ended = await opened.run(...args, '--config', config);
  expect([ended.code, ended.stderr]).toEqual([
    2,
    expect.stringContaining('as layout "tree": its endpoint "127.0.0.1:'),
  ]);
});

test.each<[string, string, string | undefined, string]>([
  ['changed', 'app.yaml', 'changed', 'untrusted Object "PATH" of artifact "north" does not match its content'],
  ['missing', 'base/db.yaml', undefined, 'unreadable Object "PATH" of artifact "north" is missing'],
  ['too many', 'more.yaml', 'more', 'untrusted "PATH" does not belong to artifact "north": clusters would apply it'],
])('files of a tree that are %s are found', async (_, path, text, state) => {
  const opened = await open();
  const digest = opened.receipt.artifacts[0]?.digest.slice('sha256:'.length);
  const key = `content/sha256/${digest}/${path}`;
  const file = join(opened.tree.dir, '.slipway/bucket', key);
  await (text === undefined ? rm(file) : writeFile(file, text));
  const { code, said } = await opened.verify(opened.refs.lab);
  expect(said).toEqual([`north ${state.replace('PATH', key)}`]);
  expect(code).not.toBe(0);
  const pulled = await opened.run('pull', opened.refs.lab, '-o', '.slipway/out');
  expect(pulled.code).toBe(4);
  expect(pulled.stderr).toContain(state.replace(/^\w+ /, '').replace('PATH', key));
});

/** The blast radius through the command that is shipped: what trips a rule is refused, and the exact phrase lets it pass. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fleet, slipway, yaml } from './fleet.ts';
import { configMap, configMaps, type Objects, type PlainFleet, plainFleet } from './plain-fleet.ts';
import { bucketRecords } from './reader.ts';

const namespace = 'apiVersion: v1\nkind: Namespace\nmetadata: { name: payments }\n';
const claim = `apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: db, namespace: payments }
spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }
`;
const crd = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: ships.example.com }
spec:
  group: example.com
  names: { kind: Ship, plural: ships }
  scope: Namespaced
  versions:
    - { name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object } } }
`;
const workload = (kind: string, label: string, more = ''): string => `apiVersion: apps/v1
kind: ${kind}
metadata: { name: web, namespace: payments }
spec:
${more}  selector: { matchLabels: { app: ${label} } }
  template:
    metadata: { labels: { app: ${label} } }
    spec: { containers: [{ name: web, image: "example.com/web:1.0.0" }] }
`;
const set = workload('StatefulSet', 'web', '  serviceName: web\n');

/** Enough for no share to be large. */
const rest = configMaps(40, 100);

interface Case {
  readonly title: string;
  readonly before: Objects;
  readonly after: Objects;
  readonly message: string;
  readonly allow: string;
  /** The same, and more of it: the phrase stands for what it says only. */
  readonly more?: Objects;
  /** No name moves. */
  readonly still?: true;
}

const CASES: readonly Case[] = [
  {
    title: 'too many deletions in an artifact',
    before: { web: configMaps(10), rest },
    after: { web: configMaps(6), rest },
    message: 'Deletes 4 of 10 objects of artifact "web": 40 %, and the limit is 30 %',
    allow: 'deletions@web',
  },
  {
    title: 'too many deletions in the release',
    before: { a: configMaps(6), b: configMaps(6, 50) },
    after: { a: configMaps(4), b: configMaps(4, 50) },
    message: 'Deletes 4 of 12 objects of the release: 33.3 %, and the limit is 30 %',
    allow: 'deletions:release',
  },
  {
    title: 'a Namespace that goes',
    before: { web: [namespace, ...configMaps(9)], rest },
    after: { web: configMaps(9), rest },
    message: 'Deletes Namespace payments (everything in it is deleted too) in artifact "web"',
    allow: 'delete:Namespace/payments@web',
  },
  {
    title: 'a CustomResourceDefinition that goes',
    before: { web: [crd, ...configMaps(9)], rest },
    after: { web: configMaps(9), rest },
    message:
      'Deletes CustomResourceDefinition ships.example.com (all objects of its kind are deleted too) in artifact "web"',
    allow: 'delete:CustomResourceDefinition/ships.example.com@web',
  },
  {
    title: 'a PersistentVolumeClaim that goes',
    before: { web: [claim, ...configMaps(9)], rest: [...rest, claim.replace('db', 'other')] },
    after: { web: configMaps(9), rest: [...rest, claim.replace('db', 'other')] },
    message: 'Deletes PersistentVolumeClaim payments/db (its data may be deleted too) in artifact "web"',
    allow: 'delete:PersistentVolumeClaim/payments/db@web',
    more: { web: configMaps(9), rest },
  },
  {
    title: 'a StatefulSet that goes',
    before: { web: [set, ...configMaps(9)], rest },
    after: { web: configMaps(9), rest },
    message: 'Deletes StatefulSet payments/web (its pods stop, and their volumes lose their owner) in artifact "web"',
    allow: 'delete:StatefulSet/payments/web@web',
  },
  {
    title: 'an artifact that shrinks to few objects',
    before: { web: configMaps(9), rest },
    after: { web: configMaps(1), rest },
    message: 'Artifact "web" shrinks from 9 objects to 1',
    allow: 'shrink@web',
  },
  {
    title: 'an artifact that leaves the config',
    before: { web: configMaps(9), rest, api: configMaps(2, 60) },
    after: { rest, api: configMaps(2, 60) },
    message:
      'Artifact "web" with 9 objects is no longer in the config: it stays as it is, without updates, until slipway retire removes it',
    allow: 'disappear@web',
    more: { rest },
    still: true,
  },
  {
    title: 'a field that cannot be changed',
    before: { web: [workload('Deployment', 'web')], rest },
    after: { web: [workload('Deployment', 'site')], rest },
    message:
      'Changes "spec.selector.matchLabels.app" of Deployment payments/web, which cannot be changed, in artifact "web"',
    allow: 'immutable:Deployment/payments/web/spec.selector.matchLabels.app@web',
  },
  {
    title: 'an object that moves to another artifact',
    before: { web: [...configMaps(9), configMap('moves')], rest },
    after: { web: configMaps(9), rest: [...rest, configMap('moves')] },
    message:
      'Moves ConfigMap payments/moves from artifact "web" to "rest": the old one may delete it after the new one applied it',
    allow: 'move:ConfigMap/payments/moves@rest',
  },
];

async function published(objects: Objects): Promise<PlainFleet> {
  const by = await plainFleet();
  await by.write(objects);
  const first = await by.publish();
  expect([first.code, first.receipt?.refusals], first.stderr).toEqual([0, []]);
  return by;
}

const NEEDLESS = 'delete:Secret/payments/none@web';

test.each(CASES)('$title is refused until the phrase allows it, which the record names', async (one) => {
  const { before, after, message, allow, more, still } = one;
  const by = await published(before);
  await by.write(after);
  const held = by.held();
  const refused = await by.publish();
  expect([refused.code, refused.receipt?.outcome]).toEqual([3, 'refused']);
  expect(refused.receipt?.error?.message).toBe(`Refused a change that reaches far:\n- ${message} (--allow ${allow})`);
  expect(refused.receipt?.refusals.map((refusal) => refusal.allow)).toEqual([allow]);
  expect(by.held()).toEqual(held);

  if (more !== undefined) {
    await by.write(more);
    const wider = await by.publish(['--allow', allow]);
    expect([wider.code, wider.receipt?.refusals.some((refusal) => refusal.allowed !== true)]).toEqual([3, true]);
    expect(by.held()).toEqual(held);
    await by.write(after);
  }

  const passed = await by.publish(['--allow', NEEDLESS, '--allow', allow]);
  expect([passed.code, passed.receipt?.outcome], passed.stderr).toEqual([0, still ? 'unchanged' : 'published']);
  expect(by.records()[0]).toMatchObject({ generation: 2, allowed: [allow] });
  expect(passed.receipt?.warnings).toEqual([`Nothing needed --allow ${NEEDLESS}`]);
  const again = await by.publish();
  expect([again.code, again.receipt?.outcome]).toEqual([0, 'unchanged']);
});

test('a rollback and a promotion are weighed as a publish is', async () => {
  const by = await plainFleet();
  await by.write({ web: configMaps(12), rest });
  await by.publish();
  await by.publish(['--channel', 'staging']);
  await by.write({ web: [namespace, ...configMaps(12)], rest });
  await by.publish();
  const held = by.held();
  const allow = 'delete:Namespace/payments@web';
  const ways = [
    ['rollback', '--channel', 'prod'],
    ['promote', '--from', 'staging', '--to', 'prod'],
  ];
  for (const way of ways) {
    const refused = await by.run([...way, '--output', 'json']);
    expect([refused.code, refused.stdout.includes(`"allow": "${allow}"`)], refused.stdout).toEqual([3, true]);
    expect(by.held()).toEqual(held);
  }
  const back = await by.run(['rollback', '--channel', 'prod', '--allow', allow, '--allow', NEEDLESS]);
  expect(back.code, back.stderr).toBe(0);
  expect(by.records()[0]).toMatchObject({ kind: 'rollback', allowed: [allow] });
});

test('what nobody can compare any more is a warning, and is published', async () => {
  const by = await published({ web: configMaps(12), rest });
  const digest =
    by
      .records()[0]
      ?.artifacts.find(({ name }) => name === 'web')
      ?.content.slice('sha256:'.length) ?? '';
  for (const path of by.held().keys()) if (path.includes(digest)) await rm(path);
  await by.write({ web: configMaps(1), rest });
  const ended = await by.publish();
  expect([ended.code, ended.receipt?.outcome, ended.receipt?.refusals], ended.stderr).toEqual([0, 'published', []]);
  expect(ended.receipt?.warnings).toEqual([
    'Nobody can tell what changes in "web": no store holds its content whole any more',
  ]);
});

test('values of Secrets are in no refusal', async () => {
  const secret = (value: string): string =>
    `apiVersion: v1\nkind: Secret\nmetadata: { name: s, namespace: payments }\nimmutable: true\nstringData: { password: ${value} }\n`;
  const by = await plainFleet('check: { rules: { hygiene/plain-secret: off } }\n');
  await by.write({ web: [secret('canary-one')] });
  expect(await by.publish()).toMatchObject({ code: 0 });
  await by.write({ web: [secret('canary-two')] });
  const ended = await by.publish();
  expect(ended.receipt?.refusals.map(({ allow }) => allow)).toEqual([
    'immutable:Secret/payments/s/stringData.password@web',
  ]);
  expect(ended.stdout + ended.stderr).not.toMatch(/canary|Y2FuYXJ5/);
});

test('files that are no YAML are not weighed', async () => {
  const by = await plainFleet();
  const [config, notes] = [join(by.dir, 'slipway.yaml'), join(by.dir, 'apps/web/notes.bin')];
  await writeFile(config, (await readFile(config, 'utf8')).replace('render: plain', 'render: source'));
  await by.write({ web: configMaps(3) });
  const args = ['--store', 'layout', '--primary', 'layout', '--channel', 'lab'];
  for (const byte of [10, 11]) {
    await writeFile(notes, Buffer.from([0, 255, 254, byte]));
    const ended = await by.publish(args);
    expect([ended.code, ended.receipt?.outcome, ended.receipt?.refusals], ended.stderr).toEqual([0, 'published', []]);
  }
});

test('a tree that is not clean is published from CI with the phrase, which is recorded', async () => {
  const by = await fleet(slipway);
  await writeFile(join(by.tree.dir, 'clusters/north/cm.yaml'), yaml('north', 'not committed'));
  const env = { CI: 'true' };
  expect(await by.publish([], { env })).toMatchObject({ code: 3 });
  const ended = await by.publish(['--allow', 'dirty', '--allow', NEEDLESS], { env });
  expect([ended.code, ended.receipt?.warnings], ended.stderr).toEqual([0, [`Nothing needed --allow ${NEEDLESS}`]]);
  expect(bucketRecords(by.stage.live, 'prod')[0]).toMatchObject({ allowed: ['dirty'] });
});

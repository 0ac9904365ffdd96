/** What the blast radius reads: what it cannot read, and what is still there and listed no longer. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { configMaps, plainFleet } from './plain-fleet.ts';

const namespace = 'apiVersion: v1\nkind: Namespace\nmetadata: { name: payments }\n';
const rest = configMaps(40, 100);

test('what cannot be read now is not taken for lost: nothing is published that nobody weighed', async () => {
  const by = await plainFleet();
  await by.write({ web: configMaps(12), rest });
  expect(await by.publish()).toMatchObject({ code: 0 });
  const digest =
    by
      .records()[0]
      ?.artifacts.find(({ name }) => name === 'web')
      ?.content.slice('sha256:'.length) ?? '';
  const paths = [...by.held().keys()].filter((path) => path.includes(digest));
  for (const path of paths) {
    // A folder in its place: there is something, and it cannot be read.
    await rm(path);
    await mkdir(path);
  }
  await by.write({ web: configMaps(1), rest });
  const ended = await by.publish();
  expect([ended.code, ended.receipt?.outcome], ended.stderr).toEqual([4, 'failed']);
  expect(ended.receipt?.error?.message).toMatch(/^Cannot tell what changes in artifact "web": /);
  expect(by.records()).toHaveLength(1);
});

test('what a kustomization lists no longer is deleted, though its file is still there', async () => {
  const by = await plainFleet();
  const [config, listing] = [join(by.dir, 'slipway.yaml'), join(by.dir, 'apps/web/kustomization.yaml')];
  await writeFile(config, (await readFile(config, 'utf8')).replace('render: plain', 'render: source'));
  await by.write({ web: configMaps(3) });
  await writeFile(join(by.dir, 'apps/web/namespace.yaml'), namespace);
  const args = ['--store', 'layout', '--primary', 'layout', '--channel', 'lab'];
  await writeFile(listing, 'resources: [all.yaml, namespace.yaml]\n');
  expect(await by.publish(args)).toMatchObject({ code: 0 });
  await writeFile(listing, 'resources: [all.yaml]\n');
  const ended = await by.publish(args);
  expect([ended.code, ended.receipt?.refusals.map(({ allow }) => allow)], ended.stderr).toEqual([
    3,
    ['delete:Namespace/payments@web'],
  ]);
});

/** The bundle looks at many documents in two threads; on one core it looks at them alone. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folder } from './folder.ts';
import { start } from './peer.ts';
import { slipwayPath } from './slipway.ts';

const CLUSTERS = 60;
const OBJECTS = 60;

/** A ConfigMap of its own; each tenth with an unknown field, each thirtieth with a key that stands twice. */
function configMap(cluster: number, index: number): string {
  const name = `web-${cluster}-${index}`;
  const wrong = index % 10 === 0 ? 'dat: {}\n' : '';
  const twice = index % 30 === 1 ? '  a: c\n' : '';
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n  namespace: web\ndata:\n  a: "${name}"\n${twice}${wrong}`;
}

test(`${CLUSTERS * OBJECTS} different documents have the same findings with one core and with several`, async () => {
  await using work = await folder();
  for (let cluster = 0; cluster < CLUSTERS; cluster++) {
    const path = join(work.path, 'clusters', `c-${cluster}`);
    await mkdir(path, { recursive: true });
    const documents = Array.from({ length: OBJECTS }, (_, index) => configMap(cluster, index));
    await writeFile(join(path, 'app.yaml'), documents.join('---\n'));
  }
  await writeFile(join(work.path, 'slipway.yaml'), 'version: 1\nartifacts: [{ path: clusters/*, render: plain }]\n');
  const command = [process.execPath, slipwayPath(), 'check', '--output', 'json', '--quiet'];
  const [program = '', ...args] = command;
  const several = await start(program, args, { cwd: work.path });
  const one = await start('taskset', ['--cpu-list', '0', ...command], { cwd: work.path });
  const { counts } = JSON.parse(one.stdout) as { readonly counts: { readonly errors: number } };
  expect(counts.errors).toBe(CLUSTERS * (6 + 2));
  expect(several.stderr).toBe('');
  expect(one.stderr).toBe('');
  expect(several.code).toBe(1);
  expect(several.stdout === one.stdout).toBe(true);
});

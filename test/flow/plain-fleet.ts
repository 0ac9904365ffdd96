/** Artifacts in a folder without Git, and the two stores beside it, run by the command in this process: quick. */
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { ReleaseRecord } from '../../src/model.ts';
import { type Outcome, receiptIn, slipway } from './fleet.ts';

/** Objects of each artifact, as YAML texts. */
export type Objects = Readonly<Record<string, readonly string[]>>;

export interface PlainFleet {
  readonly dir: string;
  /** Writes the artifacts anew: those that are not named are gone. */
  write(objects: Objects, folder?: string): Promise<void>;
  run(argv: readonly string[], env?: Readonly<Record<string, string>>): Promise<Outcome>;
  publish(args?: readonly string[], env?: Readonly<Record<string, string>>): Promise<Outcome>;
  /** Every file of both stores with its bytes in Base64. */
  held(): ReadonlyMap<string, string>;
  /** Those of channel prod, newest first. */
  records(): readonly ReleaseRecord[];
}

const CONFIG = `version: 1
artifacts: [{ path: apps/*, render: plain }]
stores: { bucket: "file:stores/bucket?layout=object", layout: "file:stores/layout" }
channel: prod
`;

/** A fleet of which nothing is written yet. `more` is added to its config. */
export async function plainFleet(more = ''): Promise<PlainFleet> {
  const dir = await mkdtemp(join(tmpdir(), 'slipway-plain-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  await writeFile(join(dir, 'slipway.yaml'), `${CONFIG}${more}`);
  const run: PlainFleet['run'] = async (argv, env = {}) => {
    const ended = await slipway(argv, { cwd: dir, env });
    return { ...ended, receipt: receiptIn(ended.stdout) };
  };
  const files = (root: string): readonly string[] =>
    readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((item) => item.isFile())
      .map((item) => join(item.parentPath, item.name))
      .sort();
  const records = join(dir, 'stores/bucket/releases/default/prod');
  return {
    dir,
    run,
    publish: (args = [], env = {}) => run(['publish', ...args, '--output', 'json', '--quiet'], env),
    async write(objects, folder = 'apps') {
      await rm(join(dir, folder), { recursive: true, force: true });
      for (const [name, texts] of Object.entries(objects)) {
        const file = join(dir, folder, name, 'all.yaml');
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, texts.join('---\n'));
      }
    },
    held: () => new Map(files(join(dir, 'stores')).map((file) => [file, readFileSync(file).toString('base64')])),
    records: () => files(records).map((file): ReleaseRecord => JSON.parse(readFileSync(file, 'utf8'))),
  };
}

/** A ConfigMap. */
export const configMap = (name: string, value = 'one'): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, namespace: payments }\ndata: { value: "${value}" }\n`;

/** So many of them. */
export const configMaps = (count: number, from = 0): readonly string[] =>
  Array.from({ length: count }, (_, index) => configMap(`c${from + index}`));

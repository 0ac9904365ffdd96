/** Whatever a plan rests on may move: then nothing is published, and nothing is written. */
import { execFileSync } from 'node:child_process';
import { appendFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { programs } from '../build/programs.ts';
import { CONFIG, held, type PlannedFleet, plannedFleet } from '../flow/planned-fleet.ts';

let original: Awaited<ReturnType<typeof plannedFleet>>;
beforeAll(async () => {
  original = await plannedFleet();
});
afterAll(() => original.remove());

const HINT = 'run slipway plan again, look at what changes now, and publish that plan';

function commit({ dir }: PlannedFleet): void {
  const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.com'];
  const env = { PATH: process.env.PATH, HOME: dir, GIT_CONFIG_NOSYSTEM: '1' };
  execFileSync('git', [...identity, 'commit', '--quiet', '--all', '--message=more', '--allow-empty'], {
    cwd: dir,
    env,
  });
}

const config = ({ dir }: PlannedFleet, from: string, to: string): Promise<void> =>
  writeFile(join(dir, 'slipway.yaml'), CONFIG.replace(from, to));

const NORTH = 'clusters/north/cm.yaml';

interface Case {
  readonly what: string;
  readonly move: (fleet: PlannedFleet) => Promise<unknown> | undefined;
  readonly says: RegExp;
  /** Also refused where nothing is built: the sources play no part there. */
  readonly built: boolean;
}

const CASES: readonly Case[] = [
  {
    what: 'a commit came',
    move: async (fleet) => commit(fleet),
    says: /^Moved since plan: the commit of the source was "[0-9a-f]{12}", is "[0-9a-f]{12}"$/,
    built: false,
  },
  {
    what: 'a file is different, which nobody has committed',
    move: ({ dir }) => appendFile(join(dir, NORTH), '# more\n'),
    says: /^Moved since plan: the working tree was "clean", is "dirty"; the content of artifact "north" was "sha256:[0-9a-f]{12}…", is "sha256:[0-9a-f]{12}…"$/,
    built: false,
  },
  {
    what: 'an artifact is gone',
    move: ({ dir }) => rm(join(dir, 'clusters/south'), { recursive: true }),
    says: /^Moved since plan: "listed" of the config$/,
    built: false,
  },
  {
    what: 'the config has another quorum',
    move: (fleet) => config(fleet, 'primary: us', 'primary: us\nquorum: 1'),
    says: /^Moved since plan: "quorum" of the config$/,
    built: true,
  },
  {
    what: 'the config has another place for a store',
    move: (fleet) => config(fleet, 'file:.slipway/eu', 'file:.slipway/us2'),
    says: /^Moved since plan: store "eu" of the config$/,
    built: true,
  },
  {
    what: 'the config has another store',
    move: (fleet) => config(fleet, 'stores: {', 'stores: { ap: "file:.slipway/ap",'),
    says: /^Moved since plan: "quorum" of the config; store "ap" of the config$/,
    built: true,
  },
  {
    what: 'the config signs',
    move: (fleet) => config(fleet, 'channel: prod', 'channel: prod\nsign: { key: env://KEY }'),
    says: /^Moved since plan: "seal" of the config$/,
    built: true,
  },
  {
    what: 'somebody published',
    move: (fleet) => fleet.run(['publish']),
    says: /^Moved since plan: the channel in store "eu" was "generation 1 by run [0-9a-f]{12}", is "generation 2 by run [0-9a-f]{12}"; the channel in store "us" was .* is .*$/,
    built: true,
  },
  {
    what: 'the channel is frozen',
    move: (fleet) => fleet.run(['freeze', 'prod', '--reason', 'end of the quarter']),
    says: /^Channel "prod" is frozen: end of the quarter$/,
    built: true,
  },
  {
    what: 'a store lost a name',
    move: ({ dir }) => rm(join(dir, '.slipway/us/channels/prod/north'), { recursive: true }),
    says: /^Moved since plan: store "us" was "current", is "lagging"$/,
    built: true,
  },
  {
    what: 'a store was emptied',
    move: ({ dir }) => rm(join(dir, '.slipway/eu'), { recursive: true }),
    says: /^Moved since plan: the channel in store "eu" was "generation 1 by run [0-9a-f]{12}", is "empty"$/,
    built: true,
  },
  {
    what: 'a name shows what nobody published',
    move: ({ dir }) => writeFile(join(dir, '.slipway/us/channels/prod/north/manifests.yaml'), 'kind: Other\n'),
    says: /^"file:.slipway\/us\/channels\/prod\/north\/manifests.yaml" holds "sha256:[0-9a-f]{64}", which no release record knows$/,
    built: true,
  },
];

describe.each(CASES)('Where $what', ({ move, says, built }) => {
  const ways = built ? [[], ['--built', 'built']] : [[]];
  test.each(ways.map((args) => ({ args })))('a plan is refused, and nothing is written: $args', async ({ args }) => {
    const fleet = await original.copy();
    await move(fleet);
    const before = await held(fleet.dir);
    const ended = await fleet.run(['publish', '--plan', 'plan.json', ...args, '--output', 'json']);
    const { error, message } = JSON.parse(ended.stdout);
    expect(error?.message ?? message).toMatch(says);
    if (String(error?.message).startsWith('Moved')) expect(error.hint).toBe(HINT);
    expect(ended.code).toBe(3);
    expect(await held(fleet.dir)).toEqual(before);
  });
});

test('Where the renderer is another version a plan is refused, and says so', async () => {
  const kustomize = (version: string): string =>
    programs({
      kustomize: `const [first] = process.argv.slice(2);
if (first === 'version') console.log('${version}');
else console.log('kind: ConfigMap\\napiVersion: v1\\nmetadata: { name: a, annotations: { by: "${version}" } }');`,
    });
  const PATH = (folder: string) => ({ PATH: `${folder}:${process.env.PATH}` });
  const fleet = await original.copy();
  await writeFile(join(fleet.dir, 'slipway.yaml'), CONFIG.replace('render: plain', 'render: kustomize'));
  for (const name of ['north', 'south'])
    await writeFile(join(fleet.dir, 'clusters', name, 'kustomization.yaml'), 'resources: [cm.yaml]\n');
  execFileSync('git', ['add', '--all'], { cwd: fleet.dir });
  commit(fleet);
  const planned = await fleet.run(['plan', '--out', 'plan.json'], { env: PATH(kustomize('v5.7.1')) });
  expect([planned.code, planned.stderr]).toEqual([0, '']);
  const before = await held(fleet.dir);
  const { code, stderr } = await fleet.run(['publish', '--plan', 'plan.json'], { env: PATH(kustomize('v5.8.0')) });
  expect([code, stderr]).toEqual([
    3,
    `error[REFUSED]: Moved since plan: the renderer of artifact "north" was "kustomize v5.7.1", is "kustomize v5.8.0"; the renderer of artifact "south" was "kustomize v5.7.1", is "kustomize v5.8.0"\nhint: ${HINT}\n`,
  ]);
  expect(await held(fleet.dir)).toEqual(before);
});

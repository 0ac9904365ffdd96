import { cp, lutimes, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Receipt } from '../../src/model.ts';
import type { BuildReport } from '../../src/report/build.ts';
import type { SourceTree } from '../flow/source-tree.ts';
import { closing } from './closing.ts';
import { hardTree } from './fixture.ts';
import { type Folder, folder } from './folder.ts';
import { run } from './peer.ts';
import { type ToolName, toolPath } from './servers.ts';
import { slipwayPath } from './slipway.ts';

const CONFIG = `version: 1
channel: live
artifacts:
  - name: eu
    path: clusters/eu
    render: source
  - name: us
    path: clusters/us
    render: plain
`;

/** What this commit is published as, content and manifest. A change here means that every cluster would reconcile. */
const GOLDEN = {
  commit: 'd73b625d382047b09d0ef1ae7f1e834867d2ecb1',
  artifacts: {
    eu: [
      'sha256:a0db05a209344699d605c735497e63d2cb8ea9ba840a33aab05c544b59b8f9fe',
      'sha256:ab39af33a3d2bb6d564926bf098e43a7b00f22ac7d1733ad1b315a5759d97900',
    ],
    us: [
      'sha256:904f45312a55c16dbce791ac706e277b35adf6df35ea9cd1d1591c4c450aefeb',
      'sha256:09973326b00c3a87e56875ac2ffefd52ed2b3790d6391ded702d28dc97b56131',
    ],
  },
};

const ZONES = ['UTC', 'Asia/Tokyo', 'America/St_Johns'];
const UMASKS = ['000', '022', '077'];
const LOCALES = ['C', 'tr_TR.UTF-8'];

interface Case {
  readonly node: string;
  readonly zone: string;
  readonly umask: string;
  readonly locale: string;
  /** What all files were last changed at, in seconds since 1970. */
  readonly time: number;
}

const everywhere = (node: string): readonly Case[] =>
  ZONES.flatMap((zone) =>
    UMASKS.flatMap((umask) => LOCALES.map((locale): Omit<Case, 'time'> => ({ node, zone, umask, locale }))),
  ).map((one, index) => ({ ...one, time: index * 100_000_000 }));

/** One case of each axis, no two of them in common. */
const corners = (node: string): readonly Case[] => [
  { node, zone: 'UTC', umask: '022', locale: 'C', time: 1_700_000_000 },
  { node, zone: 'Asia/Tokyo', umask: '000', locale: 'tr_TR.UTF-8', time: 1 },
  { node, zone: 'America/St_Johns', umask: '077', locale: 'C', time: 4_000_000_000 },
];

const OTHER_NODES: readonly ToolName[] = ['node-22', 'node-24', 'node-26'];

/** Builds and publishes a checkout of that umask: prints what Node.js says it runs in, both answers, and a file's mode. */
const SCRIPT = `set -e
umask "$1"
cp -R "$2" "$3"
cd "$3"
chmod -R =rwX .
find . -path ./.git -prune -o -exec touch -h -d "@$4" {} +
"$5" -p '[process.version, Intl.DateTimeFormat().resolvedOptions().timeZone, Intl.DateTimeFormat().resolvedOptions().locale, process.umask()].join()'
"$5" "$6" build --output json | tr -d '\\n'; echo
"$5" "$6" publish --output json | tr -d '\\n'; echo
stat -c %a clusters/us/app.yaml
`;

interface Outcome {
  readonly runtime: string;
  readonly built: BuildReport;
  readonly receipt: Receipt;
  readonly mode: string;
}

async function runCase(one: Case, { tree, scratch }: { tree: SourceTree; scratch: Folder }): Promise<Outcome> {
  const copy = join(
    scratch.path,
    Object.values(one)
      .join('-')
      .replaceAll(/[^\w.-]/g, '_'),
  );
  const args = [one.umask, tree.dir, copy, String(one.time), one.node, slipwayPath()];
  const env = { TZ: one.zone, LC_ALL: one.locale };
  const { stdout } = await run('sh', ['-c', SCRIPT, 'sh', ...args], { cwd: scratch.path, env });
  const [runtime = '', built = '', receipt = '', mode = ''] = stdout.trimEnd().split('\n');
  return { runtime, built: JSON.parse(built), receipt: JSON.parse(receipt), mode };
}

function expectGolden({ built, receipt }: Outcome): void {
  const digests = receipt.artifacts.map(({ name, digest, manifest }) => [name, [digest, manifest]]);
  expect(Object.fromEntries(digests)).toEqual(GOLDEN.artifacts);
  expect(receipt.revision).toBe(`main@sha1:${GOLDEN.commit}`);
  expect(built.artifacts.map(({ name, digest }) => [name, digest])).toEqual(
    receipt.artifacts.map(({ name, digest }) => [name, digest]),
  );
}

const MODES: Readonly<Record<string, string>> = { '000': '666', '022': '644', '077': '600' };

describe('one commit has one content digest and one manifest digest', () => {
  const atEnd = closing();
  let opened: { readonly tree: SourceTree; readonly scratch: Folder } | undefined;
  const scene = (): NonNullable<typeof opened> => {
    if (opened === undefined) throw new Error('there is no tree');
    return opened;
  };
  beforeAll(async () => {
    const tree = await hardTree(CONFIG);
    atEnd(tree.remove);
    const scratch = await folder();
    atEnd(scratch.remove);
    opened = { tree, scratch };
  });

  test.each(everywhere(process.execPath))('in zone $zone, umask $umask, locale $locale, at $time', async (one) => {
    const outcome = await runCase(one, scene());
    const language = one.locale === 'C' ? 'en-US' : 'tr-TR';
    const umask = Number.parseInt(one.umask, 8);
    expect(outcome.runtime).toBe(`${process.version},${one.zone},${language},${umask}`);
    expect(outcome.mode).toBe(MODES[one.umask]);
    expectGolden(outcome);
  });

  test.each(OTHER_NODES)('on %s', async (name) => {
    for (const one of corners(toolPath(name))) {
      const outcome = await runCase(one, scene());
      expect(outcome.runtime).toMatch(new RegExp(`^v${name.slice('node-'.length)}\\.`));
      expectGolden(outcome);
    }
  });

  test('in whatever order the files came to be, and after a rename there and back', async () => {
    const { tree, scratch } = scene();
    const copy = join(scratch.path, 'reordered');
    await cp(tree.dir, copy, { recursive: true });
    const eu = join(copy, 'clusters/eu');
    const names = (await readdir(eu)).sort().reverse();
    for (const name of names) await rename(join(eu, name), join(copy, name));
    for (const name of names) {
      await rename(join(copy, name), join(eu, name));
      await lutimes(join(eu, name), 5, 5);
    }
    expectGolden(await runCase(corners(process.execPath)[0] as Case, { tree: { ...tree, dir: copy }, scratch }));
  });
});

import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { differenceSchema } from '../../scripts/difference-schema.ts';
import type { Ended } from '../cli/bundle.ts';
import { tree } from '../config/tree.ts';
import { slipway } from '../flow/fleet.ts';

const CONFIG = `version: 1
artifacts:
  - { path: clusters/*, render: plain }
stores: { bucket: "file:out/bucket?layout=object", layouts: "file:out/layouts" }
channel: prod
`;

const settings = (name: string, value: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  value: ${value}\n`;

/** The text of a difference in this one value. */
const CHANGED = `Artifact north\n  ~ ConfigMap north\n    ~ data.value: "one" → "two"\n`;

interface World {
  readonly cwd: string;
  run(...argv: readonly string[]): Promise<Ended>;
  /** Standard output of `slipway diff`, which must end with 0. */
  diff(...argv: readonly string[]): Promise<string>;
  write(path: string, text: string): Promise<void>;
}

async function world(files: Readonly<Record<string, string>>): Promise<World> {
  const cwd = await tree({ 'slipway.yaml': CONFIG, ...files });
  const run: World['run'] = (...argv) => slipway([...argv, '--quiet'], { cwd, env: {} });
  return {
    ...{ cwd, run },
    async diff(...argv) {
      const { code, stdout, stderr } = await run('diff', ...argv);
      expect([code, stderr]).toEqual([0, '']);
      return stdout;
    },
    write: (path, text) => writeFile(join(cwd, path), text),
  };
}

/** `north` has another value in the second generation, and nothing else happens. */
async function twoGenerations(): Promise<World> {
  const at = await world({
    'clusters/north/a.yaml': settings('north', 'one'),
    'clusters/south/a.yaml': settings('south', 'one'),
  });
  expect((await at.run('publish', '--version', '1.0.0')).stderr).toBe('');
  await at.write('clusters/north/a.yaml', settings('north', 'two'));
  expect((await at.run('publish', '--version', '1.1.0')).stderr).toBe('');
  return at;
}

/** Digests that records tell, by a pattern over the files of the bucket. */
async function keys(at: World, folder: string): Promise<readonly string[]> {
  const all = await readdir(join(at.cwd, 'out/bucket', folder), { recursive: true });
  return all.map((path) => join(at.cwd, 'out/bucket', folder, path)).sort();
}

async function contentOf(
  at: World,
  channel: string,
): Promise<readonly { name: string; content: string; manifest: string }[]> {
  const records = (await keys(at, `releases/default/${channel}`)).filter((path) => path.endsWith('.json'));
  const all = await Promise.all(records.map(async (path) => JSON.parse(await readFile(path, 'utf8'))));
  return all.sort((one, other) => one.generation - other.generation).map(({ artifacts }) => artifacts[0]);
}

test('the same difference is told however its sides are named', async () => {
  const at = await twoGenerations();
  const [old, young] = await contentOf(at, 'prod');
  const fleet = `1 of 2 artifacts differs: 1 object changed\n\n${CHANGED}`;
  const one = fleet.replace('2 artifacts', '1 artifact');
  expect(await at.diff('prod@1', 'prod')).toBe(
    `From channel prod (generation 1) to channel prod (generation 2)\n${fleet}`,
  );
  expect(await at.diff('prod@1')).toBe(`From channel prod (generation 1) to this checkout\n${fleet}`);
  expect(await at.diff('1.0.0', '1.1.0')).toBe(`From version 1.0.0 to version 1.1.0\n${fleet}`);
  for (const digest of [old?.content, old?.manifest] as string[]) {
    expect(await at.diff(digest, 'prod')).toBe(`From ${digest} to channel prod (generation 2)\n${one}`);
  }
  const file = `file:out/layouts/north@${old?.manifest}`;
  expect(await at.diff(file, 'file:out/layouts/north:prod')).toBe(
    `From ${file} to file:out/layouts/north:prod\n${one}`,
  );
  const key = 'file:out/bucket/channels/prod/north/manifests.yaml';
  expect(await at.diff(file, key)).toBe(`From ${file} to ${key}\n${one}`);
  expect(await at.diff(file)).toBe(`From ${file} to this checkout\n${one}`);
  expect(await at.diff('1.0.0', './clusters/north', '--artifact', 'north')).toBe(
    `From version 1.0.0 to sources ./clusters/north\n${one}`,
  );
  const content = `file:out/bucket/content/sha256/${young?.content.slice('sha256:'.length)}.tgz`;
  expect(await at.diff(old?.content ?? '', content)).toContain(CHANGED.slice(CHANGED.indexOf('\n')));
  expect(await at.diff()).toBe('From channel prod (generation 2) to this checkout\nNo difference in 2 artifacts\n');
  await at.write('clusters/south/a.yaml', `# said\n${settings('south', 'one')}`);
  expect(await at.diff('.', '--artifact', 'south')).toContain('1 of 1 artifact differs, no object does');
});

test('the exit code tells a difference on request, also one that only readers of the source see', async () => {
  const at = await twoGenerations();
  expect((await at.run('diff', '--exit-code')).code).toBe(0);
  expect((await at.run('diff', 'prod@1', '--exit-code')).code).toBe(1);
  await at.write('clusters/north/a.yaml', `# said\n${settings('north', 'two')}`);
  expect((await at.run('diff', '--exit-code')).code).toBe(1);
  expect((await at.run('diff')).code).toBe(0);
});

test('what is the same on both sides is not read, and what a store lost comes from another', async () => {
  const at = await twoGenerations();
  const [old] = await contentOf(at, 'prod');
  const kept = old?.content.slice('sha256:'.length) ?? '';
  for (const path of await keys(at, 'content/sha256')) if (!path.includes(kept)) await rm(path);
  // The bucket has the old content of north alone now, the layouts have everything.
  expect(await at.diff('prod@1', 'prod')).toContain(CHANGED);
  await rm(join(at.cwd, 'out/layouts/south'), { recursive: true });
  expect(await at.diff('prod@1', 'prod')).toContain(CHANGED);
  for (const path of await keys(at, 'content/sha256')) await writeFile(path, 'damaged');
  expect(await at.diff('prod@1', 'prod')).toContain(CHANGED);
  await rm(join(at.cwd, 'out/layouts/north'), { recursive: true });
  const { code, stdout, stderr } = await at.run('diff', 'prod@1', 'prod');
  expect([code, stdout]).toEqual([4, '']);
  expect(stderr).toContain(
    `error[NOT_FOUND]: No store has artifact "north" (${old?.content}) whole\nhint: slipway heal tells`,
  );
});

test('a file is written whole or stays as it was, in the form that was asked for', async () => {
  const at = await twoGenerations();
  const json = await at.diff('prod@1', '--output', 'json');
  expect(() => v.parse(differenceSchema, JSON.parse(json))).not.toThrow();
  expect(await at.diff('prod@1', '--output', 'json', '--out', 'new/diff.json')).toBe('');
  expect(await readFile(join(at.cwd, 'new/diff.json'), 'utf8')).toBe(json);
  const said =
    'From channel prod (generation 1) to this checkout\n1 of 2 artifacts differs: 1 object changed\nwrote new/diff.md\n';
  expect(await at.diff('prod@1', '--output', 'markdown', '-o', 'new/diff.md')).toBe(said);
  expect(await readFile(join(at.cwd, 'new/diff.md'), 'utf8')).toMatch(/^### slipway: difference\n\nFrom channel prod/);
  expect((await readdir(join(at.cwd, 'new'))).sort()).toEqual(['diff.json', 'diff.md']);
  const refused = await at.run('diff', '--out', 'clusters');
  expect([refused.code, refused.stdout]).toEqual([2, '']);
  expect(refused.stderr).toBe('error[USAGE]: Cannot write "clusters": it is a folder\nhint: name a file in it\n');
  expect((await readdir(at.cwd)).sort()).toEqual(['clusters', 'new', 'out', 'slipway.yaml']);
});

test('an orphan is no difference to a checkout, and one to another release', async () => {
  const at = await twoGenerations();
  await rm(join(at.cwd, 'clusters/south'), { recursive: true });
  expect(await at.diff()).toContain('- artifact south with 1 object');
  await at.write('clusters/north/a.yaml', settings('north', 'three'));
  const allowed = await at.run('publish', '--allow', 'disappear@south');
  expect(allowed.stderr).toBe('');
  const { code, stdout, stderr } = await at.run('diff', '--exit-code');
  expect([code, stderr]).toEqual([0, 'note: orphans of channel "prod" are left out, a publish keeps them: "south"\n']);
  expect(stdout).toContain('No difference in 1 artifact');
  expect(await at.diff('--artifact', 'south', 'prod@2', 'prod')).toContain('No difference in 1 artifact');
});

describe('what cannot be compared is refused', () => {
  test('with what to write instead', async () => {
    const at = await twoGenerations();
    const refusals: readonly (readonly [readonly string[], number, string])[] = [
      [['prod@9'], 4, 'Channel "prod" has no generation 9: its newest is 2'],
      [['prod@0'], 2, 'Cannot use side "prod@0": "0" is not the number of a generation'],
      [['staging'], 4, 'Channel "staging" has no release in these stores'],
      [['clusters'], 4, 'Channel "clusters" has no release in these stores'],
      [['1.0.1'], 4, 'Nothing is published as version "1.0.1" in these stores'],
      [[`sha256:${'0'.repeat(64)}`], 4, `No record of these stores knows "sha256:${'0'.repeat(64)}"`],
      [
        ['sha256:12'],
        2,
        'Cannot use side "sha256:12": use at most 40 letters, digits, ".", "_" and "-", beginning with a letter or digit',
      ],
      [['./nowhere'], 1, 'Cannot read "./nowhere": there is no such file or folder'],
      [['a', 'b', 'c'], 2, 'Cannot compare 3 releases: there are two sides'],
      [['--artifact', 'nort'], 2, 'Cannot select artifact "nort": neither side has it'],
      [['--store', 'buckt'], 2, 'Cannot use --store "buckt": the stores of this run are "bucket", "layouts"'],
      [['--render', 'plain'], 2, 'Cannot use --render: "slipway.yaml" says how its artifacts are rendered'],
      [['prod', 'prod@1', '--render', 'plain'], 2, 'Cannot use --render: no side is a folder'],
      [['./clusters/north', '.', '--store', 'bucket'], 2, 'Cannot use --store: no side is in the stores of the config'],
      [
        ['prod', './clusters', '--render', 'plain'],
        2,
        'Cannot compare "./clusters", which is one artifact, with 2 artifacts of "prod"',
      ],
      [
        ['file:out/layouts/east:prod', 'prod'],
        2,
        'Cannot compare "file:out/layouts/east:prod", which is one artifact, with 2 artifacts of "prod"',
      ],
      [['file:out/layouts/north:staging', 'prod'], 4, 'Nothing is published as "file:out/layouts/north:staging"'],
    ];
    for (const [argv, code, message] of refusals) {
      const ended = await at.run('diff', ...argv);
      expect([ended.code, ended.stdout]).toEqual([code, '']);
      expect(ended.stderr.split('\n')[0]?.replace(/^error\[[A-Z_]+\]: /, '')).toBe(message);
      expect(ended.stderr.split('\n')[1]).toMatch(/^hint: ./);
    }
  });

  test('without a config unless both sides say where they are', async () => {
    const at = await world({ 'one/a.yaml': settings('x', 'one'), 'two/a.yaml': settings('x', 'two') });
    await rm(join(at.cwd, 'slipway.yaml'));
    expect(await at.diff('./one', './two')).toContain('~ data.value: "one" → "two"');
    const { code, stderr } = await at.run('diff');
    expect([code, stderr]).toEqual([
      2,
      'error[USAGE]: Cannot compare: there is no "slipway.yaml" here that says where anything is\n' +
        'hint: name one with --config, or write both sides in full: oci://HOST/REPOSITORY:TAG ./FOLDER\n',
    ]);
  });
});

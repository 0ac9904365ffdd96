import { chmod, cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { HARD_FILES, hardTree } from './fixture.ts';
import { type Folder, filesIn, folder, sha256, untar } from './folder.ts';
import { run } from './peer.ts';
import { toolPath } from './servers.ts';
import { build } from './slipway.ts';

/** What both readers say about an entry of an archive. */
interface Entry {
  readonly name: string;
  readonly mode: string;
  readonly owner: string;
  readonly size: number;
  /** In whole seconds since 1970. */
  readonly time: number;
}

const MODES: Readonly<Record<string, string>> = { '-rw-r--r--': '644', 'drwxr-xr-x': '755' };

/** `-rw-r--r-- 0/0  414 1970-01-01 00:00:00 name` */
async function byGnuTar(archive: string, cwd: string): Promise<readonly Entry[]> {
  const args = ['--list', '--verbose', '--gzip', '--full-time', '--utc', '--numeric-owner', '--quoting-style=literal'];
  const { stdout } = await run('tar', [...args, '--file', archive], { cwd, env: { LC_ALL: 'C.UTF-8' } });
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [, mode = '', owner = '', size, time, name = ''] = /^(\S+) (\S+) +(\d+) (\S+ \S+) (.*)$/.exec(line) ?? [];
      return { name, mode: MODES[mode] ?? line, owner, size: Number(size), time: Date.parse(`${time}Z`) / 1000 };
    });
}

interface GoEntry {
  readonly name: string;
  readonly typeflag: string;
  readonly mode: number;
  readonly size: number;
  readonly mtime: number;
  readonly uid: number;
  readonly gid: number;
  readonly uname: string;
  readonly gname: string;
  readonly sha256: string;
}

async function byGo(archive: string, cwd: string): Promise<readonly GoEntry[]> {
  const { stdout } = await run(toolPath('tarlist'), [archive], { cwd });
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as GoEntry);
}

/** Two readers that share no code list the same, with fixed modes, owners and times, and every file as it is on disk. */
async function expectSameReading(source: string, archive: string, scratch: Folder): Promise<void> {
  const gnu = await byGnuTar(archive, scratch.path);
  const go = await byGo(archive, scratch.path);
  expect(gnu).toEqual(
    go.map(({ name, mode, size, mtime, uid, gid }) => ({
      name,
      mode: mode.toString(8),
      owner: `${uid}/${gid}`,
      size,
      time: mtime,
    })),
  );
  for (const { name, mode, owner, time } of gnu) {
    expect({ name, mode, owner, time }).toEqual({
      name,
      mode: name.endsWith('/') ? '755' : '644',
      owner: '0/0',
      time: 0,
    });
  }
  expect(go.every(({ uname, gname, typeflag }) => uname + gname === '' && '05'.includes(typeflag))).toBe(true);
  const files = go
    .filter(({ typeflag }) => typeflag === '0')
    .map((entry): [string, string] => [entry.name, entry.sha256]);
  const wanted = await filesIn(source);
  expect(Object.fromEntries(files)).toEqual(wanted);
  expect(files).toHaveLength(Object.keys(wanted).length);
  expect(await filesIn(await untar(archive, scratch.path, 'unpacked'))).toEqual(wanted);
}

test('GNU tar and archive/tar of Go read the same files: names that are long, deep and not ASCII', async () => {
  await using scratch = await folder();
  const tree = await hardTree('version: 1\nartifacts:\n  - path: clusters/eu\n    render: source\n');
  try {
    // Nobody may run what a cluster reads: the archive's mode is another.
    await chmod(join(tree.dir, 'clusters/eu/app.yaml'), 0o755);
    await build(['--out', scratch.path], { cwd: tree.dir });
    await expectSameReading(join(tree.dir, 'clusters/eu'), join(scratch.path, 'eu.tgz'), scratch);
    const names = (await byGo('eu.tgz', scratch.path)).map(({ name }) => name);
    // Names for each of the three ways that ustar and PAX have.
    expect(names.filter((name) => Buffer.byteLength(name) > 256)).not.toEqual([]);
    expect(names.filter((name) => !name.endsWith('/'))).toEqual(
      Object.keys(HARD_FILES).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
    );
  } finally {
    await tree.remove();
  }
});

test('GNU tar and archive/tar of Go read the same files: the fixture of the fast suite', async () => {
  await using scratch = await folder();
  const copy = join(scratch.path, 'app');
  await cp(fileURLToPath(new URL('../fixtures/build/app', import.meta.url)), copy, { recursive: true });
  const { artifacts } = await build(['app', '--out', 'out'], { cwd: scratch.path });
  const archive = join('out', 'app.tgz');
  expect(artifacts[0]?.digest).toBe(`sha256:${sha256(await readFile(join(scratch.path, archive)))}`);
  // What its .sourceignore leaves out.
  await rm(join(copy, 'README.md'));
  await expectSameReading(copy, archive, scratch);
});

test('rendered content is one file for both readers', async () => {
  await using scratch = await folder();
  await writeFile(join(scratch.path, 'app.yaml'), HARD_FILES['app.yaml'] ?? '');
  await build(['app.yaml', '--render', 'plain', '--artifact', 'app', '--out', 'out'], { cwd: scratch.path });
  const [entry, ...others] = await byGo('out/app.tgz', scratch.path);
  expect(others).toEqual([]);
  expect(entry).toMatchObject({
    name: 'manifests.yaml',
    mode: 0o644,
    mtime: 0,
    sha256: sha256(HARD_FILES['app.yaml'] ?? ''),
  });
  expect((await byGnuTar('out/app.tgz', scratch.path)).map(({ name }) => name)).toEqual(['manifests.yaml']);
});

import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LoadOptions, load } from '../../src/build/load.ts';
import { pack } from '../../src/build/pack.ts';
import type { SlipwayError } from '../../src/errors.ts';
import type { ArtifactPlan, RenderPlan } from '../../src/model.ts';
import { configMap, plan, temporaryFolder, tree } from './tree.ts';

async function paths(artifact: ArtifactPlan, options?: LoadOptions): Promise<string[]> {
  return (await load(artifact, options)).files.map((file) => file.path);
}

async function refusal(artifact: ArtifactPlan, options?: LoadOptions): Promise<SlipwayError> {
  return load(artifact, options).then(
    () => Promise.reject(new Error('was loaded')),
    (thrown: SlipwayError) => thrown,
  );
}

const PLAIN: RenderPlan = { kind: 'plain' };

describe('load', () => {
  it('reads every file, hidden ones too, in byte order of the paths', async () => {
    const root = tree({ 'b.yaml': 'B', 'a/x.yaml': 'X', 'a-b': '', '.hidden/y': 'Y', é: '', z: '', A: '' });
    const { files } = await load(plan(root));
    expect(files.map((file) => file.path)).toEqual(['.hidden/y', 'A', 'a-b', 'a/x.yaml', 'b.yaml', 'z', 'é']);
    expect(Buffer.from(files[3]?.bytes ?? []).toString()).toBe('X');
  });

  it('reads a single file under its own name', async () => {
    const root = tree({ 'app.yaml': 'text' });
    expect(await paths(plan(join(root, 'app.yaml')))).toEqual(['app.yaml']);
  });

  it('packs to the same bytes whatever the order of listings and the times of files', async () => {
    const root = tree({ 'a/1': '1', 'a/2': '2', b: 'b', 'c/d/e': 'e', é: 'é' });
    const digest = async (order?: LoadOptions['order']): Promise<string> => {
      const loaded = await load(plan(root), order === undefined ? {} : { order });
      return pack({ ...loaded, resources: 0, origins: (place) => place, findings: [] }).content.digest;
    };
    const once = await digest();
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat(1_000)), fc.nat(2_000_000_000), async (ranks, time) => {
        utimesSync(join(root, 'a/1'), time, time);
        const shuffle = (names: readonly string[]) =>
          names
            .map((name) => ({ name, rank: ranks.next().value }))
            .sort((x, y) => x.rank - y.rank)
            .map(({ name }) => name);
        expect(await digest(shuffle)).toBe(once);
      }),
      { numRuns: 20 },
    );
  });

  it('leaves out what .sourceignore files name, each below its own folder, and ships them under source', async () => {
    const root = tree({
      '.sourceignore': '*.md\n/skip/*\n!/skip/again.yaml\n',
      'README.md': '',
      'a/.sourceignore': 'secret.yaml\n!NOTES.md\n',
      'a/secret.yaml': '',
      'a/NOTES.md': '',
      'secret.yaml': '',
      'skip/x.yaml': '',
      'skip/again.yaml': '',
    });
    const kept = ['a/NOTES.md', 'secret.yaml', 'skip/again.yaml'];
    expect(await paths(plan(root))).toEqual(['.sourceignore', 'a/.sourceignore', ...kept].sort());
    expect(await paths(plan(root, PLAIN))).toEqual(kept);
  });

  it('never enters .git and leaves out the files of version control', async () => {
    const root = tree({
      'a.yaml': '',
      '.git/config': 'token',
      '.gitignore': '',
      'sub/.git': 'gitdir: elsewhere',
      '.sourceignore': '!.git/',
    });
    expect(await paths(plan(root))).toEqual(['.sourceignore', 'a.yaml']);
  });

  it('refuses an ignore file whose first rule a byte order mark would disable', async () => {
    const root = tree({ '.sourceignore': '\ufeffsecret.yaml\n', 'secret.yaml': '' });
    expect(await refusal(plan(root))).toMatchObject({
      code: 'INVALID',
      message: expect.stringContaining('byte order mark'),
    });
    writeFileSync(join(root, '.sourceignore'), '\ufeff# only a comment\nsecret.yaml\n');
    writeFileSync(join(root, 'a.yaml'), '');
    expect(await paths(plan(root))).toEqual(['.sourceignore', 'a.yaml']);
  });

  describe('links', () => {
    it('reads a link to a file or folder inside as what it points to', async () => {
      const root = tree({ 'real/a.yaml': 'A', 'real/sub/b.yaml': 'B' });
      symlinkSync('real/a.yaml', join(root, 'file'));
      symlinkSync(join(root, 'real'), join(root, 'folder'));
      symlinkSync('folder/sub', join(root, 'chain'));
      const { files } = await load(plan(root));
      expect(files.map((file) => `${file.path}=${Buffer.from(file.bytes)}`)).toEqual([
        'chain/b.yaml=B',
        'file=A',
        'folder/a.yaml=A',
        'folder/sub/b.yaml=B',
        'real/a.yaml=A',
        'real/sub/b.yaml=B',
      ]);
    });

    it('accepts a root that is a link itself', async () => {
      const root = tree({ 'real/a.yaml': '', 'real/b/c': '' });
      symlinkSync('real', join(root, 'root'));
      symlinkSync('b', join(root, 'real', 'd'));
      expect(await paths(plan(join(root, 'root')))).toEqual(['a.yaml', 'b/c', 'd/c']);
    });

    it.each<[string, string, string]>([
      ['leaves the folder', '../outside', 'outside the folder'],
      ['leaves it by an absolute path', '/etc/hostname', 'outside the folder'],
      ['points to nothing', 'missing', 'does not exist'],
      ['points to itself', 'link', 'leads to itself'],
      ['points to its own folder', '.', 'leads back to a folder above it'],
      ['points into version control', '.git/config', '".git"'],
    ])('refuses a link that %s, naming it and its target', async (_name, target, problem) => {
      const base = tree({ outside: '', 'in/a.yaml': '', 'in/.git/config': '' });
      symlinkSync(target, join(base, 'in', 'link'));
      const error = await refusal(plan(join(base, 'in')));
      expect(error).toMatchObject({
        code: 'SOURCE',
        message: expect.stringContaining(problem),
        hint: expect.stringContaining('replace the link'),
      });
      expect(error.message).toContain('"deploy/app/link"');
      expect(error.message).toContain(JSON.stringify(target));
    });

    it('refuses a loop through a folder deeper down', async () => {
      const root = tree({ 'a/b/x': '' });
      symlinkSync('../../a', join(root, 'a/b/up'));
      expect(await refusal(plan(root))).toMatchObject({
        code: 'SOURCE',
        message: expect.stringContaining('"deploy/app/a/b/up"'),
      });
    });

    it('refuses links to links to folders that multiply', async () => {
      const root = tree({ x: '' });
      for (let i = 0; i < 12; i++) {
        mkdirSync(join(root, `f${i}`));
        if (i > 0) for (const name of ['l', 'r']) symlinkSync(`../f${i - 1}`, join(root, `f${i}`, name));
      }
      expect(await refusal(plan(root), { maxFiles: 500 })).toMatchObject({
        code: 'SOURCE',
        message: expect.stringContaining('500 linked folders'),
      });
    });

    it('does not look at links that are ignored', async () => {
      const root = tree({ 'a.yaml': '', '.sourceignore': 'dangling\nvendor/\n' });
      symlinkSync('missing', join(root, 'dangling'));
      symlinkSync('/etc', join(root, 'vendor'));
      expect(await paths(plan(root))).toEqual(['.sourceignore', 'a.yaml']);
    });
  });

  it('refuses a FIFO and a socket by name', async () => {
    const root = tree({ 'a.yaml': '' });
    execFileSync('mkfifo', [join(root, 'pipe')]);
    expect(await refusal(plan(root))).toMatchObject({
      code: 'SOURCE',
      message: expect.stringContaining('"deploy/app/pipe"'),
    });
    const other = tree({ 'a.yaml': '' });
    const server = createServer();
    await new Promise<void>((done) => server.listen(join(other, 'socket'), done));
    expect(await refusal(plan(other))).toMatchObject({
      code: 'SOURCE',
      message: expect.stringContaining('neither a file nor a folder'),
    });
    await new Promise((done) => server.close(done));
  });

  it('refuses a name that is not UTF-8', async () => {
    const root = tree({ 'a.yaml': '' });
    writeFileSync(Buffer.concat([Buffer.from(`${root}/bad`), Buffer.of(0xff)]), '');
    expect(await refusal(plan(root))).toMatchObject({ code: 'SOURCE', message: expect.stringContaining('not UTF-8') });
  });

  it('names a path that does not exist', async () => {
    expect(await refusal(plan(join(temporaryFolder(), 'gone')))).toMatchObject({
      code: 'SOURCE',
      message: 'Cannot load artifact "app": "deploy/app" does not exist',
    });
  });

  it.each<[string, Record<string, string>]>([
    ['a folder without files', {}],
    ['a folder in which everything is ignored', { '.sourceignore': '*', 'a.yaml': '' }],
    ['a folder with nothing but an ignore file', { '.sourceignore': 'x' }],
  ])('refuses %s: it would prune everything', async (_name, files) => {
    const error = await refusal(plan(tree(files)));
    expect(error).toMatchObject({
      code: 'INVALID',
      message: 'Artifact "app" is empty: no files in "deploy/app"',
      hint: expect.stringContaining('prune everything'),
    });
  });

  it('refuses more files or bytes than the budget, before reading them', async () => {
    const root = tree({ a: '12345', b: '12345', c: '' });
    expect(await paths(plan(root), { maxFiles: 3, maxBytes: 10 })).toHaveLength(3);
    expect(await refusal(plan(root), { maxFiles: 2 })).toMatchObject({
      code: 'SOURCE',
      message: expect.stringContaining('more than 2 files'),
    });
    chmodSync(join(root, 'a'), 0o000);
    expect(await refusal(plan(root), { maxBytes: 9 })).toMatchObject({
      code: 'SOURCE',
      message: expect.stringContaining('more than 9 bytes'),
    });
    expect(await refusal(plan(join(root, 'b')), { maxBytes: 4 })).toMatchObject({
      code: 'SOURCE',
      message: expect.stringContaining('more than 4 bytes'),
    });
  });

  it('does not count ignored files', async () => {
    const root = tree({ a: '12345', 'b.md': '12345', '.sourceignore': '*.md' });
    expect(await paths(plan(root), { maxFiles: 2, maxBytes: 9 })).toEqual(['.sourceignore', 'a']);
  });

  describe('under source', () => {
    it('refuses files that Flux would drop, naming ten of them and the remedy', async () => {
      const images = Object.fromEntries(
        Array.from({ length: 12 }, (_, i) => [`img/${String(i).padStart(2, '0')}.png`, '']),
      );
      const error = await refusal(plan(tree({ ...images, 'a.yaml': '' })));
      expect(error).toMatchObject({ code: 'INVALID', hint: expect.stringContaining('.sourceignore') });
      expect(error.message).toContain('12 files of artifact "app": "img/00.png", ');
      expect(error.message).toContain('"img/09.png", and 2 more');
    });

    it('accepts them once an artifact has a rule of its own, or leaves them out', async () => {
      expect(await paths(plan(tree({ 'a.zip': '', '.sourceignore': 'none\n' })))).toEqual(['.sourceignore', 'a.zip']);
      expect(await paths(plan(tree({ 'a.zip': '', b: '', '.sourceignore': '*.zip\n' })))).toEqual([
        '.sourceignore',
        'b',
      ]);
    });

    it('refuses them when the ignore file itself is not shipped, since Flux then falls back to its list', async () => {
      const error = await refusal(plan(tree({ 'a.zip': '', '.sourceignore': '.*\n' })));
      expect(error.message).toBe('Flux would drop a file of artifact "app": "a.zip"');
    });

    it('does not mind them under other kinds', async () => {
      expect(await paths(plan(tree({ 'a.zip': '', 'b.yaml': '' }), PLAIN))).toEqual(['a.zip', 'b.yaml']);
    });
  });

  it('reads nothing where a program reads the folder itself, and wants a folder there', async () => {
    const root = tree({ 'a.yaml': '' });
    expect(await paths(plan(root, { kind: 'kustomize' }), { maxFiles: 0 })).toEqual([]);
    for (const kind of ['kustomize', 'command'] as const) {
      const render: RenderPlan = kind === 'command' ? { kind, run: ['x'], env: {} } : { kind };
      expect(await refusal(plan(join(root, 'a.yaml'), render))).toMatchObject({
        code: 'SOURCE',
        message: expect.stringContaining('not a folder'),
      });
    }
    const chart: RenderPlan = { kind: 'helm', release: 'r', values: [], apiVersions: [] };
    expect(await paths(plan(join(root, 'a.yaml'), chart))).toEqual([]);
  });
});

describe('load as an unprivileged user', () => {
  /** Runs `load` in a process of user 65534 where the suite runs as root, and answers what it threw. */
  function loadUnprivileged(root: string): { code: string; message: string; hint?: string } {
    const bundle = join(temporaryFolder(), 'load.mjs');
    execFileSync(resolve('node_modules/.bin/esbuild'), [
      'src/build/load.ts',
      '--bundle',
      '--platform=node',
      '--format=esm',
      `--outfile=${bundle}`,
      '--log-level=error',
    ]);
    const script = `const { load } = await import(process.argv[1]);
      const plan = { name: 'app', root: process.argv[2], shown: 'deploy/app', render: { kind: 'source' } };
      await load(plan).then((loaded) => console.log(JSON.stringify({ code: 'none', message: loaded.files.map((file) => file.path).join() })),
        ({ code, message, hint }) => console.log(JSON.stringify({ code, message, hint })));`;
    const isRoot = process.getuid?.() === 0;
    const run = spawnSync(process.execPath, ['--input-type=module', '-e', script, bundle, root], {
      cwd: root,
      env: { PATH: process.env.PATH ?? '' },
      encoding: 'utf8',
      ...(isRoot ? { uid: 65534, gid: 65534 } : {}),
    });
    expect(run.stderr).toBe('');
    return JSON.parse(run.stdout);
  }

  it('names a file that may not be read', () => {
    const root = tree({ 'ok.yaml': configMap('a'), 'sub/locked.yaml': '' });
    chmodSync(join(root, 'sub/locked.yaml'), 0o000);
    expect(loadUnprivileged(root)).toMatchObject({
      code: 'SOURCE',
      message: 'Cannot read "deploy/app/sub/locked.yaml" of artifact "app": permission denied (EACCES)',
      hint: expect.stringContaining('read access'),
    });
  });

  it('names a folder that may not be listed, unless it is ignored', () => {
    const root = tree({ 'ok.yaml': '', 'locked/a.yaml': '' });
    chmodSync(join(root, 'locked'), 0o000);
    expect(loadUnprivileged(root)).toMatchObject({
      code: 'SOURCE',
      message: expect.stringContaining('"deploy/app/locked"'),
    });
    writeFileSync(join(root, '.sourceignore'), 'locked/\n');
    expect(loadUnprivileged(root)).toMatchObject({ code: 'none', message: '.sourceignore,ok.yaml' });
  });
});

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { gunzip } from '../../src/archive/gzip.ts';
import { untar } from '../../src/archive/untar.ts';
import { load } from '../../src/build/load.ts';
import { pack } from '../../src/build/pack.ts';
import { render } from '../../src/build/render.ts';
import type { Packed, RenderPlan } from '../../src/model.ts';
import { optionsFor, programs } from './programs.ts';
import { configMap, plan, temporaryFolder, tree } from './tree.ts';

const FIXTURE = resolve('test/fixtures/build/app');

async function packed(root: string, kind: RenderPlan = { kind: 'source' }): Promise<Packed> {
  const rendered = await render(await load(plan(root, kind)), optionsFor(programs({})));
  return pack({ ...rendered, findings: [] });
}

describe('pack', () => {
  it('gives the fixture these very digests, which no change may move', async () => {
    expect((await packed(FIXTURE)).content).toEqual({
      mediaType: 'application/vnd.cncf.flux.content.v1.tar+gzip',
      digest: 'sha256:501606540ada58444610a634201d6203b34ef07580167e975e188b9eb3380c62',
      size: 414,
    });
    expect((await packed(FIXTURE, { kind: 'plain' })).content.digest).toBe(
      'sha256:942952b2de31091220e0fcb21e64116a849bf88dc3dfff55b0dc4c45c7f330e6',
    );
  });

  it('packs exactly the files', async () => {
    const root = tree({ 'a/b.yaml': configMap('b'), 'c.yaml': configMap('c') });
    const { bytes } = await packed(root);
    const files = untar(gunzip(bytes, { limit: 100_000 }));
    expect(files.map((file) => [file.path, Buffer.from(file.bytes).toString()])).toEqual([
      ['a/b.yaml', configMap('b')],
      ['c.yaml', configMap('c')],
    ]);
  });

  it('describes the tarball, and of a rendered artifact also the one file', async () => {
    const root = tree({ 'c.yaml': configMap('c') });
    const hash = (algorithm: string, bytes: Uint8Array | string): string =>
      createHash(algorithm).update(bytes).digest('hex');
    const source = await packed(root);
    expect(source.views).toEqual({
      tarball: { digest: source.content.digest, md5: hash('md5', source.bytes), size: source.bytes.length },
    });
    const plain = await packed(root, { kind: 'plain' });
    const text = configMap('c');
    expect(plain.views.object).toEqual({
      digest: `sha256:${hash('sha256', text)}`,
      md5: hash('md5', text),
      size: text.length,
    });
    expect(plain).toMatchObject({ name: 'app', render: 'plain', resources: 1, findings: [] });
  });

  it('packs to the same digest in processes of any time zone, locale, umask and checkout', async () => {
    const bundle = join(temporaryFolder(), 'build.mjs');
    const entry = `export { load } from './src/build/load.ts'; export { pack } from './src/build/pack.ts';`;
    execFileSync(
      resolve('node_modules/.bin/esbuild'),
      ['--bundle', '--platform=node', '--format=esm', `--outfile=${bundle}`, '--log-level=error', '--loader=ts'],
      { input: entry },
    );
    const script = `process.umask(Number.parseInt(process.argv[3], 8));
      const { cpSync, mkdtempSync, rmSync } = await import('node:fs');
      const { load, pack } = await import(process.argv[1]);
      const copy = mkdtempSync('checkout-');
      cpSync(process.argv[2], copy, { recursive: true });
      const loaded = await load({ name: 'app', root: process.cwd() + '/' + copy, shown: 'app', render: { kind: 'source' } });
      console.log(pack({ ...loaded, resources: 0, findings: [] }).content.digest);`;
    const cwd = temporaryFolder();
    const matrix: [string, string, string][] = [
      ['UTC', 'C', '000'],
      ['Asia/Tokyo', 'tr_TR.UTF-8', '022'],
      ['America/St_Johns', 'C.UTF-8', '077'],
    ];
    const digests = matrix.map(([TZ, LC_ALL, umask]) =>
      execFileSync(process.execPath, ['--input-type=module', '-e', script, bundle, FIXTURE, umask], {
        cwd,
        env: { TZ, LC_ALL },
        encoding: 'utf8',
      }).trim(),
    );
    expect(new Set(digests)).toEqual(new Set([(await packed(FIXTURE)).content.digest]));
  });

  it('is read by GNU tar with fixed modes, owners and times', async () => {
    const { bytes } = await packed(tree({ 'a/b.yaml': configMap('b') }));
    const archive = join(temporaryFolder(), 'app.tgz');
    writeFileSync(archive, bytes);
    const listing = execFileSync('tar', ['--utc', '--full-time', '--numeric-owner', '-tvzf', archive], {
      encoding: 'utf8',
    });
    expect(
      listing
        .trimEnd()
        .split('\n')
        .map((line) => line.replaceAll(/ +/g, ' ')),
    ).toEqual([
      'drwxr-xr-x 0/0 0 1970-01-01 00:00:00 a/',
      `-rw-r--r-- 0/0 ${configMap('b').length} 1970-01-01 00:00:00 a/b.yaml`,
    ]);
    expect(readFileSync(archive).length).toBe(bytes.length);
  });

  it('refuses a name that Flux would refuse', async () => {
    await expect(packed(tree({ 'a../b': configMap('b') }))).rejects.toMatchObject({ code: 'INVALID' });
    await expect(packed(tree({ 'a\\b.yaml': configMap('b') }))).rejects.toMatchObject({ code: 'INVALID' });
  });
});

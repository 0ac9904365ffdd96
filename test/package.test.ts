import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, unknown>;

interface PackedPackage {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

let folder = '';
let packed: PackedPackage | undefined;

const run = (command: string, args: readonly string[], cwd: string): string =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** What a user gets: the packed package, installed into an empty project without any network. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-package-'));
  [packed] = JSON.parse(run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], root));
  writeFileSync(join(folder, 'package.json'), '{"name":"consumer","private":true,"type":"module"}');
  run('npm', ['install', '--offline', '--no-audit', '--no-fund', `./${packed?.filename ?? ''}`], folder);
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the package', () => {
  test('has no dependencies and installs nothing else', () => {
    expect(manifest.dependencies).toBeUndefined();
    expect(manifest.peerDependencies).toBeUndefined();
    const lock = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')) as { packages: object };
    expect(Object.keys(lock.packages).sort()).toEqual(['', 'node_modules/slipway']);
  });

  test('holds what it needs and nothing of the sources', () => {
    const paths = packed?.files.map(({ path }) => path) ?? [];
    for (const path of [
      'dist/cli.js',
      'dist/index.js',
      'dist/types/index.d.ts',
      'schema/config.json',
      'action.yml',
      'LICENSE',
    ]) {
      expect(paths).toContain(path);
    }
    expect(paths.filter((path) => /^(src|test|bench|examples|docs)\//.test(path))).toEqual([]);
    expect(packed?.size).toBeLessThan(2_000_000);
  });

  test('runs as a program', () => {
    expect(run('npx', ['--offline', 'slipway', '--version'], folder).trim()).toBe(manifest.version);
  });

  test('loads as a library', () => {
    const script = "import * as slipway from 'slipway'; console.log(Object.keys(slipway).sort().join(' '))";
    const names = run(process.execPath, ['--input-type=module', '-e', script], folder).trim();
    expect(names).toBe(
      [
        ...[
          'SlipwayError',
          'build',
          'check',
          'diff',
          'doctor',
          'exitCodeOf',
          'explain',
          'freeze',
          'heal',
          'log',
          'plan',
        ],
        ...['promote', 'prune', 'publish', 'pull', 'retire', 'rollback', 'status', 'unfreeze', 'verify', 'whois'],
      ].join(' '),
    );
  });

  test('has types that a strict project can use', () => {
    writeFileSync(
      join(folder, 'use.ts'),
      `import { publish, type Receipt } from 'slipway';
const receipt: Receipt = await publish({ path: './deploy', to: ['oci://localhost/app:prod'] }, { cwd: '/', env: {} });
export const outcome: 'published' | string = receipt.outcome;
`,
    );
    const options = [
      '--noEmit',
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2023',
      '--skipLibCheck',
      'false',
      '--types',
      '',
    ];
    expect(run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), ...options, 'use.ts'], folder)).toBe(
      '',
    );
  });

  test('is what package managers and bundlers expect', async () => {
    const { messages } = await publint({ pkgDir: root, strict: true });
    expect(messages.filter(({ type }) => type !== 'suggestion')).toEqual([]);
  });
});

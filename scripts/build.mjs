/**
 * Makes dist/: the command line and the library as chunks loaded on demand, the action as one file, type declarations and
 * the licences of everything bundled. Nothing in dist/ needs an installed package. `--outdir DIR` builds elsewhere and
 * leaves the declarations out.
 */
import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({ options: { outdir: { type: 'string' } } });
const outdir = resolve(values.outdir ?? join(root, 'dist'));

// Bundled CommonJS code asks for node's modules with require(), which ES modules do not have.
const REQUIRE =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);";

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  minify: true,
  metafile: true,
  legalComments: 'none',
  logLevel: 'warning',
  banner: { js: REQUIRE },
};

/** The folder of the package that a bundled file comes from. */
function packageFolder(input) {
  const [, folder] = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input) ?? [];
  return folder;
}

async function licenceOf(folder) {
  const { name, version, license } = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8'));
  const files = (await readdir(join(root, folder)))
    .filter((file) => /^(?:licen[cs]e|notice|copying)/i.test(file))
    .sort();
  const texts = await Promise.all(files.map(async (file) => (await readFile(join(root, folder, file), 'utf8')).trim()));
  return `${name} ${version} (${license})\n\n${texts.length === 0 ? `Published under ${license}; the package holds no licence text.` : texts.join('\n\n')}\n`;
}

async function licences(metafiles) {
  const inputs = metafiles.flatMap(({ outputs }) =>
    Object.values(outputs).flatMap((output) => Object.keys(output.inputs)),
  );
  const folders = [...new Set(inputs.map(packageFolder).filter((folder) => folder !== undefined))].sort();
  const texts = await Promise.all(folders.map(licenceOf));
  return `slipway bundles the packages below.\n\n${texts.join(`\n${'-'.repeat(80)}\n\n`)}`;
}

/** What dist/ imports at run time must be part of Node. */
function foreignImports(metafiles) {
  const own = new Set(builtinModules.flatMap((name) => [name, `node:${name}`]));
  return metafiles
    .flatMap(({ outputs }) => Object.values(outputs).flatMap(({ imports }) => imports))
    .filter(({ external, path }) => external && !own.has(path) && !path.startsWith('node:'))
    .map(({ path }) => path);
}

async function declarations() {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const types = join(outdir, 'types');
  await promisify(execFile)(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json'), '--outDir', types]).catch(
    (error) => {
      throw new Error(`tsc failed:\n${error.stdout}`);
    },
  );
}

async function bundles() {
  const chunks = build({
    ...common,
    entryPoints: { cli: 'src/cli.ts', index: 'src/index.ts' },
    outdir,
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
  });
  const action = build({ ...common, entryPoints: { action: 'src/action.ts' }, outdir });
  return Promise.all([chunks, action]);
}

await rm(outdir, { recursive: true, force: true });
await mkdir(outdir, { recursive: true });
const [results] = await Promise.all([bundles(), values.outdir === undefined ? declarations() : undefined]);
const metafiles = results.map(({ metafile }) => metafile);
const foreign = foreignImports(metafiles);
if (foreign.length > 0) throw new Error(`dist/ imports what is not part of Node: ${[...new Set(foreign)].join(', ')}`);
await writeFile(join(outdir, 'THIRD_PARTY_LICENSES.txt'), await licences(metafiles));

const cli = join(outdir, 'cli.js');
await writeFile(cli, `#!/usr/bin/env node\n${await readFile(cli, 'utf8')}`);
await chmod(cli, 0o755);
// The version is read from one folder above.
if (values.outdir !== undefined) await cp(join(root, 'package.json'), join(outdir, '..', 'package.json'));

/**
 * Makes dist/: the command line, the library and the thread that helps the checks as chunks loaded on demand, the action as
 * one file, type declarations and the licences of everything bundled. Nothing in dist/ needs an installed package. `--outdir DIR` builds elsewhere and
 * leaves the declarations out.
 */
import { chmod, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { declarations } from './declarations.mjs';
import { licences } from './licences.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({ options: { outdir: { type: 'string' } } });
const outdir = resolve(values.outdir ?? join(root, 'dist'));

const common = {
  absWorkingDir: root,
  outdir,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  minify: true,
  metafile: true,
  legalComments: 'none',
  logLevel: 'warning',
  // The SDK's advice to its own developers about old Node versions is nothing that users of slipway can act on.
  define: { 'process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED': '"true"' },
  // The TUF client's log of requests would colour itself with a package that is not there, and does without; so does this.
  alias: { 'supports-color': 'node:tty' },
  // Bundled CommonJS code asks for node's modules with require(), which ES modules do not have.
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
};

/** What dist/ imports at run time must be part of Node. */
function foreignImports(metafiles) {
  const outputs = metafiles.flatMap((metafile) => Object.values(metafile.outputs));
  const imports = outputs.flatMap((output) => output.imports);
  return imports.filter(({ external, path }) => external && !isBuiltin(path)).map(({ path }) => path);
}

function bundles() {
  const entryPoints = { cli: 'src/cli.ts', index: 'src/index.ts', 'check-worker': 'src/check-worker.ts' };
  const chunks = build({ ...common, entryPoints, splitting: true, chunkNames: 'chunks/[name]-[hash]' });
  const action = build({ ...common, entryPoints: { action: 'src/action.ts' } });
  return Promise.all([chunks, action]);
}

await rm(outdir, { recursive: true, force: true });
await mkdir(outdir, { recursive: true });
const types = values.outdir === undefined ? declarations(root, join(outdir, 'types')) : undefined;
const [results] = await Promise.all([bundles(), types]);
const metafiles = results.map(({ metafile }) => metafile);
const foreign = foreignImports(metafiles);
if (foreign.length > 0) throw new Error(`dist/ imports what is not part of Node: ${[...new Set(foreign)].join(', ')}`);
await writeFile(join(outdir, 'THIRD_PARTY_LICENSES.txt'), await licences(root, metafiles));

const cli = join(outdir, 'cli.js');
await writeFile(cli, `#!/usr/bin/env node\n${await readFile(cli, 'utf8')}`);
await chmod(cli, 0o755);
// The version is read from one folder above.
if (values.outdir !== undefined) await cp(join(root, 'package.json'), join(outdir, '..', 'package.json'));

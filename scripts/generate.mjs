/** Writes the files that are made from the sources: schemas, action.yml, docs/reference, docs/rules.md. Run it after changing an option, a schema or a rule. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = await mkdtemp(join(root, 'node_modules/.slipway-generate-'));
try {
  const outfile = join(folder, 'documents.mjs');
  await build({
    entryPoints: [join(root, 'scripts/documents.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    logLevel: 'warning',
  });
  const { documents } = await import(pathToFileURL(outfile).href);
  for (const [path, text] of await documents()) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** Runs TypeScript of this project: Node 20 cannot. */
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/** The project's folder, absolute. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/** Bundles a module, named from the project's folder, and imports it. */
export async function importBundled(path) {
  const folder = await mkdtemp(join(root, 'node_modules/.slipway-script-'));
  try {
    const outfile = join(folder, 'module.mjs');
    await build({
      entryPoints: [join(root, path)],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20.19',
      logLevel: 'warning',
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

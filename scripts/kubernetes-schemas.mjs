/**
 * Makes src/check/schema/bundle.generated.ts: the schemas of Kubernetes 1.28 to 1.36 and of the CRDs of Flux 2.6 to 2.9,
 * without their prose. Run it with SLIPWAY_DATA naming the folder that has `kubernetes-openapi` and `flux-crds`.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const data = process.env.SLIPWAY_DATA;
if (data === undefined || data === '') {
  console.error('SLIPWAY_DATA is not set: it names the folder with kubernetes-openapi/ and flux-crds/');
  process.exit(2);
}
const folder = await mkdtemp(join(root, 'node_modules/.slipway-schemas-'));
try {
  const outfile = join(folder, 'module.mjs');
  await build({
    entryPoints: [join(root, 'scripts/kubernetes-schemas/module.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    logLevel: 'warning',
  });
  const { GENERATED, bundleModule } = await import(pathToFileURL(outfile).href);
  await writeFile(join(root, GENERATED), await bundleModule(data));
} finally {
  await rm(folder, { recursive: true, force: true });
}

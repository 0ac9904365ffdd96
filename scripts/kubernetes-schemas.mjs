/**
 * Makes src/check/schema/bundle.generated.ts: the schemas of Kubernetes 1.28 to 1.36 and of the CRDs of Flux 2.6 to 2.9,
 * without their prose. Run it with SLIPWAY_DATA naming the folder that has `kubernetes-openapi` and `flux-crds`.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { importBundled, root } from './bundled.mjs';

const data = process.env.SLIPWAY_DATA;
if (data === undefined || data === '') {
  console.error('SLIPWAY_DATA is not set: it names the folder with kubernetes-openapi/ and flux-crds/');
  process.exit(2);
}
const { GENERATED, bundleModule } = await importBundled('scripts/kubernetes-schemas/module.ts');
await writeFile(join(root, GENERATED), await bundleModule(data));

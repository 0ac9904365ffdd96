/**
 * The library: builds a folder, publishes it to a bucket on disk, and reads it back.
 * Run it in a clone of slipway: npm run build && node examples/library/publish.mjs
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, publish, pull, SlipwayError } from 'slipway';

const folder = await mkdtemp(join(tmpdir(), 'slipway-library-'));
const tenant = fileURLToPath(new URL('../fleet/tenants/shop', import.meta.url));
// Only what is in `env` is seen. Pass process.env to use the credentials of the surroundings.
const context = { cwd: folder, env: { PATH: process.env.PATH } };

try {
  const [packed] = await build({ path: tenant, render: 'plain' }, context);
  console.log(`built ${packed.name}: ${packed.content.digest}, ${packed.resources} objects`);

  const receipt = await publish(
    { path: tenant, render: 'plain', channel: 'live', to: ['file:bucket?layout=object'], allow: ['dirty'] },
    { ...context, progress: ({ stage, done, total }) => done === total && console.log(`  ${stage} is done`) },
  );
  const [artifact] = receipt.artifacts;
  const { reference } = Object.values(artifact.stores)[0];
  console.log(`${receipt.outcome}: generation ${receipt.generation}, ${reference}`);

  const { files } = await pull(reference, context);
  console.log(`read back: ${files.map(({ path, bytes }) => `${path} with ${bytes.length} bytes`).join(', ')}`);
} catch (error) {
  if (!(error instanceof SlipwayError)) throw error;
  console.error(`${error.code}: ${error.message}\nhint: ${error.hint ?? 'none'}`);
  process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}

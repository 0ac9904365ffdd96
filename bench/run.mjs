/**
 * `npm run bench`: packs this checkout's command line as it is shipped, then measures it beside bare clients and other
 * tools, on servers of its own. Needs `npm run tools`, Git, GNU tar and gzip. `--quick` measures everything once;
 * `--check` measures `slipway check` instead, and needs SLIPWAY_DATA; `--sign` measures signing and verifying,
 * `--buckets` each layout of a bucket, `--diff` differences,
 * `--plan` plans.
 */
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const flag = { type: 'boolean', default: false };
const { values } = parseArgs({
  options: { quick: flag, check: flag, sign: flag, buckets: flag, diff: flag, plan: flag },
});

// Two levels down, as test/interop/ is: from there the bundled code of the servers looks for its tools.
await mkdir(join(root, '.tools'), { recursive: true });
const work = await mkdtemp(join(root, '.tools', 'bench-'));
const remove = () => rm(work, { recursive: true, force: true });
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => remove().finally(() => process.exit(130)));
try {
  const dist = join(work, 'package', 'dist');
  execFileSync(process.execPath, [join(root, 'scripts', 'build.mjs'), '--outdir', dist], { stdio: 'inherit' });
  const outfile = join(work, 'main.mjs');
  const entry = join(root, 'bench', 'main.ts');
  await build({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'esm', target: 'node20.19' });
  const { main } = await import(outfile);
  await main({ root, cli: join(dist, 'cli.js'), ...values });
} finally {
  await remove();
}

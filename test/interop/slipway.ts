/** The command line as it is shipped: `dist/cli.js`, a process of its own. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Receipt } from '../../src/model.ts';
import type { BuildReport } from '../../src/report/build.ts';
import { type Ended, type RunOptions, run, start } from './peer.ts';

export interface SlipwayOptions extends RunOptions {
  /** The Node.js that runs it; default the one that runs the tests. */
  readonly node?: string;
}

/** The bundle. Throws when it was not built. */
export function slipwayPath(): string {
  const path = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
  if (existsSync(path)) return path;
  throw new Error('dist/cli.js is missing: run npm run build');
}

/** Runs `slipway` to its end, whatever that is. */
export function slipway(args: readonly string[], options: SlipwayOptions): Promise<Ended> {
  return start(options.node ?? process.execPath, [slipwayPath(), ...args], options);
}

async function answer(args: readonly string[], options: SlipwayOptions): Promise<unknown> {
  const node = options.node ?? process.execPath;
  const { stdout } = await run(node, [slipwayPath(), ...args, '--output', 'json'], options);
  return JSON.parse(stdout);
}

/** A publish that must succeed. */
export async function publish(args: readonly string[], options: SlipwayOptions): Promise<Receipt> {
  return (await answer(['publish', ...args], options)) as Receipt;
}

/** A build that must succeed. */
export async function build(args: readonly string[], options: SlipwayOptions): Promise<BuildReport> {
  return (await answer(['build', ...args], options)) as BuildReport;
}

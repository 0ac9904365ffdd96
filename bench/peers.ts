/** What slipway is measured beside: other tools and the floor. All answer seconds. */
import { join } from 'node:path';
import { toolPath } from '../test/interop/server-process.ts';
import { startGoRegistry } from '../test/interop/servers.ts';
import { run } from './child.ts';

/** Artifacts that crane pushes in each measurement; the fleet's time is scaled up from these. */
const CRANE_SAMPLE = 60;
const CRANE_AT_ONCE = [1, 2, 4, 8] as const;

/** Seconds of GNU tar and gzip. */
export interface Archives {
  /** One archive for each cluster, as slipway makes them. */
  readonly each: number;
  /** All clusters in one archive: no process for each, and what clusters have in common is compressed once. */
  readonly whole: number;
}

/** Packs the fleet with GNU tar and gzip. */
export async function tarFleet(folder: string, out: string): Promise<Archives> {
  const pack = 'tar --create --gzip --file "$0/tar.tgz"';
  const each = await run('sh', ['-ec', `for cluster in clusters/*; do ${pack} "$cluster"; done`, out], { cwd: folder });
  const whole = await run('sh', ['-ec', `${pack} clusters`, out], { cwd: folder });
  return { each: each.seconds, whole: whole.seconds };
}

/** What the bare client measured of itself. */
export interface Floor {
  readonly seconds: number;
  readonly requests: number;
}

/** Pushes what was built with the bare client of floor.mjs; its targets are explained there. */
export async function floor(
  root: string,
  built: string,
  targets: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Floor> {
  const { stdout } = await run(process.execPath, [join(root, 'bench', 'floor.mjs'), built, ...targets], { env });
  return JSON.parse(stdout) as Floor;
}

/** The best of several parallelisms of `crane append`, as seconds for the whole fleet. */
export interface Crane {
  readonly seconds: number;
  readonly atOnce: number;
}

async function craneLoop(names: readonly string[], built: string, atOnce: number): Promise<number> {
  const { host, stop } = await startGoRegistry();
  const pending = names.slice(0, CRANE_SAMPLE).values();
  const worker = async (): Promise<void> => {
    for (const name of pending) {
      const to = `${host}/crane/${name}:prod`;
      const args = ['append', '--insecure', '--oci-empty-base', '-f', join(built, `${name}.tgz`), '-t', to];
      await run(toolPath('crane'), args, { cwd: built });
    }
  };
  try {
    const start = performance.now();
    await Promise.all(Array.from({ length: atOnce }, worker));
    return (performance.now() - start) / 1000;
  } finally {
    await stop();
  }
}

/** Pushes some artifacts by `crane append`, one process each, with several parallelisms. */
export async function crane(names: readonly string[], built: string): Promise<Crane> {
  const tries: Crane[] = [];
  for (const atOnce of CRANE_AT_ONCE) {
    const seconds = ((await craneLoop(names, built, atOnce)) * names.length) / CRANE_SAMPLE;
    tries.push({ seconds, atOnce });
  }
  return tries.reduce((best, one) => (one.seconds < best.seconds ? one : best));
}

/** Seconds of `slipway --version` and of `node -e 0`, taken in turns. */
export interface StartUp {
  readonly slipway: readonly number[];
  readonly node: readonly number[];
}

/** Starts both `times` times. */
export async function startUp(cli: string, times: number): Promise<StartUp> {
  const slipway: number[] = [];
  const node: number[] = [];
  for (let i = 0; i < times; i += 1) {
    slipway.push((await run(process.execPath, [cli, '--version'])).seconds);
    node.push((await run(process.execPath, ['-e', '0'])).seconds);
  }
  return { slipway, node };
}

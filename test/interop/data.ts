/** Third-party fleets and the generator of large ones; they are not part of the project. */
import { existsSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './peer.ts';

/** A path below the folder that `SLIPWAY_DATA` names. Throws when the variable or the path is missing. */
export function dataPath(...segments: readonly string[]): string {
  const root = process.env.SLIPWAY_DATA;
  if (root === undefined || root === '') {
    throw new Error('This test needs third-party data: set SLIPWAY_DATA to its folder');
  }
  const path = join(root, ...segments);
  if (existsSync(path)) return path;
  throw new Error(`This test needs third-party data that SLIPWAY_DATA does not have: ${segments.join('/')}`);
}

/** Copies a public fleet into a folder, which may be a Git repository. */
export async function copyFleet(name: string, target: string): Promise<void> {
  await cp(dataPath('fleets', name), target, { recursive: true });
}

/** Makes a fleet in a folder, or changes it, and commits everything that is there. */
export async function makeFleet(target: string, ...args: readonly string[]): Promise<void> {
  const generator = dataPath('..', 'tools', 'make-fleet.mjs');
  await run(process.execPath, [generator, '--out', target, ...args, '--commit'], { cwd: target });
}

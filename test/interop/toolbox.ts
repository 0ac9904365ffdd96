import { execFileSync } from 'node:child_process';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type ToolName, toolPath } from './servers.ts';

/** A PATH with Git and these of our tools, so that no program of this machine takes part. Made in `folder`. */
export async function pathWith(folder: string, ...tools: readonly ToolName[]): Promise<{ readonly PATH: string }> {
  const bin = join(folder, `bin-${tools.join('-')}`);
  await mkdir(bin, { recursive: true });
  const git = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
  await symlink(git, join(bin, 'git'));
  for (const tool of tools) await symlink(toolPath(tool), join(bin, tool));
  return { PATH: bin };
}

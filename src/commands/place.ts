import { type InRepository, inRepository } from '../report/findings.ts';
import type { CommandContext } from './context.ts';

/** How files are called from the root of the repository that the run belongs to; without CI from the working folder. */
export function placeIn(folder: string, { env, cwd }: Pick<CommandContext, 'env' | 'cwd'>): InRepository {
  return inRepository(folder, env.GITHUB_WORKSPACE || env.CI_PROJECT_DIR || cwd);
}

/** The built folder: the content of every artifact of a plan, by its digest, and nothing else. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { eachLimit } from '../concurrency.ts';
import { digestOf } from '../digest.ts';
import { SlipwayError } from '../errors.ts';
import type { BuiltArtifact, Digest, Packed } from '../model.ts';
import { writeWhole } from './file.ts';

const AT_ONCE = 8;

const fileOf = (digest: Digest): string => `${digest.slice('sha256:'.length)}.tgz`;

/** Writes what was built into the folder, each content once. Throws `USAGE` where that cannot be done. */
export async function writeBuilt(folder: string, packed: readonly Packed[], cwd: string): Promise<void> {
  const contents = new Map(packed.map(({ content, bytes }) => [content.digest, bytes]));
  await eachLimit([...contents], AT_ONCE, ([digest, bytes]) =>
    writeWhole('built artifact', resolve(cwd, folder, fileOf(digest)), bytes),
  );
}

/** Reads what a plan built. Throws `USAGE` for what is missing, `CORRUPT` for what has other bytes. */
export async function readBuilt(
  folder: string,
  built: readonly BuiltArtifact[],
  cwd: string,
): Promise<readonly Packed[]> {
  return eachLimit(built, AT_ONCE, async (artifact) => {
    const { name, content } = artifact;
    const shown = join(folder, fileOf(content.digest));
    const bytes = await readFile(resolve(cwd, shown)).catch((cause: NodeJS.ErrnoException) => {
      const state = cause.code === 'ENOENT' ? 'there is no such file' : 'it cannot be opened';
      throw new SlipwayError('USAGE', `Cannot read "${shown}", the content of artifact "${name}": ${state}`, {
        hint: 'hand over the folder that slipway plan --built wrote together with this plan',
        cause,
      });
    });
    if (digestOf(bytes) !== content.digest) {
      throw new SlipwayError('CORRUPT', `Cannot use "${shown}", the content of artifact "${name}": its bytes changed`, {
        hint: 'hand over the folder as slipway plan --built wrote it',
      });
    }
    return { ...artifact, bytes };
  });
}

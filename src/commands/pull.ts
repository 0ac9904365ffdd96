import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { resolvePull } from '../config/reference.ts';
import type { LiveOptions } from '../config/resolve-live.ts';
import { SlipwayError } from '../errors.ts';
import type { SourceFile } from '../model.ts';
import { openPull } from '../open-fetch.ts';
import { pull } from '../pipeline.ts';
import { counted, sizeText } from '../report/table.ts';
import type { CommandContext, CommonOptions } from './context.ts';

const codeOf = (thrown: unknown): unknown => (thrown as { readonly code?: unknown }).code;

/** Old files between the new ones would look as if they had been pulled. */
async function refuseFull(out: string): Promise<void> {
  const names = await readdir(out).catch((thrown) => {
    if (codeOf(thrown) === 'ENOENT') return [];
    throw thrown;
  });
  if (names.length === 0) return;
  throw new SlipwayError('USAGE', `Cannot pull into "${out}": the folder is not empty`, {
    hint: 'choose a new folder, or empty this one',
  });
}

/** Writes aside and renames, so that the folder holds the whole artifact or nothing. */
async function writeFolder(files: readonly SourceFile[], out: string): Promise<void> {
  try {
    await refuseFull(out);
    await mkdir(dirname(out), { recursive: true });
    const aside = await mkdtemp(`${out}.part-`);
    try {
      for (const { path, bytes } of files) {
        const file = join(aside, path);
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, bytes, { flag: 'wx' });
      }
      await rm(out, { recursive: true, force: true });
      await rename(aside, out);
    } catch (thrown) {
      await rm(aside, { recursive: true, force: true });
      throw thrown;
    }
  } catch (cause) {
    if (cause instanceof SlipwayError) throw cause;
    throw new SlipwayError('USAGE', `Cannot write to "${out}": ${String(codeOf(cause) ?? 'it failed')}`, {
      hint: 'choose another folder',
      cause,
    });
  }
}

/**
 * `slipway pull REF -o DIR`: writes the artifact's files into a new or empty folder; with `--bundle FILE` a whole release as one
 * file. Throws what went wrong.
 */
export async function run(
  context: CommandContext,
  options: CommonOptions &
    LiveOptions & { readonly reference: string } & {
      readonly out?: string | undefined;
      readonly bundle?: string | undefined;
    },
): Promise<number> {
  const { bundle } = options;
  if (bundle !== undefined) return (await import('./bundle.ts')).pullBundle(context, { ...options, bundle });
  const settings = resolvePull(options.reference, options.out, context.cwd);
  const { digest, files } = await pull(await openPull(settings, context));
  await writeFolder(files, settings.out);
  const size = files.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const answer = {
    schema: 1,
    reference: settings.reference,
    digest,
    out: settings.out,
    files: files.map(({ path }) => path),
  };
  const text = `pulled ${digest}: ${counted(files.length, 'file')}, ${sizeText(size)}, into ${settings.out}\n`;
  context.stdout.write(options.output === 'json' ? `${JSON.stringify(answer, null, 2)}\n` : text);
  return 0;
}

import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { gunzip } from '../archive/gzip.ts';
import { untar } from '../archive/untar.ts';
import { type BuildOptions, resolveBuild } from '../config/resolve.ts';
import { SlipwayError } from '../errors.ts';
import type { Packed } from '../model.ts';
import { build } from '../pipeline.ts';
import { openBuild } from '../plan.ts';
import { buildReport, buildText } from '../report/build.ts';
import { type CommandContext, paintFor, progressFor } from './context.ts';
import { openReports, type ReportOptions, reportBehind, reportingRefusal } from './reports.ts';

/** Nothing that was just built unpacks to more: above this a runtime cannot hold it. */
const MOST_BYTES = 2 ** 31;

/** A rendered artifact's manifests, read out of its content so that file and content cannot differ. */
function manifestsOf({ render, bytes }: Packed): Uint8Array | undefined {
  if (render === 'source') return undefined;
  return untar(gunzip(bytes, { limit: MOST_BYTES }))[0]?.bytes;
}

/** Writes `NAME.tgz`, and `NAME.yaml` where there are rendered manifests. */
async function writeOut(packed: readonly Packed[], out: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const written = new Map<string, readonly string[]>();
  try {
    await mkdir(out, { recursive: true });
    for (const artifact of packed) {
      const manifests = manifestsOf(artifact);
      const files = [
        join(out, `${artifact.name}.tgz`),
        ...(manifests === undefined ? [] : [join(out, `${artifact.name}.yaml`)]),
      ];
      await Promise.all(files.map((file, index) => writeFile(file, index === 0 ? artifact.bytes : (manifests ?? ''))));
      written.set(artifact.name, files);
    }
  } catch (cause) {
    throw new SlipwayError(
      'USAGE',
      `Cannot write to "${out}": ${(cause as NodeJS.ErrnoException).code ?? 'it failed'}`,
      { hint: 'choose another --out', cause },
    );
  }
  return written;
}

/** `slipway build`: prints the artifacts with their digests, and with `--out` writes them. Throws what went wrong. */
export async function run(
  context: CommandContext,
  options: BuildOptions & ReportOptions & { readonly out?: string | undefined },
): Promise<number> {
  const settings = await resolveBuild(options, context);
  const { artifacts, check } = settings;
  const reports = openReports(context, options, { artifacts, root: check.root });
  const progress = progressFor(context, options);
  try {
    const packed = await reportingRefusal(reports, async () =>
      build(await openBuild(settings, { ...context, progress: progress.report })),
    );
    progress.end();
    const files =
      options.out === undefined
        ? new Map<string, readonly string[]>()
        : await writeOut(packed, resolve(context.cwd, options.out));
    const report = buildReport(packed, files);
    const { stdout } = context;
    stdout.write(
      options.output === 'json'
        ? `${JSON.stringify(report, null, 2)}\n`
        : buildText(report, paintFor(stdout, context, options)),
    );
    return await reportBehind(() => reports(report.findings), 0, context, options);
  } finally {
    progress.end();
  }
}

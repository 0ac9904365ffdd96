/** What `slipway build` prints. */
import type { Finding, Packed, ToolVersion } from '../model.ts';
import { checkedArtifacts } from './findings.ts';
import { findingsLines } from './findings-text.ts';
import { type Paint, painter } from './paint.ts';
import { counted, shortDigest, sizeText, table } from './table.ts';

/** One built artifact as data. `size` is the content's, in bytes; `files` are absolute paths, with `--out`. */
export interface BuiltArtifact {
  readonly name: string;
  readonly render: string;
  readonly digest: string;
  readonly size: number;
  readonly resources: number;
  readonly renderer?: ToolVersion;
  readonly files?: readonly string[];
}

/** The answer of `slipway build --output json`. */
export interface BuildReport {
  readonly schema: 1;
  readonly artifacts: readonly BuiltArtifact[];
  readonly findings: readonly Finding[];
}

/** Describes built artifacts. `filesOf` are the absolute paths written for each name. */
export function buildReport(packed: readonly Packed[], filesOf: ReadonlyMap<string, readonly string[]>): BuildReport {
  const artifacts = packed.map(({ name, render, content, resources, renderer }): BuiltArtifact => {
    const files = filesOf.get(name);
    return {
      name,
      render,
      digest: content.digest,
      size: content.size,
      resources,
      ...(renderer === undefined ? {} : { renderer }),
      ...(files === undefined ? {} : { files }),
    };
  });
  return { schema: 1, artifacts, findings: packed.flatMap(({ findings }) => findings) };
}

/** A build report as a table with a final newline. Digests are shown whole when there are few artifacts. */
export function buildText({ artifacts, findings }: BuildReport, paint: Paint = painter(false)): string {
  const whole = artifacts.length <= 20;
  const rows = artifacts.map(({ name, render, digest, size, resources }) => [
    name,
    render,
    whole ? digest : shortDigest(digest),
    sizeText(size),
    resources === 0 ? '' : counted(resources, 'object'),
  ]);
  const lines = table([['ARTIFACT', 'RENDER', 'CONTENT', 'SIZE', ''], ...rows]);
  const found = findingsLines({ artifacts: checkedArtifacts(artifacts), findings }, paint);
  return `${[...lines, ...(found.length === 0 ? [] : ['', ...found])].join('\n')}\n`;
}

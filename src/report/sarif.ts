/** Findings as SARIF 2.1.0 (OASIS), in the part of it that code scanning reads. */
import type { Rule } from '../check/rule.ts';
import { digestOf } from '../digest.ts';
import type { Finding } from '../model.ts';
import {
  type Alike,
  atOnePlace,
  detailOf,
  type FindingsReport,
  type InRepository,
  sentenceOf,
  sourceOf,
} from './findings.ts';
import { plain } from './plain.ts';
import { pageOf } from './rules.ts';

/** What is known about rules, and how files are called in the repository. */
export interface SarifOptions {
  readonly rules: readonly Rule[];
  readonly place: InRepository;
}

const levelOf = (severity: string): 'error' | 'warning' | 'none' => {
  if (severity === 'off') return 'none';
  return severity === 'error' ? 'error' : 'warning';
};

/** A file as SARIF names it: from the repository's root, or absolute where it lies elsewhere; every segment encoded. */
function locationOf(path: string): { readonly uri: string; readonly uriBaseId?: string } {
  // A half of a surrogate pair cannot be encoded.
  const wellFormed = Buffer.from(path).toString();
  const uri = wellFormed.split('/').map(encodeURIComponent).join('/');
  return path.startsWith('/') ? { uri: `file://${uri}` } : { uri, uriBaseId: '%SRCROOT%' };
}

/** What programs of the config report has rules that nobody documented. */
function descriptor(id: string, rule: Rule | undefined): object {
  if (rule === undefined) return { id };
  const { summary, why, fix, setting } = rule;
  const help = `${why}\n\n${fix}\n\nslipway explain ${id}, or ${pageOf(id)}`;
  return {
    id,
    shortDescription: { text: summary },
    fullDescription: { text: why },
    help: { text: help, markdown: help },
    defaultConfiguration: { level: levelOf(setting), enabled: setting !== 'off' },
  };
}

/** Survives that lines are added above: says what and in which file, not in which line. */
function fingerprints(groups: readonly Alike[], fileOf: (finding: Finding) => string): readonly string[] {
  const seen = new Map<string, number>();
  return groups.map(({ first }) => {
    const { rule, object = '', path = '', message } = first;
    const said = JSON.stringify([rule, fileOf(first), object, path, message.replace(/\bline \d+/g, 'line')]);
    const count = (seen.get(said) ?? 0) + 1;
    seen.set(said, count);
    return digestOf(Buffer.from(`${said}\n${count}`)).slice('sha256:'.length);
  });
}

function resultOf(
  { first, artifacts }: Alike,
  known: { readonly index: number; readonly file: string; readonly fingerprint: string },
): object {
  const { rule, severity, column, object, path, found, expected, hint } = first;
  // Lines of rendered files are no lines of the folder that the result points at.
  const line = sourceOf(first) === undefined ? undefined : first.line;
  const said = [sentenceOf(first), detailOf(first), hint === undefined ? '' : `hint: ${plain(hint)}`];
  const region = line === undefined ? {} : { startLine: line, ...(column !== undefined && { startColumn: column }) };
  return {
    ruleId: rule,
    ruleIndex: known.index,
    level: levelOf(severity),
    message: { text: said.filter((text) => text !== '').join('\n') },
    locations: [
      {
        physicalLocation: {
          artifactLocation: locationOf(known.file),
          ...(line !== undefined && { region }),
        },
        ...(object !== undefined && {
          logicalLocations: [
            { kind: 'object', name: object, fullyQualifiedName: path === undefined ? object : `${object}: ${path}` },
          ],
        }),
      },
    ],
    partialFingerprints: { 'slipway/v1': known.fingerprint },
    properties: {
      artifacts,
      ...(first.rendered && { rendered: `${first.file}:${first.line}` }),
      ...(path !== undefined && { path }),
      ...(found !== undefined && { found }),
      ...(expected !== undefined && { expected }),
    },
  };
}

/** All findings as one run, with a final newline. Findings without a source file point at their artifact's folder. */
export function sarifText({ findings, artifacts }: FindingsReport, { rules, place }: SarifOptions): string {
  const shown = new Map(artifacts.map(({ name, shown: path }) => [name, path]));
  const fileOf = (finding: Finding): string =>
    place(sourceOf(finding) ?? shown.get(finding.artifact) ?? finding.artifact);
  const documented = new Map(rules.map((rule) => [rule.id, rule]));
  const ids = [...new Set(findings.map(({ rule }) => rule))].sort();
  const index = new Map(ids.map((id, at) => [id, at]));
  const groups = atOnePlace(findings);
  const prints = fingerprints(groups, fileOf);
  const run = {
    tool: { driver: { name: 'slipway', rules: ids.map((id) => descriptor(id, documented.get(id))) } },
    columnKind: 'unicodeCodePoints',
    originalUriBaseIds: { '%SRCROOT%': { description: { text: "The repository's root" } } },
    results: groups.map((group, at) =>
      resultOf(group, {
        index: index.get(group.first.rule) ?? -1,
        file: fileOf(group.first),
        fingerprint: prints[at] ?? '',
      }),
    ),
  };
  const log = { $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [run] };
  return `${JSON.stringify(log, null, 2)}\n`;
}

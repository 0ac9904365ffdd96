/** Breaches become findings: with their rule's severity, at the place that somebody wrote. */
import type { Finding, Rendered, RenderedPlace } from '../../model.ts';
import { fieldText } from '../object.ts';
import type { Breach, Rule, Setting } from '../rule.ts';
import type { FilePlace, PlacedObject } from '../view.ts';
import type { DocumentMemory } from '../yaml/documents.ts';
import { shownName } from '../yaml/object-name.ts';
import { discreet } from './logins.ts';

/** What each rule is set to. */
export type Settings = (rule: string) => Setting;

/** The settings of a run: the config's over the rules' own. A firm rule keeps its own. */
export function settingsOf(rules: readonly Rule[], configured: Readonly<Record<string, Setting>>): Settings {
  const settings = new Map(rules.map(({ id, setting, firm }) => [id, firm ? setting : (configured[id] ?? setting)]));
  return (rule) => {
    const setting = settings.get(rule);
    if (setting === undefined) throw new Error(`No rule is called ${rule}`);
    return setting;
  };
}

/** Collects the findings of one artifact. */
export class Findings {
  private readonly rendered: Rendered;
  private readonly settings: Settings;
  private readonly memory: DocumentMemory;
  private readonly found: Finding[] = [];

  constructor(rendered: Rendered, settings: Settings, memory: DocumentMemory) {
    this.rendered = rendered;
    this.settings = settings;
    this.memory = memory;
  }

  /** Adds a breach, unless its rule is off or ignored where it is. */
  add(breach: Breach, where?: PlacedObject | FilePlace): void {
    const severity = this.settings(breach.rule);
    if (severity === 'off') return;
    if (where !== undefined && 'facts' in where && where.facts.ignored.includes(breach.rule)) return;
    const { rule, field, ...said } = breach;
    this.push({
      rule,
      severity,
      artifact: this.rendered.artifact.name,
      ...this.placeOf(breach, where),
      ...(where !== undefined && 'facts' in where && { object: shownName(where.facts) }),
      ...(field !== undefined && field.length > 0 && { path: fieldText(field) }),
      ...said,
    });
  }

  /** Adds what reading a file found; its places are those of the rendered file. */
  addRead(finding: Finding): void {
    const severity = this.settings(finding.rule);
    if (severity === 'off') return;
    const { file = '', line = 1, column = 1, ...said } = finding;
    this.push({ ...said, severity, ...this.rendered.origins({ file, line, column, documentLine: line }) });
  }

  /** Everything that was added, in the order of files and lines. */
  sorted(): readonly Finding[] {
    return this.found.sort(inFiles);
  }

  /** All findings come by here, so whatever a check quotes, no login is shown. */
  private push(finding: Finding): void {
    this.found.push(discreet(finding));
  }

  private placeOf({ field = [] }: Breach, where: PlacedObject | FilePlace | undefined): Partial<Finding> {
    if (where === undefined) return {};
    const place = 'facts' in where ? this.placeInObject(where, field) : where;
    if (place.line !== undefined)
      return this.rendered.origins({ column: 1, documentLine: place.line, ...place, line: place.line });
    const { file, rendered } = this.rendered.origins({ file: place.file, line: 0, column: 0, documentLine: 0 });
    return { file, ...(rendered && { rendered }) };
  }

  private placeInObject({ document, at, facts }: PlacedObject, field: NonNullable<Breach['field']>): RenderedPlace {
    const { kind, name, namespace } = facts;
    const { line, column } = this.memory.locate(document.text, [...at, ...field]);
    return {
      file: document.file,
      line: document.line + line - 1,
      column,
      documentLine: document.line,
      object: { kind, name, ...(namespace !== undefined && { namespace }) },
      field,
    };
  }
}

function inFiles(one: Finding, other: Finding): number {
  const [a, b] = [one.file ?? '', other.file ?? ''];
  if (a !== b) return a < b ? -1 : 1;
  return (one.line ?? 0) - (other.line ?? 0) || (one.column ?? 0) - (other.column ?? 0);
}

/** What all forms of a difference say in the same way. */
import type {
  Difference,
  DifferenceCounts,
  DifferenceSide,
  DifferenceSides,
  FieldChange,
  FormerPlace,
  ObjectChange,
  SharedChanges,
} from '../../model.ts';
import { grouped, many } from '../plain.ts';
import { partnersOf, short, shortBeside } from './cut.ts';
import { unifiedLines } from './unified.ts';
import { yamlLines } from './yaml-text.ts';

/** Lines of a value of several lines before the rest becomes a number. */
const MOST_LINES = 20;
/** Names of artifacts before the rest becomes a number. */
const NAMED = 8;

/** What becomes of a line: the sign before it. */
export type Sign = '+' | '-' | '~' | ' ';

/** A line of a difference, on one line and without what moves a cursor. */
export interface Line {
  readonly sign: Sign;
  /** How far it is indented, in steps. */
  readonly depth: number;
  readonly text: string;
}

const SIGNS: Readonly<Record<ObjectChange['change'] | FieldChange['change'], Sign>> = {
  added: '+',
  removed: '-',
  changed: '~',
  moved: '~',
  renamed: '~',
  reordered: '~',
};

const jsonText = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? `${inner}` : inner)) ?? String(value);
const valueText = (value: unknown): string => short(jsonText(value));

const placed = (namespace: string | undefined, name: string): string =>
  namespace === undefined || namespace === '' ? name : `${namespace}/${name}`;

/** An object, with where it came from or went: `Deployment payments/web, moved from artifact "apps"`. */
export function titleOf({ change, object, from, to, references = 0 }: ObjectChange): string {
  const name = `${object.kind} ${placed(object.namespace, object.name)}`;
  if (to !== undefined) return short(`${name}, moved to artifact "${to.artifact}"`);
  if (from === undefined) return short(name);
  const follow =
    references === 0 ? '' : ` (${many(references, 'reference')} ${references === 1 ? 'follows' : 'follow'})`;
  return short(`${name}, ${change} from ${originOf(from, object)}${follow}`);
}

function originOf({ artifact, file, namespace, name }: FormerPlace, object: ObjectChange['object']): string {
  const parts = [
    ...(artifact === undefined ? [] : [`artifact "${artifact}"`]),
    ...(file === undefined ? [] : [`file "${file}"`]),
    ...(namespace === undefined ? [] : [namespace === '' ? 'no namespace' : `namespace "${namespace}"`]),
    ...(name === undefined ? [] : [placed(object.namespace, name)]),
  ];
  return parts.join(', ');
}

/** An object and its fields. With `unified` the YAML of both sides, where the difference has it. */
function objectLines(change: ObjectChange, unified: boolean): readonly Line[] {
  const title: Line = { sign: SIGNS[change.change], depth: 0, text: titleOf(change) };
  const { values } = change;
  if (!unified || values === undefined) return [title, ...change.fields.flatMap(fieldLines)];
  const [before, after] = [values.before, values.after].map((value) => (value === undefined ? [] : yamlLines(value)));
  return [title, ...signedLines(unifiedLines(before ?? [], after ?? []), 1)];
}

const isLong = (value: unknown): value is string => typeof value === 'string' && value.includes('\n');

function fieldLines({ path, change, before, after, masked, follows }: FieldChange): readonly Line[] {
  const line = (text: string): Line => ({ sign: SIGNS[change], depth: 1, text: `${short(path)}: ${text}` });
  if (masked) return [line(change === 'changed' ? '(masked, changed)' : '(masked)')];
  if (change === 'reordered') return [line('the items are in another order')];
  if (change === 'added') return [line(valueText(after))];
  if (change === 'removed') return [line(valueText(before))];
  if (isLong(before) && isLong(after)) return [line(''), ...textLines(before, after)];
  const [old, young] = [jsonText(before), jsonText(after)];
  return [line(`${shortBeside(old, young)} → ${shortBeside(young, old)}${follows ? ' (follows the new name)' : ''}`)];
}

function textLines(before: string, after: string): readonly Line[] {
  const lines = unifiedLines(before.split('\n'), after.split('\n'), 1).filter((line) => !line.startsWith('@@'));
  const more = lines.length - MOST_LINES;
  const rest: readonly Line[] = more > 0 ? [{ sign: ' ', depth: 2, text: `… and ${many(more, 'more line')}` }] : [];
  return [...signedLines(lines.slice(0, MOST_LINES), 2), ...rest];
}

function signedLines(lines: readonly string[], depth: number): readonly Line[] {
  const partners = partnersOf(lines);
  return lines.map((line, index): Line => {
    const isHunk = line.startsWith('@@');
    const sign = line.startsWith('+') ? '+' : line.startsWith('-') ? '-' : ' ';
    return { sign, depth, text: indentedShort(isHunk ? line : line.slice(1), partners.get(index)?.slice(1)) };
  });
}

/** The blanks at the beginning are part of the text. */
function indentedShort(text: string, beside: string = text): string {
  const blanks = /^ {0,40}/.exec(text)?.[0] ?? '';
  return `${blanks}${beside === text ? short(text.slice(blanks.length)) : shortBeside(text.slice(blanks.length), beside.trimStart())}`;
}

/** Objects and files that some artifacts share, each as its lines. */
export function piecesOf({ changes, files }: SharedChanges, unified: boolean): readonly (readonly Line[])[] {
  return [
    ...changes.map((change) => objectLines(change, unified)),
    ...files.map(({ change, path }): readonly Line[] => [
      { sign: SIGNS[change], depth: 0, text: `file ${short(path)}` },
    ]),
  ];
}

/** Some names, and how many there are besides. */
export function namesText(names: readonly string[]): string {
  const more = names.length - NAMED;
  return `${names.slice(0, NAMED).map(short).join(', ')}${more > 0 ? ` and ${grouped(more)} more` : ''}`;
}

/** `The same on 412 of 500 artifacts`, or the one artifact. */
export function headingOf({ artifacts }: SharedChanges, { artifacts: all }: Difference): string {
  const [only] = artifacts;
  if (artifacts.length === 1 && only !== undefined) return `Artifact ${short(only)}`;
  return `The same on ${grouped(artifacts.length)} of ${many(all.length, 'artifact')}`;
}

/** `From channel prod (generation 41) to this checkout`. */
export function sidesText({ before, after }: DifferenceSides): string {
  return `From ${sideText(before)} to ${sideText(after)}`;
}

function sideText({ kind, name, generation }: DifferenceSide): string {
  const shown = short(name);
  if (kind === 'channel') return `channel ${shown}${generation === undefined ? '' : ` (generation ${generation})`}`;
  if (kind === 'sources') return name === '.' ? 'this checkout' : `sources ${shown}`;
  return kind === 'version' ? `version ${shown}` : shown;
}

/** `2 of 500 artifacts differ: 1 object added, 3 changed`. */
export function summaryOf({ artifacts, counts }: Difference): string {
  const differing = artifacts.length - counts.artifacts.unchanged;
  if (differing === 0) return `No difference in ${many(artifacts.length, 'artifact')}`;
  const parts = partsOf(counts);
  const verb = differing === 1 ? 'differs' : 'differ';
  const all = `${grouped(differing)} of ${many(artifacts.length, 'artifact')} ${verb}`;
  return parts.length === 0 ? `${all}, no object does` : `${all}: ${parts.join(', ')}`;
}

function partsOf({ objects, files, references, artifacts }: DifferenceCounts): readonly string[] {
  const named = (['added', 'removed', 'changed', 'moved', 'renamed'] as const)
    .filter((change) => objects[change] > 0)
    .map((change) => `${many(objects[change], 'object')} ${change}`);
  const follow = references === 1 ? 'follows' : 'follow';
  return [
    ...(artifacts.added > 0 ? [`${many(artifacts.added, 'artifact')} added`] : []),
    ...(artifacts.removed > 0 ? [`${many(artifacts.removed, 'artifact')} removed`] : []),
    ...named,
    ...(references > 0 ? [`${many(references, 'reference')} ${follow}`] : []),
    ...(files > 0 ? [`${many(files, 'file')} with other content`] : []),
  ];
}

/** What has no changes to show: artifacts that come or go, and those that only look different. */
export function remarksOf({ artifacts }: Difference): readonly { readonly sign: Sign; readonly text: string }[] {
  const named = (state: 'added' | 'removed', sign: Sign): { readonly sign: Sign; readonly text: string }[] =>
    artifacts
      .filter((artifact) => artifact.state === state)
      .map(({ name, objects: { before, after } }) => ({
        ...{ sign, text: `artifact ${short(name)} with ${many(Math.max(before, after), 'object')}` },
      }));
  const form = artifacts.filter(
    ({ state, changes, files }) => state === 'changed' && changes.length + files.length === 0,
  );
  const names = namesText(form.map(({ name }) => name));
  const only: readonly { readonly sign: Sign; readonly text: string }[] =
    form.length === 0 ? [] : [{ sign: '~', text: `only comments, the order or the form of files: ${names}` }];
  return [...named('added', '+'), ...named('removed', '-'), ...only];
}

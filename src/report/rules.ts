/** Rules for people: `slipway check --list-rules` and `slipway explain RULE`. */
import type { Example, Rule, Setting } from '../check/rule.ts';
import { type Colour, type Paint, painter } from './paint.ts';
import { table } from './table.ts';

/** Characters of a line of running text. */
const WIDTH = 100;

const COLOURS: Readonly<Record<Setting, Colour>> = { error: 'red', warn: 'yellow', off: 'dim' };

/** Where `docs/rules.md` describes a rule. */
export function pageOf(id: string): string {
  return `docs/rules.md#${id.replace('/', '')}`;
}

/** A rule with what it is set to. */
export interface ListedRule {
  readonly id: string;
  readonly setting: Setting;
  /** Its setting where the config says nothing. */
  readonly default: Setting;
  /** It cannot be set. */
  readonly firm: boolean;
  readonly summary: string;
  readonly page: string;
}

/** All rules with what they are set to. A firm rule keeps its own setting. */
export function listedRules(
  rules: readonly Rule[],
  settings: Readonly<Record<string, Setting>>,
): readonly ListedRule[] {
  return rules.map(({ id, setting, summary, firm = false }) => ({
    id,
    setting: firm ? setting : (settings[id] ?? setting),
    default: setting,
    firm,
    summary,
    page: pageOf(id),
  }));
}

/** Rules as a table with a final newline. */
export function rulesText(rules: readonly ListedRule[]): string {
  const rows = rules.map(({ id, setting, default: own, firm, summary }) => [
    id,
    `${setting}${firm ? ' (always)' : setting === own ? '' : ` (default ${own})`}`,
    summary,
  ]);
  return `${table([['RULE', 'SETTING', 'WHAT IT DEMANDS'], ...rows]).join('\n')}\n`;
}

/** Running text, broken between words. */
function wrapped(text: string, indent: string): string {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > WIDTH - indent.length) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines.map((line) => `${indent}${line}`).join('\n');
}

const indented = (text: string): string =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => `  ${line}`.trimEnd())
    .join('\n');

/** Longest line, and most lines, of an example that are shown whole: some rules are about size. */
const LONGEST = 240;
const MOST = 80;

/** Text of an example without what nobody reads. */
function abridged(text: string): string {
  const lines = text
    .slice(0, LONGEST * MOST * 2)
    .trimEnd()
    .split('\n');
  const shown = lines.length > MOST ? [...lines.slice(0, 3), '… and so on'] : lines;
  return shown.map((line) => (line.length > LONGEST ? `${line.slice(0, 60)}… and so on` : line)).join('\n');
}

/** Control characters as people write them. */
const visible = (text: string): string =>
  text.replace(/(?![\t\n])\p{Cc}/gu, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** A part of an example: a file, or what programs and registries say. A single file needs no name. */
export interface ExamplePart {
  readonly name: string;
  readonly text: string;
}

/** What the outside says in an example. */
function answersOf({
  second,
  published,
  failure,
  answers = {},
  images = {},
}: Exclude<Example, string>): readonly ExamplePart[] {
  const said = Object.entries(images).map(([image, there]) => `${image}: ${there ? 'is there' : 'is not there'}`);
  return [
    ...(second === undefined ? [] : [{ name: 'rendered a second time', text: second }]),
    ...(failure === undefined ? [] : [{ name: 'what the renderer says', text: failure }]),
    ...(published === undefined ? [] : [{ name: 'what is published already', text: published }]),
    ...Object.entries(answers).map(([name, { exitCode, stdout }]) => ({
      name: `${name}, with exit code ${exitCode}`,
      text: stdout,
    })),
    ...(said.length === 0 ? [] : [{ name: 'what the registries say', text: said.join('\n') }]),
  ];
}

/** An example part by part, long parts abridged; `slipway.yaml` first. */
export function exampleParts(example: Example): readonly ExamplePart[] {
  return partsOf(example).map(({ name, text }) => ({ name: visible(name), text: visible(abridged(text)) }));
}

function partsOf(example: Example): readonly ExamplePart[] {
  if (typeof example === 'string') return [{ name: '', text: example }];
  const { artifacts, config } = example;
  const files = Object.entries(artifacts).flatMap(([artifact, inIt]) =>
    Object.entries(inIt).map(([path, text]) => ({ name: `${artifact}/${path}`, text })),
  );
  const settings = config === undefined ? [] : [{ name: 'slipway.yaml', text: config }];
  return [...settings, ...files, ...answersOf(example)];
}

const exampleText = (example: Example, paint: Paint): string =>
  exampleParts(example)
    .map(({ name, text }) => `${name === '' ? '' : `${paint('dim', `  # ${name}`)}\n`}${indented(text)}`)
    .join('\n\n');

function switching({ id, setting, firm }: Rule): string {
  if (firm) return 'It cannot be switched off.';
  const other = setting === 'off' ? 'warn' : 'off';
  const object = 'for one object by the annotation';
  return `Switch it in slipway.yaml by check: { rules: { ${id}: ${other} } }, or ${object} slipway.dev/ignore: ${id}.`;
}

/** What `slipway explain --output json` prints, with a final newline. */
export function ruleJson(rule: Rule): string {
  const { id, setting, firm = false, summary, why, fix, bad, good } = rule;
  const shown = {
    id,
    setting,
    firm,
    summary,
    why,
    fix,
    bad: exampleParts(bad),
    good: exampleParts(good),
    page: pageOf(id),
  };
  return `${JSON.stringify({ schema: 1, rule: shown }, null, 2)}\n`;
}

/** A rule with its reason and its examples, and a final newline. */
export function ruleText(rule: Rule, paint: Paint = painter(false)): string {
  const { id, setting, summary, why, fix, bad, good } = rule;
  return `${[
    `${paint('bold', id)} (${paint(COLOURS[setting], setting)})`,
    wrapped(summary, ''),
    `${paint('bold', 'Why')}\n${wrapped(why, '  ')}`,
    `${paint('bold', 'What to do')}\n${wrapped(fix, '  ')}`,
    `${paint('bold', 'Bad')}\n${exampleText(bad, paint)}`,
    `${paint('bold', 'Good')}\n${exampleText(good, paint)}`,
    wrapped(switching(rule), ''),
  ].join('\n\n')}\n`;
}

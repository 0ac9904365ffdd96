/** docs/rules.md: every rule with its reason, its examples, and the exact text of the finding. */
import { RULES } from '../src/check/engine/registry.ts';
import type { Example, Rule } from '../src/check/rule.ts';
import { headingOf } from '../src/report/findings.ts';
import { findingLines } from '../src/report/findings-text.ts';
import { exampleParts, pageOf } from '../src/report/rules.ts';
import { findingsOfExample } from './rule-example.ts';

const GROUPS: Readonly<Record<string, string>> = {
  yaml: 'YAML as kubectl, kustomize and Flux read it',
  schema: 'Schemas of Kubernetes, Flux and custom resources',
  object: 'What the API server demands of objects besides their schema',
  set: 'Objects of one artifact, and of all artifacts together',
  render: 'Rendering',
  flux: 'Flux as the consumer',
  hygiene: 'What does not belong into an artifact',
  image: 'Images',
  tenant: 'Borders of tenants',
  policy: 'Programs of your own',
  check: 'The checks themselves',
};

const groupOf = ({ id }: Rule): string => id.split('/')[0] ?? id;

const cell = (text: string): string => prose(text).replaceAll('|', '\\|');

/** `<` begins a tag for Markdown, `*` and `_` emphasis; code between backticks stays. */
const prose = (text: string): string =>
  text.replace(/`[^`]*`|[<*_]/g, (found) => (found === '<' ? '&lt;' : found.length > 1 ? found : `\\${found}`));

/** `yml`: blocks of `yaml` are correct, and a test reads them. */
function block(text: string, language: string): string[] {
  return [`\`\`\`${language}`.trimEnd(), text.trimEnd(), '```', ''];
}

function exampleText(example: Example): string[] {
  return exampleParts(example).flatMap(({ name, text }) => [
    ...(name === '' ? [] : [`\`${name}\`:`, '']),
    ...block(text, /\.ya?ml$/.test(name) || name === '' ? 'yml' : ''),
  ]);
}

/** A finding as the text output of `slipway check` shows it. */
async function findingText(rule: Rule): Promise<string> {
  const found = (await findingsOfExample(rule, rule.bad)).find((finding) => finding.rule === rule.id);
  if (found === undefined) throw new Error(`The bad example of ${rule.id} has no finding`);
  return [headingOf(found), ...findingLines(found).map((line) => `  ${line}`)].join('\n');
}

function settingText({ setting, firm }: Rule): string {
  if (firm) return `Always \`${setting}\`: it can neither be set nor ignored.`;
  return setting === 'off' ? 'Off unless it is switched on.' : `Setting: \`${setting}\`.`;
}

async function ruleText(rule: Rule): Promise<string[]> {
  const { id, summary, why, fix, bad, good } = rule;
  return [
    `### ${id}`,
    '',
    `${prose(summary)} ${settingText(rule)}`,
    '',
    `**Why:** ${prose(why)}`,
    '',
    `**What to do:** ${prose(fix)}`,
    '',
    'Bad:',
    '',
    ...exampleText(bad),
    ...block(await findingText(rule), 'text'),
    'Good:',
    '',
    ...exampleText(good),
  ];
}

function indexOf(rules: readonly Rule[]): string[] {
  const rows = rules.map((rule) => {
    const { id, setting, firm, summary } = rule;
    return `| [${id}](${pageOf(id).replace('docs/rules.md', '')}) | ${setting}${firm ? ', always' : ''} | ${cell(summary)} |`;
  });
  return ['| Rule | Setting | What it demands |', '|---|---|---|', ...rows, ''];
}

/** The whole page. */
export async function rulesPage(): Promise<string> {
  const groups = [...new Set(RULES.map(groupOf))].map((name) => ({
    title: GROUPS[name] ?? name,
    rules: RULES.filter((rule) => groupOf(rule) === name),
  }));
  const lines = [
    '# Rules',
    '',
    'Made by `scripts/generate.mjs` from the rules in `src/check`: change it there.',
    '',
    'What the [checks](check.md) demand, why, and what they say about who breaks it. `slipway explain RULE` shows the same.',
    'A setting is `error` (publishing is refused), `warn` or `off`; [slipway.yaml](config.md#check) changes it.',
    '',
  ];
  for (const { title, rules } of groups) lines.push(`**${title}**`, '', ...indexOf(rules));
  for (const { title, rules } of groups) {
    lines.push(`## ${title}`, '');
    for (const rule of rules) lines.push(...(await ruleText(rule)));
  }
  return `${lines.join('\n').trimEnd()}\n`;
}

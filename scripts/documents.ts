/** Files that are made from the sources: schemas, action.yml and the reference. A test compares them with what lies there. */
import { toJsonSchema } from '@valibot/to-json-schema';
import type * as v from 'valibot';
import { RULES } from '../src/check/engine/registry.ts';
import { configSchema } from '../src/config/schema.ts';
import { PARAMETERS } from '../src/config/store-parameters.ts';
import {
  ACTION_OUTPUTS,
  type ActionInput,
  actionInputs,
  COMMANDS,
  type CommandName,
  inputOf,
  type Option,
  optionsOf,
} from '../src/options.ts';
import { diagnosisSchema } from './diagnosis-schema.ts';
import { differenceSchema } from './difference-schema.ts';
import { findingsSchema } from './finding-schema.ts';
import { gateAnswerSchema, gateQuestionSchema } from './gate-schema.ts';
import { healingSchema } from './healing-schema.ts';
import { logSchema, statusSchema, whoisSchema } from './live-schema.ts';
import { planSchema } from './plan-schema.ts';
import { promotionSchema, waveQuestionSchema } from './promotion-schema.ts';
import { prunedSchema } from './pruned-schema.ts';
import { receiptSchema } from './receipt-schema.ts';
import { recordSchema } from './record-schema.ts';
import { rulesPage } from './rules-page.ts';

type JsonSchema = Readonly<Record<string, unknown>>;

/** Draft 7 is what editors read. Checks that JSON Schema cannot say are left to slipway. */
function schemaText(
  schema: v.GenericSchema,
  { title, description }: { readonly title: string; readonly description: string },
  complete: (key: string, value: unknown) => unknown = (_, value) => value,
): string {
  const { $schema, ...rest } = toJsonSchema(schema, { target: 'draft-07', errorMode: 'ignore' });
  return `${JSON.stringify({ $schema, title, description, ...rest }, complete, 2)}\n`;
}

/** Editors complete the names of rules, and show what they demand. */
function withRules(key: string, value: unknown): unknown {
  const { additionalProperties: setting, ...rest } = (value ?? {}) as JsonSchema;
  if (key !== 'rules' || rest.type !== 'object') return value;
  const properties = RULES.filter(({ firm }) => !firm).map(({ id, setting: own, summary }) => [
    id,
    { ...(setting as JsonSchema), default: own, description: summary },
  ]);
  return { ...rest, properties: Object.fromEntries(properties), additionalProperties: false };
}

/** A YAML text in double quotes: JSON's strings are YAML's. */
const quoted = (text: string): string => JSON.stringify(text);

function inputText({ input, help, default: fallback, choices, type }: ActionInput): string[] {
  const facts = [
    ...(choices === undefined ? [] : [`one of ${choices.join(', ')}`]),
    ...(type === 'list' ? ['one a line'] : []),
    ...(type === 'flag' ? ['true or false'] : []),
    ...(fallback === undefined ? [] : [`default ${fallback}`]),
  ];
  const description = facts.length === 0 ? help : `${help} (${facts.join('; ')})`;
  return [`  ${input}:`, `    description: ${quoted(description)}`, '    required: false'];
}

function actionText(): string {
  return [
    '# Made by scripts/generate.mjs from src/options.ts: change it there.',
    'name: slipway',
    'description: Publishes Kubernetes manifests as reproducible artifacts to registries and buckets, in the form that Flux reads',
    'branding:',
    '  icon: anchor',
    '  color: blue',
    'inputs:',
    ...actionInputs().flatMap(inputText),
    'outputs:',
    ...ACTION_OUTPUTS.flatMap(({ name, help }) => [`  ${name}:`, `    description: ${quoted(help)}`]),
    'runs:',
    '  using: node24',
    '  main: dist/action.js',
    '',
  ].join('\n');
}

const cell = (text: string): string => text.replaceAll('|', '\\|');

function optionRow(option: Option): string {
  const { flag, short, value = '', type, choices, default: fallback, required, env, help } = option;
  const name = flag === undefined ? value : `${flag}${type === 'flag' ? '' : ` ${value}`}`;
  const spelling = `${short === undefined ? '' : `\`${short}\`, `}\`${name}\``;
  const facts = [
    ...(required ? ['required'] : []),
    ...(choices === undefined ? [] : [`one of ${choices.map((choice) => `\`${choice}\``).join(', ')}`]),
    ...(type === 'list' ? ['may be given several times'] : []),
    ...(fallback === undefined ? [] : [`default \`${fallback}\``]),
    ...(env === undefined ? [] : [`same as the variable \`${env}\``]),
  ];
  const input = inputOf(option);
  const meaning = facts.length === 0 ? help : `${help} (${facts.join('; ')})`;
  return `| ${spelling} | ${input === undefined ? '' : `\`${input}\``} | ${cell(meaning)} |`;
}

function commandText(name: CommandName): string[] {
  const command = COMMANDS.find((candidate) => candidate.name === name);
  const examples = (command?.examples ?? []).map(({ line, what }) => `# ${what}\n${line}`);
  return [
    `## slipway ${name}`,
    '',
    `${command?.summary}.`,
    '',
    '```sh',
    ...examples,
    '```',
    '',
    '| Option | Action input | Meaning |',
    '|---|---|---|',
    ...optionsOf(name).map(optionRow),
    '',
  ];
}

function optionsText(): string {
  const own = actionInputs().filter(({ name }) => name === 'command' || name === 'working-directory');
  return [
    '# Options',
    '',
    'Made by `scripts/generate.mjs` from `src/options.ts`: change it there.',
    '',
    '`slipway --version` prints the version of this tool, `slipway COMMAND --help` what is below.',
    '',
    ...COMMANDS.flatMap(({ name }) => commandText(name)),
    '## Action',
    '',
    'An input that may be given several times takes one value a line.',
    '',
    '| Input | Meaning |',
    '|---|---|',
    ...own.map(({ input, help, default: fallback }) => `| \`${input}\` | ${cell(help)} (default \`${fallback}\`) |`),
    '',
    '| Output | Meaning |',
    '|---|---|',
    ...ACTION_OUTPUTS.map(({ name, help }) => `| \`${name}\` | ${cell(help)} |`),
    '',
    '## Parameters of store URLs',
    '',
    'Written behind `?` and joined with `&`, or as keys beside `url` in the config.',
    '',
    '| Parameter | Meaning |',
    '|---|---|',
    ...Object.entries(PARAMETERS).map(([name, help]) => `| \`${name}\` | ${cell(help)} |`),
    '',
  ].join('\n');
}

/** Every made file: its path in the repository and its text. */
export async function documents(): Promise<ReadonlyMap<string, string>> {
  const config = { title: 'slipway.yaml', description: 'What slipway builds and where it publishes it' };
  const diagnosis = { title: 'slipway diagnosis', description: 'What slipway doctor --output json prints' };
  const difference = { title: 'slipway difference', description: 'What slipway diff --output json prints' };
  const gateAnswer = { title: 'slipway gate answer', description: 'What a gate says' };
  const gateQuestion = {
    title: 'slipway gate question',
    description: 'What a gate is asked before a release is recorded',
  };
  const healing = { title: 'slipway healing', description: 'What slipway heal --output json prints' };
  const log = { title: 'slipway log', description: 'What slipway log --output json prints' };
  const plan = { title: 'slipway plan', description: 'What slipway plan --output json prints, and its --out writes' };
  const promotion = {
    title: 'slipway promotion',
    description: 'What slipway promote --output json prints for a channel with waves',
  };
  const waveQuestion = { title: 'slipway wave question', description: 'What the gate of a wave is asked' };
  const pruned = { title: 'slipway prune', description: 'What slipway prune --output json prints' };
  const receipt = { title: 'slipway receipt', description: 'What slipway publish --output json prints' };
  const status = { title: 'slipway status', description: 'What slipway status --output json prints' };
  const whois = { title: 'slipway whois', description: 'What slipway whois --output json prints' };
  const findings = { title: 'slipway findings', description: 'What slipway check --output json prints' };
  const record = {
    title: 'slipway release record',
    description: 'A release record or version claim, as every store keeps it',
  };
  return new Map([
    ['schema/config.json', schemaText(configSchema, config, withRules)],
    ['schema/diagnosis.json', schemaText(diagnosisSchema, diagnosis)],
    ['schema/difference.json', schemaText(differenceSchema, difference)],
    ['schema/findings.json', schemaText(findingsSchema, findings)],
    ['schema/gate-answer.json', schemaText(gateAnswerSchema, gateAnswer)],
    ['schema/gate-question.json', schemaText(gateQuestionSchema, gateQuestion)],
    ['schema/healing.json', schemaText(healingSchema, healing)],
    ['schema/log.json', schemaText(logSchema, log)],
    ['schema/plan.json', schemaText(planSchema, plan)],
    ['schema/promotion.json', schemaText(promotionSchema, promotion)],
    ['schema/pruned.json', schemaText(prunedSchema, pruned)],
    ['schema/receipt.json', schemaText(receiptSchema, receipt)],
    ['schema/record.json', schemaText(recordSchema, record)],
    ['schema/status.json', schemaText(statusSchema, status)],
    ['schema/wave-question.json', schemaText(waveQuestionSchema, waveQuestion)],
    ['schema/whois.json', schemaText(whoisSchema, whois)],
    ['action.yml', actionText()],
    ['docs/reference/options.md', optionsText()],
    ['docs/rules.md', await rulesPage()],
  ]);
}

/** What `slipway doctor` found, for people. Programs get the same as JSON. */
import type { Diagnosis, HealthLevel, HealthLine, StoreHealth, StoreVerdict } from '../model.ts';
import { type Colour, type Paint, painter } from './paint.ts';
import { plain } from './plain.ts';

const LEVELS: Readonly<Record<HealthLevel, Colour>> = { ok: 'green', warning: 'yellow', problem: 'red' };
const VERDICTS: Readonly<Record<StoreVerdict, Colour>> = { usable: 'green', unsafe: 'yellow', unusable: 'red' };

function lineText({ check, level, text, hint }: HealthLine, paint: Paint): string {
  const line = `  ${paint(LEVELS[level], level.padEnd('problem'.length))}  ${check}: ${plain(text)}`;
  return hint === undefined ? line : `${line}\n           ${paint('bold', 'hint:')} ${plain(hint)}`;
}

function storeText({ name, url, verdict, checks }: StoreHealth, paint: Paint): string {
  const title = name === url ? plain(url) : `${plain(name)} (${plain(url)})`;
  return [`${title}: ${paint(VERDICTS[verdict], verdict)}`, ...checks.map((line) => lineText(line, paint))].join('\n');
}

/** As text with a final newline: a block for each store. */
export function diagnosisText({ stores }: Diagnosis, paint: Paint = painter(false)): string {
  return `${stores.map((store) => storeText(store, paint)).join('\n\n')}\n`;
}

/** As JSON, indented by two, with a final newline. */
export function diagnosisJson(diagnosis: Diagnosis): string {
  return `${JSON.stringify(diagnosis, null, 2)}\n`;
}

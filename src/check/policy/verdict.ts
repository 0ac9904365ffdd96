/** A policy program's answer becomes breaches-to-be. What cannot be understood is no approval. */
import type { PolicyAnswer } from '../engine/options.ts';
import type { PolicyFinding } from './finding.ts';
import { findingsIn } from './forms.ts';
import type { Mask } from './secrets.ts';

/** What a program says about one artifact: findings, or why it has given no verdict. */
export type Verdict =
  | { readonly findings: readonly (PolicyFinding & { readonly level: 'error' | 'warn' })[] }
  | { readonly failure: string; readonly hint: string };

/** Lines and characters of a program's words that a message repeats. */
const MAX_LINES = 3;
const MAX_CHARACTERS = 500;

/**
 * Reads an answer. JSON must be of a known form; without JSON, which is any other text, the exit code decides. A program that
 * ends with another code than 0 has refused the artifact: where none of its findings is an error, all are. Words without a
 * finding come through the mask.
 */
export function verdictOf({ exitCode, stdout, stderr }: PolicyAnswer, mask: Mask): Verdict {
  if (NO_TEXT.test(stdout)) return { failure: 'it printed bytes that are no text', hint: PRINT };
  const json = jsonIn(stdout);
  if (json === undefined) {
    if (exitCode === 0) return { findings: [] };
    const message =
      excerpt(mask(stdout)) || excerpt(mask(stderr)) || `it ended with exit code ${exitCode} and said nothing`;
    return { findings: [{ level: 'error', message }] };
  }
  if (json === BROKEN) return { failure: 'it printed JSON that breaks off or is not valid', hint: PRINT };
  const found = findingsIn(json.value);
  if (found === undefined) return { failure: 'it printed JSON of a form that slipway does not know', hint: PRINT };
  if (found.length === 0 && exitCode !== 0) {
    const said = excerpt(mask(stderr));
    const failure = `it ended with exit code ${exitCode}, and its answer lists nothing${said === '' ? '' : `: ${said}`}`;
    return { failure, hint: 'run the command by hand to see what it stumbles over' };
  }
  const refused = exitCode !== 0 && !found.some(({ level }) => level === 'error');
  return { findings: found.map((finding) => ({ ...finding, level: refused ? 'error' : (finding.level ?? 'warn') })) };
}

const PRINT =
  'let it print SARIF, {"findings": [{"severity": "error", "message": "…"}]}, or plain text and an exit code';
const BROKEN = 'broken';
/** What is left of bytes that are no UTF-8, and what no text holds. */
const NO_TEXT = /[\0\uFFFD]/;

/** The JSON that a program printed; undefined when it printed something else. */
function jsonIn(stdout: string): { readonly value: unknown } | typeof BROKEN | undefined {
  const text = stdout.replace(/^\uFEFF/, '').trim();
  try {
    return { value: JSON.parse(text) };
  } catch {
    // `[INFO] 3 passed` is no JSON; what begins like an object or a list of them is meant to be.
    return /^(?:\{|\[\s*(?:[{"\]]|$))/.test(text) ? BROKEN : undefined;
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: programs colour their words with these
const COLOURS = /\u001b\[[0-9;]*[A-Za-z]/g;

/** The beginning of a program's words, on one line. */
export function excerpt(text: string): string {
  const lines = text
    .slice(0, 10 * MAX_CHARACTERS)
    .replace(COLOURS, '')
    .split(/[\r\n]+/)
    .map((line) => line.replace(/\p{Cc}/gu, ' ').trim())
    .filter((line) => line !== '');
  const said = `${lines.slice(0, MAX_LINES).join('; ')}${lines.length > MAX_LINES ? '; …' : ''}`;
  return said.length > MAX_CHARACTERS ? `${said.slice(0, MAX_CHARACTERS)}…` : said;
}

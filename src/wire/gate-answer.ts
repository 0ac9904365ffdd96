/** What gates say: read strictly, and shown with care. What cannot be understood is a no. */
import { SlipwayError } from '../errors.ts';
import type { GateAnswer } from '../model.ts';
import { redact } from './redact.ts';

/** The most that a gate may answer, in bytes. */
export const MAX_ANSWER = 1_048_576;

const AGAIN = 'nothing was recorded and no name moved; run the same command again to ask once more';

/** An answer as it came, whoever gave it. */
export interface Given {
  readonly gate: string;
  readonly text: string;
  /** Why it cannot be a yes, such as an exit code: `it ended with exit code 3`. */
  readonly failure?: string;
  /** What it said besides. */
  readonly aside?: string;
  /** Values that must not be repeated. */
  readonly secrets: readonly string[];
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: programs colour their words with these
const COLOURS = /\u001b\[[0-9;]*[A-Za-z]/g;

/** What turns round, hides or looks like other text. */
const INVISIBLE = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** One line of bounded length, without control characters and secrets. */
export function wordsOf(said: string, secrets: readonly string[]): string {
  const longestFirst = secrets.toSorted((one, other) => other.length - one.length);
  return redact(said.replace(COLOURS, ''), longestFirst).replace(INVISIBLE, ' ').replace(/ {2,}/g, ' ').trim();
}

/** A gate that gave no answer. */
export function noAnswer(gate: string, state: string, cause?: unknown): SlipwayError {
  return new SlipwayError('REFUSED', `Gate "${gate}" gave no answer that lets this release go on: ${state}`, {
    hint: AGAIN,
    ...(cause === undefined ? {} : { cause }),
  });
}

interface Verdict {
  readonly allow: boolean;
  readonly reason?: string;
  readonly reference?: string;
}

const isText = (value: unknown): boolean => value === undefined || value === null || typeof value === 'string';

/** Of a key that comes twice one reader takes the first and another the last. */
const VERDICT = /"allow"\s*:/g;

function verdictIn(text: string): Verdict | undefined {
  if ((text.match(VERDICT)?.length ?? 0) > 1) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { allow, reason, reference } = value as Readonly<Record<string, unknown>>;
  if (typeof allow !== 'boolean' || !isText(reason) || !isText(reference)) return undefined;
  return {
    allow,
    ...(typeof reason === 'string' && { reason }),
    ...(typeof reference === 'string' && { reference }),
  };
}

/** The answer, when it is a yes. Throws `REFUSED`. */
export function answerOf({ gate, text, failure, aside = '', secrets }: Given): GateAnswer {
  const verdict = verdictIn(text);
  const clean = (said: string | undefined): string => wordsOf(said ?? '', secrets);
  const [reason, reference] = [clean(verdict?.reason), clean(verdict?.reference)];
  if (verdict?.allow === false) {
    const words = reason === '' ? 'it gives no reason' : reason;
    const message = `Gate "${gate}" does not let this release go on: ${words}${reference === '' ? '' : ` (${reference})`}`;
    throw new SlipwayError('REFUSED', message, { hint: AGAIN });
  }
  if (failure !== undefined) {
    const words = clean(aside) || clean(text);
    throw noAnswer(gate, words === '' ? failure : `${failure}: ${words}`);
  }
  if (verdict === undefined) {
    const words = clean(aside);
    const form = 'it did not say {"allow": true} or {"allow": false, "reason": "…"}';
    throw noAnswer(gate, words === '' ? form : `${form}: ${words}`);
  }
  return { name: gate, ...(reason !== '' && { reason }), ...(reference !== '' && { reference }) };
}

/** Gates of the config become somebody to ask. */
import type { GateSettings, GateValue } from './config/gates-settings.ts';
import { SlipwayError } from './errors.ts';
import type { GateAnswer, GateQuestion, WaveQuestion } from './model.ts';
import { askedOnce, type Gate } from './ship/ask.ts';
import { answerOf, type Given } from './wire/gate-answer.ts';
import { askProgram } from './wire/gate-program.ts';
import { askServer } from './wire/gate-server.ts';

export type { Gate };

/** What gates take from the run. */
export interface GateContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal | undefined;
}

/** Shorter values are no secrets, and hiding every "1" would hide the sense too. */
const MIN_SECRET = 4;

function valueIn(env: GateContext['env'], variable: string, gate: string): string {
  const value = env[variable];
  if (value !== undefined && value !== '') return value;
  throw new SlipwayError('CONFIG', `Cannot ask gate "${gate}": environment variable "${variable}" is not set`, {
    hint: `set ${variable}, or correct gates in slipway.yaml`,
  });
}

/** What cannot be sent as a bearer token, such as the line break that ends a file. The token itself is not shown. */
function tokenIn(env: GateContext['env'], variable: string, gate: string): string {
  const token = valueIn(env, variable, gate);
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new SlipwayError('CONFIG', `Cannot ask gate "${gate}": the value of "${variable}" is no token`, {
    hint: `set ${variable} without spaces, line breaks and characters that are not ASCII`,
  });
}

type Asking = (question: string) => Promise<Omit<Given, 'secrets'>>;

interface Opened {
  readonly secrets: readonly string[];
  readonly asking: Asking;
}

function opened({ name: gate, timeoutSeconds, whom }: GateSettings, { env, signal }: GateContext): Opened {
  if (whom.kind === 'url') {
    const token = whom.token === undefined ? undefined : tokenIn(env, whom.token, gate);
    const server = { gate, url: whom.url, token, env, timeoutSeconds, signal };
    return { secrets: token === undefined ? [] : [token], asking: (question) => askServer(server, question) };
  }
  const secrets: string[] = [];
  const given = (value: GateValue): string => {
    if ('text' in value) return value.text;
    const found = valueIn(env, value.variable, gate);
    secrets.push(found, ...found.split(/[\r\n]+/));
    return found;
  };
  const own = Object.fromEntries(Object.entries(whom.env).map(([name, value]) => [name, given(value)]));
  const program = { gate, run: whom.run, cwd: whom.root, env, own, timeoutSeconds, signal };
  return { secrets, asking: (question) => askProgram(program, question) };
}

/** Opens the gate of a wave. Nobody is asked yet, and everybody anew each time. Throws `CONFIG` as {@link openGates} does. */
export function openAsking(
  gate: GateSettings,
  context: GateContext,
): (question: GateQuestion | WaveQuestion) => Promise<GateAnswer> {
  const { secrets, asking } = opened(gate, context);
  const hidden = secrets.filter(({ length }) => length >= MIN_SECRET);
  return async (question) => answerOf({ ...(await asking(`${JSON.stringify(question)}\n`)), secrets: hidden });
}

/**
 * Opens gates. Nobody is asked yet. Who agreed is not asked again about the same thing: open them once for each run. Throws
 * `CONFIG` for a variable that is not set.
 */
export function openGates(settings: readonly GateSettings[], context: GateContext): readonly Gate[] {
  return askedOnce(settings.map((gate): Gate => ({ name: gate.name, ask: openAsking(gate, context) })));
}

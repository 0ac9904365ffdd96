/** `gates:` as written → what is wrong with it, and the settings. */
import type { Problem } from './problem.ts';
import { splitHost } from './registry-name.ts';
import type { Path } from './yaml.ts';

/** One entry of `gates:` as written. */
export interface GateFile {
  readonly name: string;
  readonly run?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly url?: string;
  readonly token?: string;
  readonly timeout?: string;
}

/** A text, or the name of the variable that holds it. */
export type GateValue = { readonly text: string } | { readonly variable: string };

/** Whom to ask: a program, or a server. */
export type GateWhom =
  | {
      readonly kind: 'run';
      readonly run: readonly string[];
      readonly env: Readonly<Record<string, GateValue>>;
      /** Absolute folder to run in. */
      readonly root: string;
    }
  /** `token` is the name of a variable. */
  | { readonly kind: 'url'; readonly url: URL; readonly token?: string };

/** A gate of the config. */
export interface GateSettings {
  readonly name: string;
  readonly timeoutSeconds: number;
  readonly whom: GateWhom;
}

const ENV = 'env://';
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;
const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };
const DAY = 24 * 3600;

const secondsOf = (timeout: string): number => Number(timeout.slice(0, -1)) * (UNITS[timeout.slice(-1)] ?? 0);

function urlProblem(written: string): { readonly message: string; readonly hint: string } | undefined {
  if (!URL.canParse(written)) return { message: 'this is not a URL', hint: 'write https://HOST/PATH' };
  const url = new URL(written);
  if (url.username !== '' || url.password !== '')
    return { message: 'a URL holds no user and no password', hint: 'name a variable with token: env://NAME' };
  if (url.protocol === 'https:') return undefined;
  if (url.protocol === 'http:' && splitHost(url.host)?.loopback === true) return undefined;
  return { message: 'a gate is asked over https, or over http on loopback', hint: 'write https://HOST/PATH' };
}

const EITHER = 'name a program with run, or a server with url';

const atKey = (path: Path, message: string, hint: string): Problem => ({ path, part: 'key', message, hint });

/** What excludes or needs something else. */
function kindProblems(gate: GateFile): readonly Problem[] {
  const { run, env, url, token } = gate;
  const slips: readonly (readonly [boolean, Path, string])[] = [
    [run === undefined && url === undefined, [], 'nothing says whom to ask'],
    [run !== undefined && url !== undefined, ['url'], '"url" cannot stand beside "run"'],
    [token !== undefined && url === undefined, ['token'], '"token" needs "url" beside it'],
    [env !== undefined && run === undefined, ['env'], '"env" needs "run" beside it'],
  ];
  return slips.flatMap(([isWrong, path, message]) => (isWrong ? [atKey(path, message, EITHER)] : []));
}

const isReference = (written: string): boolean => written.startsWith(ENV) && VARIABLE.test(written.slice(ENV.length));

/** What is wrong with values. They may be secrets, and are not shown. */
function valueProblems({ env = {}, url, token }: GateFile): readonly Problem[] {
  const secretly = (path: Path, message: string, hint: string): Problem => ({
    ...{ path, part: 'value', message, hint, secret: true },
  });
  const slip = url === undefined ? undefined : urlProblem(url);
  const ofToken = token === undefined || isReference(token);
  return [
    ...(slip === undefined ? [] : [secretly(['url'], slip.message, slip.hint)]),
    ...(ofToken
      ? []
      : [secretly(['token'], 'a token does not belong here', 'put it into a variable and write env://NAME')]),
    ...Object.entries(env).flatMap(([name, value]): readonly Problem[] => {
      if (!VARIABLE.test(name))
        return [atKey(['env', name], `"${name}" is not the name of a variable`, 'use letters, digits and underscores')];
      if (!value.startsWith(ENV) || isReference(value)) return [];
      return [secretly(['env', name], 'env:// is not followed by the name of a variable', 'write env://NAME')];
    }),
  ];
}

/** What a schema cannot say about `gates:`; paths begin there. */
export function gateProblems(gates: readonly GateFile[]): readonly Problem[] {
  const names = gates.map(({ name }) => name);
  return gates.flatMap((gate, index): readonly Problem[] => {
    const taken = names.indexOf(gate.name) !== index;
    const isLong = gate.timeout !== undefined && secondsOf(gate.timeout) > DAY;
    return [
      ...(taken
        ? [{ path: [index, 'name'], part: 'value', message: `another gate is called "${gate.name}"` } as const]
        : []),
      ...(isLong ? [{ path: [index, 'timeout'], part: 'value', message: 'expected at most 24h' } as const] : []),
      ...[...kindProblems(gate), ...valueProblems(gate)].map((problem) => ({
        ...problem,
        path: [index, ...problem.path],
      })),
    ];
  });
}

const readValue = (written: string): GateValue =>
  written.startsWith(ENV) ? { variable: written.slice(ENV.length) } : { text: written };

function whomOf({ run, env = {}, url, token }: GateFile, root: string): GateWhom {
  if (url !== undefined)
    return { kind: 'url', url: new URL(url), ...(token !== undefined && { token: token.slice(ENV.length) }) };
  const values = Object.entries(env).map(([name, value]) => [name, readValue(value)]);
  return { kind: 'run', run: run ?? [], env: Object.fromEntries(values), root };
}

/** The settings of gates without problems. Programs run in the absolute folder `root`. */
export const gateSettings = (gates: readonly GateFile[], root: string): readonly GateSettings[] =>
  gates.map((gate) => ({
    name: gate.name,
    timeoutSeconds: secondsOf(gate.timeout ?? '5m'),
    whom: whomOf(gate, root),
  }));

/** The gates of a channel: its own replace those of the config. */
export function gatesOf(
  config:
    | {
        readonly gates?: readonly GateSettings[];
        readonly channels: Readonly<Record<string, { readonly gates?: readonly GateSettings[] }>>;
      }
    | undefined,
  channel: string | undefined,
): readonly GateSettings[] {
  const own = channel === undefined ? undefined : config?.channels[channel]?.gates;
  return own ?? config?.gates ?? [];
}
